using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Gov;

/// <summary>Gov.SuspendClock: stops a named clock, as for 补正 or 特别程序; what was used stays used (T7).</summary>
internal sealed class SuspendClock : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Gov.SuspendClock", "中止计时", "政务", "时钟停止计时，已用天数保留。")
    {
        Inputs = [new InputDescriptor("clock", "String", "时钟") { IsRequired = true }],
    };

    public override void Execute(Turn turn)
    {
        var name = turn.RequiredText("clock");
        if (turn.Run.Clocks.TryGetValue(name, out var clock) && !clock.IsSuspended)
        {
            turn.Run.Clocks[name] = clock.Suspend(turn.Run.Today, turn.Run.Calendar);
            Deadline.ReplanClock(turn.Run, name, "suspended");
        }

        turn.Complete();
    }
}
