using WorkflowEngine.Rules;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Expressions;

namespace WorkflowEngine.Workflows.Migration;

/// <summary>Which activity, clock and variable of the old version is which of the new one: a plan, read against both.</summary>
internal sealed class VersionMap
{
    private readonly Dictionary<string, ActivityNode> _nodes = new(StringComparer.Ordinal);
    private readonly HashSet<ActivityNode> _taken = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, PlannedMove> _planned = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PlannedMove> _clocks;
    private readonly Dictionary<string, PlannedMove> _variables;
    private readonly List<MigrationObstacle> _obstacles = [];

    private VersionMap(MigrationPlan plan, WorkflowDefinition old, WorkflowDefinition @new)
    {
        Old = old;
        New = @new;
        OldClocks = ClocksOf(old);
        NewClocks = ClocksOf(@new);
        _clocks = Read(plan.Clocks, "时钟", "clock", OldClocks, NewClocks);
        _variables = Read(plan.Variables, "变量", "variable", VariableIdsOf(old), VariableIdsOf(@new));
        ReadActivities(plan.Activities);
        Match(old.Root, @new.Root);
        TellOfMisplaced();
    }

    public WorkflowDefinition Old { get; }

    public WorkflowDefinition New { get; }

    public IReadOnlyCollection<string> OldClocks { get; }

    public IReadOnlyCollection<string> NewClocks { get; }

    public IReadOnlyList<MigrationObstacle> Obstacles => _obstacles;

    /// <summary>Activities of the old version that are nothing in the new one.</summary>
    public IEnumerable<ActivityNode> Unmapped => Old.Activities.Where(activity => !_nodes.ContainsKey(activity.NodeId));

    /// <summary>Steps that go by another id in the new version, old to new.</summary>
    public IReadOnlyDictionary<string, string> Renamed =>
        _nodes.Select(pair => (Old: Old.Node(pair.Key).Id, New: pair.Value.Id)).Where(pair => pair.Old != pair.New).DistinctBy(pair => pair.Old)
            .ToDictionary(pair => pair.Old, pair => pair.New, StringComparer.Ordinal);

    public static VersionMap Of(MigrationPlan plan, WorkflowDefinition old, WorkflowDefinition @new) => new(plan, old, @new);

    /// <summary>The activity of the new version; null when it has none for this one.</summary>
    public ActivityNode? NodeOf(string oldNodeId) => _nodes.GetValueOrDefault(oldNodeId);

    public bool IsTaken(ActivityNode node) => _taken.Contains(node);

    /// <summary>By the id alone; null when the new version has none for it.</summary>
    public string? IdOf(string activityId) => Old.Find(activityId) is { } node ? NodeOf(node.NodeId)?.Id : null;

    /// <summary>The clock's name in the new version; null when the new version knows none like it.</summary>
    public string? ClockOf(string name) => _clocks.TryGetValue(name, out var planned) ? planned.To : NewClocks.Contains(name) ? name : null;

    /// <summary>A clock that is nobody's in the new version keeps its name: it is part of what happened.</summary>
    public string ClockNameOf(string name) => ClockOf(name) ?? name;

    /// <summary>The variable of a container in the new version that takes the value; null when there is none.</summary>
    public VariableDefinition? VariableOf(ActivityNode container, string id, string? name)
    {
        if (_variables.TryGetValue(id, out var planned))
        {
            return container.Variables.FirstOrDefault(variable => variable.Id == planned.To);
        }

        return container.Variables.FirstOrDefault(variable => variable.Id == id)
            ?? (name is null ? null : container.Variables.FirstOrDefault(variable => variable.Name == name && !_variables.Values.Any(taken => taken.To == variable.Id)));
    }

    /// <summary>Clocks that steps of the definition name.</summary>
    public static HashSet<string> ClocksOf(WorkflowDefinition definition) =>
        definition.Activities.Select(ClockOf).OfType<string>().ToHashSet(StringComparer.Ordinal);

    public static string? ClockOf(ActivityNode activity) => Literal(activity, "clock");

    public static string? Literal(ActivityNode activity, string input) =>
        activity.Inputs.GetValueOrDefault(input)?.Expression is Expression.Literal { Value: string { Length: > 0 } text } ? text : null;

    private static HashSet<string> VariableIdsOf(WorkflowDefinition definition) =>
        definition.Activities.SelectMany(activity => activity.Variables).Select(variable => variable.Id).ToHashSet(StringComparer.Ordinal);

    private Dictionary<string, PlannedMove> Read(IReadOnlyList<PlannedMove> moves, string chinese, string english, IReadOnlyCollection<string> old, IReadOnlyCollection<string> now)
    {
        foreach (var move in moves)
        {
            if (!old.Contains(move.From))
            {
                Tell(move.From, $"原版本没有{chinese}“{move.From}”{DidYouMean.Chinese(move.From, old)}", $"the old version has no {english} '{move.From}'{DidYouMean.Of(move.From, old)}");
            }

            if (move.To is { } to && !now.Contains(to))
            {
                Tell(to, $"新版本没有{chinese}“{to}”{DidYouMean.Chinese(to, now)}", $"the new version has no {english} '{to}'{DidYouMean.Of(to, now)}");
            }
        }

        TellOfTwice(moves, chinese, english);
        return moves.DistinctBy(move => move.From).ToDictionary(move => move.From, StringComparer.Ordinal);
    }

    private void ReadActivities(IReadOnlyList<PlannedMove> moves)
    {
        foreach (var move in moves)
        {
            if (Find(Old, move.From) is not { } from)
            {
                var known = Old.Activities.Select(activity => activity.Id).Distinct(StringComparer.Ordinal).ToList();
                Tell(move.From, $"原版本没有步骤“{move.From}”{DidYouMean.Chinese(move.From, known)}", $"the old version has no step '{move.From}'{DidYouMean.Of(move.From, known)}");
                continue;
            }

            if (move.To is { } id)
            {
                var known = New.Activities.Select(activity => activity.Id).Distinct(StringComparer.Ordinal).ToList();
                if (Find(New, id) is not { } to)
                {
                    Tell(id, $"新版本没有步骤“{id}”{DidYouMean.Chinese(id, known)}", $"the new version has no step '{id}'{DidYouMean.Of(id, known)}");
                    continue;
                }

                if (to.Type != from.Type)
                {
                    Tell(move.From, $"步骤“{from.DisplayName}”是 {from.Type}，“{to.DisplayName}”是 {to.Type}：类型不同的步骤不能对应", $"'{move.From}' is a {from.Type} and '{id}' a {to.Type}: a step goes over to one of its own type only");
                    continue;
                }
            }

            _planned.TryAdd(from.NodeId, move);
        }

        TellOfTwice(moves, "步骤", "step");
    }

    private void TellOfTwice(IReadOnlyList<PlannedMove> moves, string chinese, string english)
    {
        foreach (var twice in moves.GroupBy(move => move.From, StringComparer.Ordinal).Where(same => same.Count() > 1))
        {
            Tell(twice.Key, $"{chinese}“{twice.Key}”在方案中写了两次", $"the plan names the {english} '{twice.Key}' twice");
        }

        foreach (var twice in moves.Where(move => move.To is not null).GroupBy(move => move.To!, StringComparer.Ordinal).Where(same => same.Count() > 1))
        {
            Tell(twice.Key, $"两个{chinese}（{string.Join("、", twice.Select(move => move.From))}）不能都对应“{twice.Key}”", $"{string.Join(" and ", twice.Select(move => move.From))} cannot both be '{twice.Key}'");
        }
    }

    /// <summary>By node id, else by the id of the first activity that has it.</summary>
    private static ActivityNode? Find(WorkflowDefinition definition, string id) => definition.FindNode(id) ?? definition.Find(id);

    private void Match(ActivityNode old, ActivityNode now)
    {
        _nodes.Add(old.NodeId, now);
        _taken.Add(now);
        foreach (var child in old.Children.Where(child => _planned.ContainsKey(child.NodeId)))
        {
            var to = _planned[child.NodeId].To;
            if (to is not null && now.Children.FirstOrDefault(other => (other.Id == to || other.NodeId == to) && other.Type == child.Type && !_taken.Contains(other)) is { } target)
            {
                Match(child, target);
            }
        }

        foreach (var child in old.Children.Where(child => !_planned.ContainsKey(child.NodeId)))
        {
            if (now.Children.FirstOrDefault(other => other.Id == child.Id && other.Type == child.Type && !_taken.Contains(other)) is { } itself)
            {
                Match(child, itself);
            }
        }
    }

    private void TellOfMisplaced()
    {
        foreach (var (nodeId, move) in _planned)
        {
            var from = Old.Node(nodeId);
            if (move.To is not { } to || _nodes.ContainsKey(nodeId))
            {
                continue;
            }

            Tell(from.Id, $"步骤“{from.DisplayName}”和“{to}”不在同一个容器中，或“{to}”已是另一个步骤", $"'{from.Id}' and '{to}' are not in the same container, or '{to}' is another step already");
        }
    }

    private void Tell(string place, string chinese, string english) => _obstacles.Add(new MigrationObstacle(place, chinese + "。", english));
}
