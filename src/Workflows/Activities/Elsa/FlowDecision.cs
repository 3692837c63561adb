using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Elsa.FlowDecision: goes True or False by its condition.</summary>
internal sealed class FlowDecision : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Elsa.FlowDecision", "判断", "分支", "按条件走“是”或“否”。")
    {
        Inputs = [new InputDescriptor("condition", "Boolean", "条件")],
        Ports = ["True", "False"],
    };

    public override void Execute(Turn turn) => turn.Complete(turn.Input<bool>("condition") ? "True" : "False");
}
