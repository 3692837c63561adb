using WorkflowEngine.Workflows.Activities.Elsa;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Flowcharts;

/// <summary>
/// Counter mode, Elsa's default: every edge out of a completed activity is visited, followed or not; an activity runs when all its forward edges were
/// visited once more than itself and any of them was followed, and is skipped, with all that lies behind it, when none was.
/// </summary>
internal static class CounterFlow
{
    public static void Advance(Turn flow, ActivityInstance child, Outcomes outcomes)
    {
        if (!Leave(flow, child.Node.ChildIndex, outcomes, child.CameBackward))
        {
            Flowchart.CompleteIfIdle(flow, countTokens: false);
        }
    }

    public static void Canceled(Turn flow, ActivityInstance descendant)
    {
        Flowchart.CompleteIfIdle(flow, countTokens: false);
        if (!ReferenceEquals(descendant.Node.Parent, flow.Node))
        {
            throw NotReachable(descendant.Node.Id);
        }

        Leave(flow, descendant.Node.ChildIndex, Outcomes.None, cameBackward: false);
    }

    /// <summary>Visits all edges out of an activity; true when that made another one due.</summary>
    private static bool Leave(Turn flow, int activity, Outcomes outcomes, bool cameBackward)
    {
        var graph = flow.Node.Graph!;
        var paths = Flowchart.PathsOf(flow);
        if (paths.IsDangling(activity))
        {
            throw NotReachable(flow.Node.Children[activity].Id);
        }

        var counts = flow.Instance.Counts ??= new FlowCounts(flow.Node.Children.Count, graph.Edges.Length);
        if (!cameBackward)
        {
            counts.Activities[activity]++;
        }

        var scheduled = false;
        foreach (var edge in graph.Outbound(activity))
        {
            if (edge.IsSide)
            {
                continue;
            }

            var followed = outcomes.Follows(edge.Port);
            counts.Visit(edge, followed);
            scheduled |= paths.IsBackward(edge)
                ? followed && GoBack(flow, paths, edge)
                : Arrive(flow, paths, counts, edge);
        }

        return scheduled;
    }

    private static bool GoBack(Turn flow, FlowPaths paths, FlowEdge edge)
    {
        if (!paths.IsValidBackward(edge))
        {
            throw new ActivityFault(
                $"Invalid backward connection: every path from '{flow.Node.Children[edge.Source].Id}' back to the start must go through '{flow.Node.Children[edge.Target].Id}'.");
        }

        flow.Run.Schedule(flow.Node.Children[edge.Target], flow.Instance, null, backward: true);
        return true;
    }

    private static bool Arrive(Turn flow, FlowPaths paths, FlowCounts counts, FlowEdge edge)
    {
        var target = flow.Node.Children[edge.Target];
        var inbound = paths.Inbound(edge.Target);
        flow.Run.Spend(1 + (inbound.Length / 4));
        var mode = target.Kind is FlowJoin ? FlowJoin.ModeOf(flow, target) : FlowJoinMode.WaitAllActive;
        if (mode == FlowJoinMode.WaitAny)
        {
            return ArriveFirst(flow, counts, edge, inbound);
        }

        if (!counts.AllVisited(inbound, edge.Target))
        {
            return false;
        }

        var runs = mode == FlowJoinMode.WaitAll ? counts.AllFollowed(inbound) : counts.AnyFollowed(inbound, edge.Target);
        if (!runs)
        {
            return Leave(flow, edge.Target, Outcomes.None, cameBackward: false);
        }

        flow.Run.Schedule(target, flow.Instance, null);
        return true;
    }

    private static bool ArriveFirst(Turn flow, FlowCounts counts, FlowEdge edge, FlowEdge[] inbound)
    {
        var target = flow.Node.Children[edge.Target];
        if (counts.IsLate(edge, edge.Target) || flow.Run.IsDue(target, flow.Instance))
        {
            return false;
        }

        if (counts.AnyFollowed(inbound, edge.Target))
        {
            flow.Run.Schedule(target, flow.Instance, null);
            Flowchart.CancelAncestors(flow, edge.Target);
            return true;
        }

        return counts.AllVisited(inbound, edge.Target) && Leave(flow, edge.Target, Outcomes.None, cameBackward: false);
    }

    private static ActivityFault NotReachable(string activityId) =>
        new($"Activity {activityId} is not reachable from the flowchart graph. Unable to schedule its outbound activities.");
}
