using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Elsa.StartAt: waits for an instant, or begins the workflow at it. An instant that has passed does not wait.</summary>
internal sealed class StartAt : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Elsa.StartAt", "定时开始", "时间", "等到指定时刻。")
    {
        Inputs = [new InputDescriptor("dateTime", "DateTimeOffset", "时刻")],
        IsTrigger = true,
    };

    public override void Execute(Turn turn)
    {
        var due = turn.Input<DateTimeOffset>("dateTime");
        if (turn.Run.TriggerActivityId == turn.Node.Id || due <= turn.Run.Now)
        {
            turn.Complete();
            return;
        }

        Instants.WaitUntil(turn, due);
    }
}
