using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Elsa.Break: ends the loop around it, and the sequences between.</summary>
internal sealed class Break : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Elsa.Break", "跳出循环", "循环", "结束所在的循环。") { IsTerminal = true, Ports = [] };

    public override void Execute(Turn turn)
    {
        turn.Run.Break(turn.Instance);
        turn.Complete();
    }
}
