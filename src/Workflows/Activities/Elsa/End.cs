using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Elsa.End: ends the flowchart or sequence around it; siblings that wait are cancelled.</summary>
internal sealed class End : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Elsa.End", "结束", "流程", "结束所在的流程图。") { IsTerminal = true, Ports = [] };

    public override void Execute(Turn turn) => turn.Complete();
}
