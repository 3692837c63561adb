using WorkflowEngine.Rules;
using WorkflowEngine.Workflows.Activities.Elsa;
using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;
using WorkflowEngine.Workflows.Expressions;

namespace WorkflowEngine.Workflows.Migration;

/// <summary>
/// Carries running instances of a flow from one of its versions to another. Pure: says what an instance's state is in the new version, or why it must stay. Nothing is run, ended or begun; what waits
/// goes on waiting under the ids that tasks, timers and expectations have.
/// </summary>
public sealed class CaseMigration
{
    private readonly VersionMap _map;

    private CaseMigration(VersionMap map)
    {
        _map = map;
        Renamed = map.Renamed;
    }

    public WorkflowDefinition Old => _map.Old;

    public WorkflowDefinition New => _map.New;

    /// <summary>Steps that go by another id in the new version, old to new.</summary>
    public IReadOnlyDictionary<string, string> Renamed { get; }

    /// <summary>Clocks that go by another name, old to new.</summary>
    public IReadOnlyDictionary<string, string> RenamedClocks =>
        _map.OldClocks.Select(name => (Old: name, New: _map.ClockNameOf(name))).Where(pair => pair.Old != pair.New).ToDictionary(pair => pair.Old, pair => pair.New, StringComparer.Ordinal);

    /// <summary>Steps at which a case cannot go over, in the order of the file.</summary>
    public IEnumerable<ActivityNode> Unmapped => _map.Unmapped;

    /// <param name="old">The version on which the cases are; <paramref name="new"/> the one on which they shall go on, the flows that each uses as activities linked in.</param>
    public static PreparedMigration Prepare(MigrationPlan plan, WorkflowDefinition old, WorkflowDefinition @new)
    {
        var map = VersionMap.Of(plan, old, @new);
        var obstacles = map.Obstacles.ToList();
        if (old.UsesTokens != @new.UsesTokens)
        {
            obstacles.Add(new MigrationObstacle(old.DefinitionId, "两个版本的执行方式（令牌或计数）不同，在办案件不能迁移。", "one version runs in token mode and the other in counter mode: running cases cannot go over"));
        }

        return obstacles.Count > 0 ? new PreparedMigration(null, obstacles) : new PreparedMigration(new CaseMigration(map), []);
    }

    /// <summary>The instance's state in the new version.</summary>
    public MigrationResult Carry(WorkflowState state)
    {
        var obstacles = new List<MigrationObstacle>();
        if (state.Status != InstanceStatus.Running || state.Revision == 0)
        {
            obstacles.Add(new MigrationObstacle("", "案件已经结束或因出错停住，留在原版本。", "the instance has ended or stands still after a failure: it stays on its version"));
            return new MigrationResult.Refused(obstacles);
        }

        var trigger = state.TriggerActivityId is { } began ? _map.IdOf(began) : null;
        if (state.TriggerActivityId is { } gone && trigger is null)
        {
            Refuse(obstacles, gone, "案件由它开始");
        }

        var at = state.Instances.ToDictionary(instance => instance.Id);
        var carriedNodes = state.Instances.ToDictionary(instance => instance.Id, instance => _map.NodeOf(instance.NodeId));
        foreach (var instance in state.Instances.Where(instance => carriedNodes[instance.Id] is null))
        {
            Refuse(obstacles, _map.Old.Node(instance.NodeId).Id, "案件正停在这里");
        }

        foreach (var callback in state.Callbacks.Where(callback => _map.NodeOf(callback.ChildNodeId) is null))
        {
            Refuse(obstacles, _map.Old.Node(callback.ChildNodeId).Id, "案件正停在这里");
        }

        if (obstacles.Count > 0)
        {
            return new MigrationResult.Refused([.. obstacles.Distinct()]);
        }

        var carried = new WorkflowState(state.InstanceId, state.DefinitionId, _map.New.Version, state.Case)
        {
            Revision = state.Revision,
            SubStatus = state.SubStatus,
            CorrelationId = state.CorrelationId,
            Name = state.Name,
            Outcome = state.Outcome,
            TriggerActivityId = trigger,
            UsesTokens = state.UsesTokens,
            NextInstanceId = state.NextInstanceId,
            Inputs = state.Inputs,
            Outputs = state.Outputs,
            Clocks = Clocks(state, obstacles),
            Incidents = [.. state.Incidents.Select(Incident)],
            Instances = [.. state.Instances.Select(instance => Instance(instance, state, carriedNodes, trigger, obstacles))],
            Callbacks = [.. state.Callbacks.Select(callback => callback with { ChildNodeId = _map.NodeOf(callback.ChildNodeId)!.NodeId })],
            BookmarkRecords = [.. state.BookmarkRecords.Select(bookmark => Bookmark(bookmark, at[bookmark.Instance], obstacles))],
            Bookmarks = [.. state.Bookmarks.Select(bookmark => bookmark with { ActivityId = _map.IdOf(bookmark.ActivityId) ?? bookmark.ActivityId })],
        };
        return obstacles.Count > 0 ? new MigrationResult.Refused([.. obstacles.Distinct()]) : new MigrationResult.Carried(carried);
    }

    private InstanceRecord Instance(
        InstanceRecord instance, WorkflowState state, Dictionary<int, ActivityNode?> nodes, string? trigger, List<MigrationObstacle> obstacles)
    {
        var (old, now) = (_map.Old.Node(instance.NodeId), nodes[instance.Id]!);
        var carried = instance with
        {
            NodeId = now.NodeId,
            Variables = VariablesOf(instance, old, now, obstacles),
            Memory = MemoryOf(instance, old, now, state, obstacles),
            Deadline = instance.Deadline is { Clock: { } clock } deadline ? deadline with { Clock = _map.ClockNameOf(clock) } : instance.Deadline,
        };
        if (now.Graph is null)
        {
            return carried;
        }

        if (instance.Side is { } side)
        {
            if (old.Children[side.Source] is var fired && _map.NodeOf(fired.NodeId) is not { } source)
            {
                Refuse(obstacles, fired.Id, $"它触发的“{side.Port}”还在进行");
                return carried;
            }
            else if (!now.Graph.SideEdges(source.ChildIndex, side.Port).Any())
            {
                obstacles.Add(new MigrationObstacle(
                    fired.Id, $"“{fired.DisplayName}”触发的“{side.Port}”还在进行，而新版本没有画出它。请等它办完再迁移。", $"what '{side.Port}' of '{fired.Id}' has set going is open still, and the new version does not draw it"));
                return carried;
            }
            else
            {
                carried = carried with { Side = side with { Source = source.ChildIndex } };
            }
        }

        var progress = new FlowProgress(_map, old, now, instance.Side, state.TriggerActivityId, trigger);
        var open = state.Instances.Where(child => child.Parent == instance.Id && child.Status is ActivityStatus.Running or ActivityStatus.Faulted && nodes[child.Id]!.Parent == now)
            .Select(child => nodes[child.Id]!.ChildIndex).ToHashSet();
        return carried with
        {
            Tokens = instance.Tokens is { } tokens ? progress.Carry(tokens, open, obstacles) : null,
            Counts = instance.Counts is { } counts ? progress.Carry(counts, open, obstacles) : null,
        };
    }

    /// <summary>By the new version's ids; what it has no variable for stays, unread; what it has and the case had not begins with its first value.</summary>
    private Dictionary<string, object?>? VariablesOf(InstanceRecord instance, ActivityNode old, ActivityNode now, List<MigrationObstacle> obstacles)
    {
        var declares = instance.Side is null && now.Kind is { HoldsVariables: true } && now.Variables.Count > 0;
        if (instance.Variables is null && !declares)
        {
            return null;
        }

        var carried = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (id, value) in instance.Variables ?? new Dictionary<string, object?>())
        {
            var declared = old.Variables.FirstOrDefault(variable => variable.Id == id);
            var variable = declared is null ? null : _map.VariableOf(now, id, declared.Name);
            if (variable is not null && declared!.TypeName != variable.TypeName && value is not null && !CanBe(value, variable))
            {
                obstacles.Add(new MigrationObstacle(
                    id, $"变量“{declared.Name}”的值不能成为新版本的类型 {variable.TypeName}。", $"the value of the variable '{declared.Name}' cannot become a {variable.TypeName}"));
            }

            carried[variable?.Id ?? id] = value;
        }

        foreach (var added in declares ? now.Variables.Where(variable => !carried.ContainsKey(variable.Id)) : [])
        {
            carried[added.Id] = null;
        }

        return carried;
    }

    private static bool CanBe(object value, VariableDefinition variable)
    {
        try
        {
            return variable.Type is not { } type || variable.IsArray || type.Clr == typeof(object) || Conversion.To(value, type.Clr, strictly: true) is not null;
        }
        catch (ConversionException)
        {
            return false;
        }
    }

    private Dictionary<string, object>? MemoryOf(InstanceRecord instance, ActivityNode old, ActivityNode now, WorkflowState state, List<MigrationObstacle> obstacles)
    {
        var memory = instance.Memory is null ? null : new Dictionary<string, object>(instance.Memory, StringComparer.Ordinal);
        switch (now.Kind)
        {
            case Sequence when state.Callbacks.FirstOrDefault(callback => callback.Owner == instance.Id) is { } child:
                (memory ??= new(StringComparer.Ordinal))[Sequence.Next] = _map.NodeOf(child.ChildNodeId)!.ChildIndex + 1;
                break;
            case Fork or Activities.Elsa.Parallel when old.Children.Count != now.Children.Count || old.Children.Any(child => _map.NodeOf(child.NodeId) is null):
                obstacles.Add(new MigrationObstacle(
                    old.Id, $"“{old.DisplayName}”的分支正在进行，而新版本的分支有增减。请等它汇合后再迁移。", $"the branches of '{old.Id}' are under way, and the new version has others: wait until they have ended"));
                break;
        }

        if (instance.Side is not null && memory?.GetValueOrDefault(SideSubject.ActivityKey) is string fired)
        {
            memory[SideSubject.ActivityKey] = _map.IdOf(fired) ?? fired;
        }

        return memory;
    }

    private Dictionary<string, NamedClock> Clocks(WorkflowState state, List<MigrationObstacle> obstacles)
    {
        var carried = new Dictionary<string, NamedClock>(StringComparer.Ordinal);
        foreach (var (name, clock) in state.Clocks)
        {
            var isNeeded = clock.StoppedOn is null || state.Instances.Any(instance => instance.Deadline?.Clock == name);
            if (isNeeded && _map.ClockOf(name) is null)
            {
                obstacles.Add(new MigrationObstacle(
                    name,
                    $"时钟“{name}”还在用，而新版本没有它{DidYouMean.Chinese(name, _map.NewClocks)}。请在方案的 clocks 中写明它对应哪个时钟。",
                    $"the clock '{name}' is in use and the new version has none of that name{DidYouMean.Of(name, _map.NewClocks)}: say in the plan's clocks which it is"));
            }

            var now = _map.ClockNameOf(name);
            if (!carried.TryAdd(now, clock with { Name = now }))
            {
                obstacles.Add(new MigrationObstacle(name, $"两个时钟在新版本中都会是“{now}”。", $"two clocks would be '{now}' in the new version"));
            }
        }

        return carried;
    }

    private BookmarkRecord Bookmark(BookmarkRecord bookmark, InstanceRecord of, List<MigrationObstacle> obstacles)
    {
        var node = _map.NodeOf(of.NodeId)!;
        if (node.Kind is Event && bookmark.Payload?["eventName"]?.ToString() is { } waited && VersionMap.Literal(node, "eventName") is { } asked && asked != waited)
        {
            obstacles.Add(new MigrationObstacle(
                node.Id, $"“{node.DisplayName}”等待的事件由“{waited}”改为“{asked}”，已经在等的案件等不到它。请保留事件名称，或等这些案件过了这一步再迁移。",
                $"'{node.Id}' waits for the event '{asked}' in the new version, and this case for '{waited}'"));
        }

        return bookmark;
    }

    private Incident Incident(Incident incident) => incident with { ActivityId = _map.IdOf(incident.ActivityId) ?? incident.ActivityId };

    private void Refuse(List<MigrationObstacle> obstacles, string activityId, string why)
    {
        var old = _map.Old.Find(activityId);
        var candidates = _map.New.Activities.Where(activity => activity.Type == old?.Type && !_map.IsTaken(activity)).Select(activity => activity.Id).ToList();
        var choice = candidates.Count is > 0 and <= 5 ? $"可对应的有：{string.Join("、", candidates)}" : "新版本没有同类的新步骤";
        obstacles.Add(new MigrationObstacle(
            activityId,
            $"新版本没有步骤“{old?.DisplayName ?? activityId}”（{activityId}），{why}。请在方案的 activities 中写明它对应哪个步骤（{choice}），或等案件过了这一步。",
            $"the new version has no step '{activityId}': say in the plan's activities which it is{(candidates.Count is > 0 and <= 5 ? $" ({string.Join(", ", candidates)})" : "")}, or wait until the case has passed it"));
    }
}
