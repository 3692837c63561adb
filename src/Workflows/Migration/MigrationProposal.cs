using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Workflows.Migration;

/// <summary>
/// Guesses which steps, clocks and variables of a new version are old ones under another id. Every guess says what it rests on and waits for somebody's yes; what has nothing like it stays
/// unmapped, in the plan as <c>null</c>.
/// </summary>
public static class MigrationProposal
{
    /// <summary>What two steps must have in common at least: see <see cref="Likeness"/>.</summary>
    private const int Least = 4;

    public static MigrationPlan Of(string from, string to, WorkflowDefinition old, WorkflowDefinition @new)
    {
        var plan = new MigrationPlan(old.DefinitionId, from, to);
        for (var map = VersionMap.Of(plan, old, @new); Next(map) is { } found; map = VersionMap.Of(plan, old, @new))
        {
            plan = plan with { Activities = [.. plan.Activities, found] };
        }

        var mapped = VersionMap.Of(plan, old, @new);
        return plan with
        {
            Activities = [.. plan.Activities, .. mapped.Unmapped.Where(step => step.Parent is null || mapped.NodeOf(step.Parent.NodeId) is not null).Select(step => Nothing(NameOf(old, step)))],
            Clocks = [.. Clocks(mapped)],
            Variables = [.. Variables(mapped)],
        };
    }

    private static PlannedMove Nothing(string id) =>
        new(id, null) { IsConfirmed = true, Because = "新版本没有与它相像的步骤；停在这里的案件留在原版本" };

    /// <summary>The likest pair that has no rival; one at a time, because each makes its neighbours better known.</summary>
    private static PlannedMove? Next(VersionMap map)
    {
        var pairs = new List<(ActivityNode Old, ActivityNode New, int Score, string Because)>();
        foreach (var old in map.Unmapped.Where(step => step.Parent is not null && map.NodeOf(step.Parent.NodeId) is not null))
        {
            foreach (var now in map.NodeOf(old.Parent!.NodeId)!.Children.Where(step => step.Type == old.Type && !map.IsTaken(step)))
            {
                var (score, because) = Likeness(map, old, now);
                if (score >= Least)
                {
                    pairs.Add((old, now, score, because));
                }
            }
        }

        foreach (var pair in pairs.OrderByDescending(pair => pair.Score))
        {
            if (!pairs.Exists(other => other != pair && other.Score >= pair.Score && (other.Old == pair.Old || other.New == pair.New)))
            {
                return new PlannedMove(NameOf(map.Old, pair.Old), NameOf(map.New, pair.New)) { IsConfirmed = false, Because = pair.Because };
            }
        }

        return null;
    }

    /// <summary>Points for what a step is called, what it asks for, and what is drawn before and behind it.</summary>
    private static (int Score, string Because) Likeness(VersionMap map, ActivityNode old, ActivityNode now)
    {
        var score = 0;
        var why = new List<string> { "类型相同" };
        Give(3, old.DisplayName == now.DisplayName && old.DisplayName != old.Id, $"名称相同（{old.DisplayName}）");
        Give(2, VersionMap.Literal(old, "title") is { } title && title == VersionMap.Literal(now, "title"), "标题相同");
        Give(2, VersionMap.Literal(old, "form") is { } form && form == VersionMap.Literal(now, "form"), "表单相同");
        Give(2, SamePort(map, old, now), "在容器中的位置相同");
        var (before, behind) = (Edges(old.Parent!, edge => edge.Target == old.Id), Edges(old.Parent!, edge => edge.Source == old.Id));
        Give(2, before.Count > 0 && before.All(edge => InNew(edge.Source) is { } source && Edges(now.Parent!, other => other.Target == now.Id).Any(other => other.Source == source && other.SourcePort == edge.SourcePort)), "前面的步骤相同");
        Give(2, behind.Count > 0 && behind.All(edge => InNew(edge.Target) is { } target && Edges(now.Parent!, other => other.Source == now.Id).Any(other => other.Target == target && other.SourcePort == edge.SourcePort)), "后面的步骤相同");
        return (score, string.Join("，", why));

        void Give(int points, bool holds, string reason)
        {
            if (holds)
            {
                score += points;
                why.Add(reason);
            }
        }

        string? InNew(string id) => old.Parent!.Children.FirstOrDefault(child => child.Id == id) is { } step ? map.NodeOf(step.NodeId)?.Id : null;
    }

    private static List<Connection> Edges(ActivityNode container, Func<Connection, bool> which) => [.. container.Connections.Where(which)];

    /// <summary>Of what is no flowchart: the only one of its type there, or in the same port.</summary>
    private static bool SamePort(VersionMap map, ActivityNode old, ActivityNode now) =>
        old.Parent!.Connections.Count == 0 && (old.Parent.PortedChildren.Any(port => port.Child == old && now.Parent!.Port(port.Port) == now)
            || (old.Parent.Children.Count(step => step.Type == old.Type && map.NodeOf(step.NodeId) is null) == 1 && now.Parent!.Children.Count(step => step.Type == now.Type && !map.IsTaken(step)) == 1));

    /// <summary>A clock is the one that the same steps run on now.</summary>
    private static IEnumerable<PlannedMove> Clocks(VersionMap map)
    {
        foreach (var clock in map.OldClocks.Where(name => !map.NewClocks.Contains(name)).Order(StringComparer.Ordinal))
        {
            var now = map.Old.Activities.Where(step => VersionMap.ClockOf(step) == clock).Select(step => map.NodeOf(step.NodeId)).OfType<ActivityNode>()
                .Select(VersionMap.ClockOf).OfType<string>().Where(name => !map.OldClocks.Contains(name)).Distinct(StringComparer.Ordinal).ToList();
            yield return now is [var one] ? new PlannedMove(clock, one) { IsConfirmed = false, Because = "用它的步骤相同" } : new PlannedMove(clock, null);
        }
    }

    /// <summary>A variable that is gone is the one into which the same step puts the same result now.</summary>
    private static IEnumerable<PlannedMove> Variables(VersionMap map)
    {
        foreach (var container in map.Old.Activities.Where(activity => activity.Variables.Count > 0 && map.NodeOf(activity.NodeId) is not null))
        {
            var now = map.NodeOf(container.NodeId)!;
            foreach (var gone in container.Variables.Where(variable => map.VariableOf(now, variable.Id, variable.Name) is null))
            {
                var written = map.Old.Activities.Where(step => map.NodeOf(step.NodeId) is not null)
                    .SelectMany(step => step.Outputs.Where(output => output.Value == gone.Id).Select(output => map.NodeOf(step.NodeId)!.Outputs.GetValueOrDefault(output.Key)))
                    .OfType<string>().Distinct(StringComparer.Ordinal).ToList();
                if (written is [var one] && now.Variables.FirstOrDefault(variable => variable.Id == one) is { } found && found.TypeName == gone.TypeName && container.Variables.All(variable => variable.Id != one))
                {
                    yield return new PlannedMove(gone.Id, one) { IsConfirmed = false, Because = "由同一步骤写入，类型相同" };
                }
            }
        }
    }

    /// <summary>The id, where it is there once.</summary>
    private static string NameOf(WorkflowDefinition definition, ActivityNode step) => definition.Find(step.Id) == step ? step.Id : step.NodeId;
}
