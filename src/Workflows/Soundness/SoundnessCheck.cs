using WorkflowEngine.Workflows.Activities.Gov;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Workflows.Soundness;

/// <summary>
/// Whether a flow, as it is drawn, can always go on and always end, in the mode that it runs in. Looks at every state that a run can come to, by running the
/// engine on the flow without its data. Pure; takes time and memory in the number of states.
/// </summary>
public static class SoundnessCheck
{
    /// <summary>States that are looked at before the answer is "not proven".</summary>
    public const int StateLimit = 1_000_000;

    /// <param name="definition">Without errors of reading: an activity of unknown type has no ways.</param>
    /// <param name="uses">Which steps read and write which variables, of those that have no first value.</param>
    /// <param name="stateLimit">Of all starts and side regions together.</param>
    public static SoundnessReport Run(WorkflowDefinition definition, IReadOnlyList<VariableUse>? uses = null, int stateLimit = StateLimit)
    {
        var isCase = definition.Activities.Any(activity => activity.Kind is Submission or CloseCase);
        var net = FlowNet.Of(definition, obeysConstants: true);
        var watched = (uses ?? []).Select(use => use.ActivityId).ToHashSet(StringComparer.Ordinal);
        watched.UnionWith(definition.Activities.Where(activity => uses is not null && activity.SidePorts.Count > 0).Select(activity => activity.Id));
        var explorations = ExploreAll(net, isCase, stateLimit, watched);
        var findings = explorations.SelectMany(one => one.Findings).ToList();
        var isExact = explorations.All(one => one.IsExact);
        if (isExact && !findings.Exists(finding => finding.Defect == SoundnessDefect.TooMuchAtOnce))
        {
            findings.AddRange(NeverRun(definition, explorations, isCase, stateLimit));
        }

        return new SoundnessReport(findings, explorations.Sum(one => one.States), isExact, net.Unread)
        {
            Unwritten = isExact && uses is not null ? [.. VariableFlow.Unwritten(definition, explorations, uses)] : [],
        };
    }

    private static List<Exploration> ExploreAll(FlowNet net, bool isCase, int stateLimit, IReadOnlySet<string> watched)
    {
        var explorations = new List<Exploration>();
        foreach (var start in Starts(net.Definition))
        {
            Explore(exploration => exploration.RunFrom(start));
        }

        foreach (var flowchart in net.Definition.Activities.Where(activity => activity.Graph is not null))
        {
            foreach (var side in flowchart.Graph!.Edges.Where(edge => edge.IsSide).Select(edge => (edge.Source, edge.Port)).Distinct())
            {
                Explore(exploration => exploration.RunAside(flowchart, flowchart.Children[side.Source], side.Port!));
            }
        }

        return explorations;

        void Explore(Action<Exploration> run)
        {
            var exploration = new Exploration(net, isCase, Math.Max(1, stateLimit - explorations.Sum(one => one.States)), watched);
            run(exploration);
            explorations.Add(exploration);
        }
    }

    /// <summary>Where a run may begin: at the flow's start, and at each trigger that is drawn as one. Null stands for the start.</summary>
    private static IEnumerable<string?> Starts(WorkflowDefinition definition)
    {
        yield return null;
        if (definition.Root.Port("root") is not { Graph: { } graph } flowchart)
        {
            yield break;
        }

        var hasInbound = graph.Edges.Select(edge => edge.Target).ToHashSet();
        foreach (var child in flowchart.Children.Where(child => child.ChildIndex != graph.Start))
        {
            var drawn = child.Compiled is NetActivity net ? net.Drawn : child;
            if (drawn.CanStartWorkflow || (drawn.Descriptor!.IsTrigger && !hasInbound.Contains(child.ChildIndex)))
            {
                yield return child.Id;
            }
        }
    }

    /// <summary>A step behind a condition that is written as false for the time being is no mistake of the drawing.</summary>
    private static IEnumerable<SoundnessFinding> NeverRun(WorkflowDefinition definition, List<Exploration> explorations, bool isCase, int stateLimit)
    {
        var ran = explorations.SelectMany(one => one.Ran).ToHashSet(StringComparer.Ordinal);
        if (definition.Activities.All(activity => ran.Contains(activity.Id)))
        {
            return [];
        }

        var freely = ExploreAll(FlowNet.Of(definition, obeysConstants: false), isCase, stateLimit, new HashSet<string>());
        ran.UnionWith(freely.SelectMany(one => one.Ran));
        if (!freely.TrueForAll(one => one.IsExact))
        {
            return [];
        }

        // What lies behind a step that never runs is not told again.
        var dead = definition.Activities.Where(activity => !ran.Contains(activity.Id) && (activity.Parent is null || ran.Contains(activity.Parent.Id))).ToList();
        var first = dead.Where(activity => activity.Parent?.Connections.Any(edge => edge.Target == activity.Id && !ran.Contains(edge.Source)) != true).ToList();
        return (first.Count > 0 ? first : dead.Take(1)).Select(activity => new SoundnessFinding(SoundnessDefect.NeverRuns, activity, []));
    }
}
