using System.Globalization;
using WorkflowEngine.Workflows.Calendars;

namespace WorkflowEngine.Host.Portal.Dates;

/// <summary>One day between the start of a limit and its end.</summary>
/// <param name="Number">The how-manieth working day of the limit it is; 0 for days that do not count.</param>
/// <param name="Holiday">The holiday it belongs to or is worked in exchange for.</param>
public sealed record SpanDay(DateOnly Date, int Number, bool IsMakeUpDay, string? Holiday);

/// <summary>
/// The days of a limit one by one, so that a person can count along: which days work, which rest, and why a deadline is
/// later than it seems.
/// </summary>
public sealed record DaySpan(DateOnly Start, IReadOnlyList<SpanDay> Days)
{
    /// <summary>Longer limits are told in words only.</summary>
    public const int MostDaysShown = 21;

    public static DaySpan Between(DateOnly start, DateOnly due, WorkingDayCalendar calendar)
    {
        var days = new List<SpanDay>();
        var number = 0;
        for (var date = start.AddDays(1); date <= due; date = date.AddDays(1))
        {
            var works = calendar.IsWorkingDay(date);
            var listed = calendar.Days.GetValueOrDefault(date);
            days.Add(new SpanDay(date, works ? ++number : 0, works && date.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday, listed?.Name));
        }

        return new DaySpan(start, days);
    }

    /// <summary><c>含10月8日、10月9日调休上班；跳过国庆节假期（10月1日—10月7日）</c>, or null when nothing is unusual.</summary>
    public string? Explanation
    {
        get
        {
            var parts = new List<string>();
            var makeUp = Days.Where(day => day.IsMakeUpDay).ToList();
            if (makeUp.Count > 0) parts.Add($"含{string.Join("、", makeUp.Select(day => ChineseDates.MonthAndDay(day.Date)))}调休上班");

            foreach (var holiday in Days.Where(day => day.Number == 0 && day.Holiday is not null).GroupBy(day => day.Holiday))
            {
                var first = holiday.First().Date;
                var last = holiday.Last().Date;
                var when = first == last
                    ? ChineseDates.MonthAndDay(first)
                    : $"{ChineseDates.MonthAndDay(first)}—{ChineseDates.MonthAndDay(last)}";
                parts.Add($"跳过{holiday.Key}假期（{when}）");
            }

            return parts.Count == 0 ? null : string.Join("；", parts);
        }
    }

    /// <summary>All of it in one sentence, for screen readers.</summary>
    public string Sentence => string.Create(
        CultureInfo.InvariantCulture,
        $"自{ChineseDates.Iso(Start)}次日起算，{Days.Count(day => day.Number > 0)} 个工作日{(Explanation is { } why ? $"（{why}）" : "")}");
}
