using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Gov;

/// <summary>Gov.ResumeClock: a stopped clock goes on with what was left, at least one working day, or begins anew (T7, D-4).</summary>
internal sealed class ResumeClock : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Gov.ResumeClock", "恢复计时", "政务", "时钟继续计时或重新计时。")
    {
        Inputs =
        [
            new InputDescriptor("clock", "String", "时钟") { IsRequired = true },
            new InputDescriptor("mode", "String", "方式") { Default = "resume", Options = ["resume", "restart"] },
        ],
    };

    public override void Execute(Turn turn)
    {
        var name = turn.RequiredText("clock");
        if (turn.Run.Clocks.TryGetValue(name, out var clock))
        {
            var restart = string.Equals(turn.Input<string>("mode"), "restart", StringComparison.OrdinalIgnoreCase);
            turn.Run.Clocks[name] = restart ? clock.Restart(turn.Run.LimitStart) : clock.Resume(turn.Run.LimitStart);
            Deadline.ReplanClock(turn.Run, name, "resumed");
        }

        turn.Complete();
    }
}
