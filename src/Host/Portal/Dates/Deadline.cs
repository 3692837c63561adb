using WorkflowEngine.Workflows.Calendars;

namespace WorkflowEngine.Host.Portal.Dates;

/// <summary>A deadline in full, for pages on which it is the main thing.</summary>
/// <param name="Span">The days from the start of the limit to its end.</param>
/// <param name="EndOfDay">The hour at which the last day ends.</param>
public sealed record Deadline(DueState State, DaySpan Span, DateOnly Today, string EndOfDay)
{
    /// <returns>Null for what has no limit.</returns>
    public static Deadline? Of(DateOnly? start, DateOnly? due, bool provisional, DateTimeOffset now, WorkingDayCalendar calendar) =>
        start is { } from && due is { } last
            ? new Deadline(DueState.On(now, last, provisional, calendar), DaySpan.Between(from, last, calendar), ChineseDates.DateOf(now), ChineseDates.EndOf(last, calendar))
            : null;

    /// <summary><c>，含 10 月 8 日调休</c>: make-up days among those that are left; nothing when there are none.</summary>
    public string Ahead
    {
        get
        {
            var makeUp = Span.Days.Where(day => day.IsMakeUpDay && day.Date > Today).Select(day => FormattableString.Invariant($"{day.Date.Month} 月 {day.Date.Day} 日")).ToList();
            return makeUp.Count == 0 ? "" : $"，含 {string.Join("、", makeUp)}调休";
        }
    }

    /// <summary><c>2022-10-10（周一）24:00 前</c></summary>
    public string Until => $"{ChineseDates.WithWeekday(State.Due!.Value)} {EndOfDay} 前";

    /// <summary>Why the date may still move; null when it is certain.</summary>
    public string? Provisional => State.Provisional
        ? FormattableString.Invariant($"暂定：{State.Due!.Value.Year} 年放假安排尚未公布，此日期先按周末和法定节日推算。国务院公布后平台重新计算并通知各方；对企业的期限只会延长，不会缩短。")
        : null;
}
