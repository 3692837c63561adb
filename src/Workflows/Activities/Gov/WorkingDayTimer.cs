using System.Globalization;
using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Gov;

/// <summary>Gov.WorkingDayTimer: waits n working days, today excluded: until 24:00 of the last of them, or until a time of day on it.</summary>
internal sealed class WorkingDayTimer : ActivityKind
{
    private const string DaysKey = "days";
    private const string StartKey = "start";
    private const string TimeKey = "time";
    private const string TimerKey = "timer";
    private const string DueKey = "due";

    public override ActivityDescriptor Descriptor { get; } = new("Gov.WorkingDayTimer", "工作日计时", "政务", "等待若干个工作日。")
    {
        Inputs =
        [
            new InputDescriptor("days", "Int32", "工作日") { IsRequired = true },
            new InputDescriptor("time", "String", "当日时刻（如 09:00）"),
        ],
    };

    public override void Execute(Turn turn)
    {
        var days = turn.Input<int>("days");
        if (days is < 1 or > 2500)
        {
            throw new ActivityFault($"'{turn.Node.Id}' waits {days} working days; 1 to 2500 make sense");
        }

        turn.Instance.Remember(DaysKey, days);
        turn.Instance.Remember(StartKey, turn.Run.Today.DayNumber);
        if (turn.Input<string>("time") is { Length: > 0 } time)
        {
            turn.Instance.Remember(TimeKey, time);
        }

        Arm(turn, Due(turn));
    }

    /// <summary>The calendar changed; true when the wait moved.</summary>
    public static bool Replan(Turn turn)
    {
        var due = Due(turn);
        if (turn.Instance.Recall<string>(DueKey) == Text(due))
        {
            return false;
        }

        turn.Run.DropBookmark(turn.Instance.Recall<string>(TimerKey));
        Arm(turn, due);
        return true;
    }

    private static DateTimeOffset Due(Turn turn)
    {
        var start = DateOnly.FromDayNumber(turn.Instance.Recall<int>(StartKey));
        var last = turn.Run.Calendar.AddWorkingDays(start, turn.Instance.Recall<int>(DaysKey));
        if (turn.Instance.Recall<string>(TimeKey) is not { } time)
        {
            return Deadlines.OverdueAt(last);
        }

        return TimeOnly.TryParseExact(time, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var hour)
            ? Deadlines.StartOf(last) + hour.ToTimeSpan()
            : throw new ActivityFault($"'{time}' is not a time of day of the form 09:00");
    }

    private static void Arm(Turn turn, DateTimeOffset due)
    {
        turn.Instance.Remember(DueKey, Text(due));
        turn.Instance.Remember(TimerKey, turn.WaitUntil(due));
    }

    private static string Text(DateTimeOffset due) => due.ToString("O", CultureInfo.InvariantCulture);
}
