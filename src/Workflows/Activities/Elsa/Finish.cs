using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Elsa.Finish: ends the whole workflow at once. Whatever waits is forgotten; containers do not complete.</summary>
internal sealed class Finish : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Elsa.Finish", "终止流程", "基本", "立即结束整个工作流。") { IsTerminal = true, Ports = [] };

    public override void Execute(Turn turn)
    {
        turn.Run.Finish();
        turn.Complete();
    }
}
