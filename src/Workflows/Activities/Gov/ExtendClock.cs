using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Gov;

/// <summary>Gov.ExtendClock: 延长. A clock gets more working days; open deadlines on it follow.</summary>
internal sealed class ExtendClock : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Gov.ExtendClock", "延长时限", "政务", "时钟增加若干个工作日。")
    {
        Inputs =
        [
            new InputDescriptor("clock", "String", "时钟") { IsRequired = true },
            new InputDescriptor("days", "Int32", "增加的工作日") { IsRequired = true },
        ],
    };

    public override void Execute(Turn turn)
    {
        var name = turn.RequiredText("clock");
        var days = turn.Input<int>("days");
        if (!turn.Run.Clocks.TryGetValue(name, out var clock))
        {
            throw new ActivityFault($"'{turn.Node.Id}' extends clock '{name}', which was never started");
        }

        if (days < 1 || clock.Allotted + days > NamedClock.LongestLimit)
        {
            throw new ActivityFault($"'{turn.Node.Id}' extends clock '{name}' by {days} working days; it has {clock.Allotted} and may have {NamedClock.LongestLimit}");
        }

        turn.Run.Clocks[name] = clock.Extend(days);
        Deadline.ReplanClock(turn.Run, name, "extended");
        turn.Complete();
    }
}
