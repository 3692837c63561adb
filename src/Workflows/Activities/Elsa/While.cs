using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Elsa.While: runs its body while the condition holds; the condition is read each time.</summary>
internal sealed class While : Loop
{
    public override ActivityDescriptor Descriptor { get; } = new("Elsa.While", "条件循环", "循环", "条件成立时反复执行。")
    {
        Inputs = [new InputDescriptor("condition", "Boolean", "条件")],
        EmbeddedPorts = ["body"],
    };

    public override void Execute(Turn turn) => Next(turn);

    protected override void Next(Turn turn)
    {
        if (!turn.Input<bool>("condition"))
        {
            turn.Complete();
            return;
        }

        turn.Schedule(turn.Node.Port("body") ?? throw new ActivityFault("a While without a body never ends once its condition holds"));
    }
}
