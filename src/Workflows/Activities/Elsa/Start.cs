using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Elsa.Start: where a flowchart begins.</summary>
internal sealed class Start : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Elsa.Start", "开始", "流程", "流程图从这里开始。");

    public override void Execute(Turn turn) => turn.Complete();
}
