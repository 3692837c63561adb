using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Elsa.FlowNode: one embedded activity.</summary>
internal sealed class FlowNode : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Elsa.FlowNode", "流程节点", "流程", "包含一个步骤的节点。") { EmbeddedPorts = ["body"], IsBrowsable = false };

    public override void Execute(Turn turn) => turn.Schedule(turn.Node.Port("body"));
}
