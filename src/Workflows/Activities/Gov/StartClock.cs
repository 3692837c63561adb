using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Gov;

/// <summary>Gov.StartClock: a named clock begins today with all its working days, before or without a task; a later task on it without a limit goes on with it.</summary>
internal sealed class StartClock : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Gov.StartClock", "开始计时", "政务", "时钟从今天起计时，当日不计。")
    {
        Inputs =
        [
            new InputDescriptor("clock", "String", "时钟") { IsRequired = true },
            new InputDescriptor("limit", "Int32", "时限（工作日）") { IsRequired = true },
        ],
    };

    public override void Execute(Turn turn)
    {
        var name = turn.RequiredText("clock");
        var limit = turn.Input<int>("limit");
        if (limit is < 1 or > NamedClock.LongestLimit)
        {
            throw new ActivityFault($"'{turn.Node.Id}' gives clock '{name}' {limit} working days; 1 to {NamedClock.LongestLimit} make sense");
        }

        turn.Run.Clocks[name] = NamedClock.Start(name, limit, turn.Run.LimitStart);
        Deadline.ReplanClock(turn.Run, name, "restarted");
        turn.Complete();
    }
}
