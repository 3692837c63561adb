using WorkflowEngine.Workflows.Activities.Elsa;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Flowcharts;

/// <summary>When an activity with several edges into it runs, in token mode.</summary>
internal enum MergeMode
{
    None,
    Stream,
    Merge,
    Converge,
    Cascade,
    Race,
}

/// <summary>
/// Token mode: each followed edge carries a token, completing an activity consumes those that reached it, and the target's merge mode decides when it runs.
/// Nothing is known of paths that were not taken.
/// </summary>
internal static class TokenFlow
{
    public static void Advance(Turn flow, ActivityInstance child, Outcomes outcomes)
    {
        var graph = flow.Node.Graph!;
        var paths = Flowchart.PathsOf(flow);
        var tokens = flow.Instance.Tokens ??= [];
        var activity = child.Node.ChildIndex;
        var followed = graph.Outbound(activity).Where(e => !e.IsSide && outcomes.Follows(e.Port)).ToArray();
        flow.Run.Spend((Work.Kept * followed.Length) + tokens.Count);
        foreach (var edge in followed)
        {
            tokens.Add(new FlowToken(edge.Source, edge.Target, edge.Port, false));
        }

        tokens.RemoveAll(t => t.To == activity && !t.Blocked);
        foreach (var edge in followed)
        {
            Arrive(flow, paths, tokens, edge);
        }

        Flowchart.CompleteIfIdle(flow, countTokens: true);
        tokens.RemoveAll(t => t.To == activity && t.Spent);
    }

    public static void Canceled(Turn flow, ActivityInstance descendant)
    {
        if (ReferenceEquals(descendant.Node.Parent, flow.Node))
        {
            flow.Instance.Tokens?.RemoveAll(t => (t.To == descendant.Node.ChildIndex || t.From == descendant.Node.ChildIndex));
        }

        Flowchart.CompleteIfIdle(flow, countTokens: false);
    }

    private static void Arrive(Turn flow, FlowPaths paths, List<FlowToken> tokens, FlowEdge edge)
    {
        var target = flow.Node.Children[edge.Target];
        switch (ModeOf(flow, target))
        {
            case MergeMode.Race:
                Flowchart.CancelAncestors(flow, edge.Target);
                Cascade(flow, paths, tokens, edge, target);
                break;
            case MergeMode.Cascade:
                Cascade(flow, paths, tokens, edge, target);
                break;
            case MergeMode.Merge:
                RunWhenAllCame(flow, tokens, paths.Inbound(edge.Target), target);
                break;
            case MergeMode.Converge:
                RunWhenAllCame(flow, tokens, paths.AllInbound(edge.Target), target);
                break;
            default:
                if (!IsOnItsWay(flow, tokens, paths.Inbound(edge.Target)))
                {
                    flow.Run.Schedule(target, flow.Instance, null);
                }

                break;
        }
    }

    /// <summary>The first arrival runs the target and blocks the other edges; an arrival on a blocked edge only takes the block away.</summary>
    private static void Cascade(Turn flow, FlowPaths paths, List<FlowToken> tokens, FlowEdge edge, ActivityNode target)
    {
        flow.Run.Spend(tokens.Count);
        var block = tokens.FindIndex(t => t.Blocked && t.From == edge.Source && t.To == edge.Target && t.Port == edge.Port);
        if (block >= 0)
        {
            tokens[block] = tokens[block] with { Spent = true };
            return;
        }

        flow.Run.Schedule(target, flow.Instance, null);
        foreach (var other in paths.Inbound(edge.Target))
        {
            if (other.Source != edge.Source)
            {
                flow.Run.Spend(Work.Kept);
                tokens.Add(new FlowToken(other.Source, other.Target, other.Port, true));
            }
        }
    }

    private static void RunWhenAllCame(Turn flow, List<FlowToken> tokens, FlowEdge[] inbound, ActivityNode target)
    {
        flow.Run.Spend(PairWork(inbound, tokens));
        var came = inbound.Length <= 1
            || inbound.All(e => tokens.Exists(t => !t.Blocked && t.From == e.Source && t.To == e.Target && t.Port == e.Port));
        if (came)
        {
            flow.Run.Schedule(target, flow.Instance, null);
        }
    }

    /// <summary>A token still heads to one of the sources of these edges.</summary>
    private static bool IsOnItsWay(Turn flow, List<FlowToken> tokens, FlowEdge[] inbound)
    {
        flow.Run.Spend(PairWork(inbound, tokens));
        foreach (var edge in inbound)
        {
            foreach (var token in tokens)
            {
                if (!token.Blocked && token.To == edge.Source)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static long PairWork(FlowEdge[] inbound, List<FlowToken> tokens) => (long)inbound.Length * (1 + tokens.Count) / 8;

    private static MergeMode ModeOf(Turn flow, ActivityNode target)
    {
        if (target.Kind is FlowJoin)
        {
            return FlowJoin.ModeOf(flow, target) == FlowJoinMode.WaitAny ? MergeMode.Race : MergeMode.Merge;
        }

        return Enum.TryParse<MergeMode>(target.MergeMode, ignoreCase: true, out var mode) ? mode : MergeMode.None;
    }
}
