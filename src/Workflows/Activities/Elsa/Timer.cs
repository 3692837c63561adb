using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Elsa.Timer: waits for a span of time, or begins the workflow each time it has passed.</summary>
internal sealed class Timer : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Elsa.Timer", "定时器", "时间", "按间隔触发或等待一个间隔。")
    {
        Inputs = [new InputDescriptor("interval", "TimeSpan", "间隔") { Default = "00:01:00" }],
        IsTrigger = true,
    };

    public override void Execute(Turn turn)
    {
        if (turn.Run.TriggerActivityId == turn.Node.Id)
        {
            turn.Complete();
            return;
        }

        Instants.WaitFor(turn, turn.Input("interval", TimeSpan.FromMinutes(1)));
    }
}
