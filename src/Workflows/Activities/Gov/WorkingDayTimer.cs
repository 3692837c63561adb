using System.Globalization;
using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Gov;

/// <summary>Gov.WorkingDayTimer: waits n working days after a date, itself excluded: until the end of the last of them, or until a time of day on it; a moment that is past already is not waited for.</summary>
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
            new InputDescriptor("from", "String", "起算日期（当日不计，默认今天）"),
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
        turn.Instance.Remember(StartKey, StartOf(turn).DayNumber);
        if (turn.Input<string>("time") is { Length: > 0 } time)
        {
            turn.Instance.Remember(TimeKey, time);
        }

        var due = Due(turn);
        if (due <= turn.Run.Now)
        {
            turn.Complete();
            return;
        }

        Arm(turn, due);
    }

    public override Effect? Reopen(Turn turn, OpenBookmark bookmark, EffectId id) =>
        DateTimeOffset.TryParseExact(turn.Instance.Recall<string>(DueKey), "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var due)
            ? new Effect.ArmTimer(id, TimerKind.Delay, bookmark.Id, due)
            : base.Reopen(turn, bookmark, id);

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

    private static DateOnly StartOf(Turn turn)
    {
        if (turn.Input<string>("from") is not { Length: > 0 } from)
        {
            return turn.Run.LimitStart;
        }

        if (DateOnly.TryParseExact(from, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            return date;
        }

        return DateTimeOffset.TryParse(from, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            ? turn.Run.Calendar.CountsOn(instant)
            : throw new ActivityFault($"'{from}' is not a date of the form 2022-10-08");
    }

    private static DateTimeOffset Due(Turn turn)
    {
        var start = DateOnly.FromDayNumber(turn.Instance.Recall<int>(StartKey));
        var last = turn.Run.Calendar.AddWorkingDays(start, turn.Instance.Recall<int>(DaysKey));
        if (turn.Instance.Recall<string>(TimeKey) is not { } time)
        {
            return turn.Run.Calendar.OverdueAt(last);
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
