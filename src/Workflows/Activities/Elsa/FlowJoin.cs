using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Flowcharts;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

internal enum FlowJoinMode
{
    WaitAny,
    WaitAll,
    WaitAllActive,
}

/// <summary>Elsa.FlowJoin: joins paths. The flowchart decides by the mode when the join runs; by then what still runs before it is cancelled.</summary>
internal sealed class FlowJoin : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Elsa.FlowJoin", "汇合", "分支", "等待一条、全部或全部有效的分支到达。")
    {
        Inputs = [new InputDescriptor("mode", "String", "汇合方式") { Default = "WaitAny", Options = ["WaitAny", "WaitAll", "WaitAllActive"] }],
    };

    /// <summary>The mode of a join that has not begun, read in the flowchart around it.</summary>
    public static FlowJoinMode ModeOf(Turn flow, ActivityNode join) =>
        join.Inputs.TryGetValue("mode", out var input) && input.Expression is { } expression
            ? flow.Evaluate<FlowJoinMode>(expression, "Mode")
            : FlowJoinMode.WaitAny;

    public override void Execute(Turn turn)
    {
        if (turn.Instance.Parent is { Node.Graph: not null } flow)
        {
            Flowchart.CancelAncestors(new Turn(turn.Run, flow), turn.Node.ChildIndex);
        }

        turn.Complete();
    }
}
