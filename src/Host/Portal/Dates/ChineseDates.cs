using System.Globalization;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Workflows.Calendars;

namespace WorkflowEngine.Host.Portal.Dates;

/// <summary>Dates as an office writes them. The zone is Asia/Shanghai, always.</summary>
public static class ChineseDates
{
    private static readonly string[] Weekdays = ["周日", "周一", "周二", "周三", "周四", "周五", "周六"];

    /// <summary>When this day ends if something is due on it (T3): <c>24:00</c>, or the hour at which the offices close.</summary>
    public static string EndOf(DateOnly day, WorkingDayCalendar calendar) => calendar.HoursOf(day).EndOfDay?.ToString("HH:mm", CultureInfo.InvariantCulture) ?? "24:00";

    public static string Weekday(DateOnly day) => Weekdays[(int)day.DayOfWeek];

    /// <summary><c>2022-10-10（周一）</c></summary>
    public static string WithWeekday(DateOnly day) => $"{Iso(day)}（{Weekday(day)}）";

    /// <summary><c>2022-10-10</c></summary>
    public static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary><c>10月8日</c></summary>
    public static string MonthAndDay(DateOnly day) => string.Create(CultureInfo.InvariantCulture, $"{day.Month}月{day.Day}日");

    /// <summary><c>2022-10-09 11:00</c></summary>
    public static string Minute(DateTimeOffset instant) =>
        instant.ToOffset(BusinessClock.Offset).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary><c>2022-10-09 11:00:07</c>, where seconds tell two things apart.</summary>
    public static string Second(DateTimeOffset instant) =>
        instant.ToOffset(BusinessClock.Offset).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>The calendar date of an instant.</summary>
    public static DateOnly DateOf(DateTimeOffset instant) =>
        DateOnly.FromDateTime(instant.ToOffset(BusinessClock.Offset).DateTime);
}
