namespace WorkflowEngine.Workflows.Calendars;

/// <summary>The instants that follow from a due date (rules T1, T4, T6). Zone Asia/Shanghai, which has no summer time.</summary>
public static class Deadlines
{
    /// <summary>China Standard Time.</summary>
    public static readonly TimeSpan Shanghai = TimeSpan.FromHours(8);
    private static readonly TimeOnly ReminderHour = new(9, 0);

    /// <summary>The calendar date of an act, whatever the hour (T1).</summary>
    public static DateOnly DateOf(DateTimeOffset instant) => DateOnly.FromDateTime(instant.ToOffset(Shanghai).DateTime);

    /// <summary>00:00 at the beginning of the date.</summary>
    public static DateTimeOffset StartOf(DateOnly date) => new(date, TimeOnly.MinValue, Shanghai);

    /// <summary>
    /// 09:00 of the n-th working day before the due date; <paramref name="startedAt"/> itself, that is at once, when that moment is not after the clock's start (T4).
    /// </summary>
    /// <param name="workingDaysBefore">1 for an authority's limit, 2 for one that binds an enterprise.</param>
    public static DateTimeOffset ReminderAt(DateOnly due, int workingDaysBefore, DateTimeOffset startedAt, WorkingDayCalendar calendar)
    {
        var moment = new DateTimeOffset(calendar.SubtractWorkingDays(due, workingDaysBefore), ReminderHour, Shanghai);
        return moment > startedAt ? moment : startedAt;
    }

    /// <summary>Working days left after today; 0 on the due date and later.</summary>
    public static int RemainingOn(DateOnly today, DateOnly due, WorkingDayCalendar calendar) => calendar.WorkingDaysBetween(today, due);
}
