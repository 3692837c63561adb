using WorkflowEngine.Workflows.Activities;
using WorkflowEngine.Workflows.Activities.Elsa;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Flowcharts;

/// <summary>
/// Elsa.Flowchart: activities joined by connections. How joins wait is the mode's affair (<see cref="CounterFlow"/>, <see cref="TokenFlow"/>).
/// The same kind carries the scope of a fired side port, which is a flowchart execution of its own over the port's side region.
/// </summary>
internal sealed class Flowchart : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Elsa.Flowchart", "流程图", "流程", "由步骤和连线组成的流程图。")
    {
        IsContainer = true,
        IsBrowsable = false,
    };

    public override bool HoldsVariables => true;

    public override void Execute(Turn turn)
    {
        Variables.Declare(turn);
        var start = StartOf(turn.Node, turn.Run.TriggerActivityId);
        if (start < 0)
        {
            turn.Complete();
            return;
        }

        turn.Schedule(turn.Node.Children[start]);
    }

    public override void ChildCompleted(Turn turn, ActivityInstance child, string? callback, Outcomes outcomes)
    {
        if (child.Status != ActivityStatus.Completed)
        {
            return;
        }

        if (child.Node.Kind!.Descriptor.IsTerminal)
        {
            turn.Complete();
            return;
        }

        if (turn.Run.UsesTokens)
        {
            TokenFlow.Advance(turn, child, outcomes);
        }
        else
        {
            CounterFlow.Advance(turn, child, outcomes);
        }
    }

    public override void DescendantCanceled(Turn turn, ActivityInstance descendant)
    {
        if (turn.Run.UsesTokens)
        {
            TokenFlow.Canceled(turn, descendant);
        }
        else
        {
            CounterFlow.Canceled(turn, descendant);
        }
    }

    /// <summary>Fires a side port of an open activity: the region behind it runs in a scope of its own while the activity stays open.</summary>
    public static void Fire(Turn activity, string port)
    {
        var ordinal = activity.Instance.Recall<int>("fired:" + port) + 1;
        activity.Instance.Remember("fired:" + port, ordinal);
        activity.Run.Log(activity.Node, "Fired", [port]);
        if (activity.Node.Parent is not { Graph: { } graph } flowchart || activity.Instance.Parent is not { } flow)
        {
            return;
        }

        var edges = graph.SideEdges(activity.Node.ChildIndex, port).ToArray();
        if (edges.Length == 0)
        {
            return;
        }

        var scope = activity.Run.Open(flowchart, new SideKey(activity.Instance.Id, activity.Node.ChildIndex, port, ordinal), flow);
        SideSubject.Note(scope, activity.Instance);
        foreach (var edge in edges)
        {
            activity.Run.Schedule(flowchart.Children[edge.Target], scope, null);
        }
    }

    public static FlowPaths PathsOf(Turn turn) => PathsOf(turn.Node, turn.Instance.Side, turn.Run.TriggerActivityId);

    /// <summary>The edges of a flowchart as an execution of it sees them: from a side port, from the trigger that began the flow, or from the start.</summary>
    public static FlowPaths PathsOf(ActivityNode flowchart, SideKey? side, string? trigger) =>
        side is not null ? flowchart.Graph!.FromSide(side.Source, side.Port) : flowchart.Graph!.From(StartOf(flowchart, trigger));

    /// <summary>Completes the flowchart when nothing below it runs, is due or has failed.</summary>
    public static void CompleteIfIdle(Turn turn, bool countTokens)
    {
        foreach (var child in turn.Instance.Children)
        {
            if (child.Status is ActivityStatus.Running or ActivityStatus.Faulted)
            {
                return;
            }
        }

        if (turn.Run.HasDueBelow(turn.Instance) || (countTokens && turn.Instance.Tokens?.Exists(t => !t.Blocked) == true))
        {
            return;
        }

        turn.Complete();
    }

    /// <summary>A child was given up: the flow goes on as if it had ended by no way at all.</summary>
    /// <param name="hasLeft">It had ended before, and its ways were taken as far as they could be.</param>
    public static void GiveUp(Turn turn, ActivityInstance child, bool hasLeft)
    {
        if (hasLeft)
        {
            CompleteIfIdle(turn, turn.Run.UsesTokens);
        }
        else if (turn.Run.UsesTokens)
        {
            TokenFlow.Advance(turn, child, Outcomes.None);
        }
        else
        {
            CounterFlow.Advance(turn, child, Outcomes.None);
        }
    }

    /// <summary>Cancels what still runs in this flowchart on the way to the activity.</summary>
    public static void CancelAncestors(Turn turn, int activity)
    {
        var ancestors = PathsOf(turn).Ancestors(activity);
        foreach (var instance in turn.Run.Instances.ToArray())
        {
            if (ReferenceEquals(instance.Parent, turn.Instance) && ancestors[instance.Node.ChildIndex])
            {
                turn.Run.Cancel(instance);
            }
        }
    }

    private static int StartOf(ActivityNode flowchart, string? trigger)
    {
        for (var i = 0; trigger is not null && i < flowchart.Children.Count; i++)
        {
            if (string.Equals(flowchart.Children[i].Id, trigger, StringComparison.Ordinal))
            {
                return i;
            }
        }

        return flowchart.Graph!.Start;
    }
}
