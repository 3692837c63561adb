using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using WorkflowEngine.Workflows.Calendars;

namespace WorkflowEngine.Workflows.Tests.Calendars;

public sealed class WorkingDayCalendarTests
{
    private static readonly WorkingDayCalendar Calendar = ChinaCalendar.Shipped;

    private static readonly DateOnly From = new(2021, 1, 1);

    [Theory]
    [InlineData("2022-08-15", 3, "2022-08-18")]
    [InlineData("2022-09-08", 3, "2022-09-14")]
    [InlineData("2022-09-09", 3, "2022-09-15")]
    [InlineData("2022-09-10", 3, "2022-09-15")]
    [InlineData("2022-09-29", 3, "2022-10-09")]
    [InlineData("2022-09-30", 3, "2022-10-10")]
    [InlineData("2022-09-30", 5, "2022-10-12")]
    [InlineData("2022-10-07", 3, "2022-10-10")]
    [InlineData("2022-12-30", 3, "2023-01-05")]
    [InlineData("2023-01-19", 3, "2023-01-29")]
    [InlineData("2023-01-20", 5, "2023-02-01")]
    [InlineData("2023-04-28", 3, "2023-05-06")]
    [InlineData("2023-09-28", 5, "2023-10-11")]
    [InlineData("2024-02-08", 3, "2024-02-19")]
    [InlineData("2024-02-09", 5, "2024-02-22")]
    [InlineData("2024-04-30", 3, "2024-05-08")]
    [InlineData("2025-01-24", 3, "2025-02-05")]
    [InlineData("2025-09-30", 3, "2025-10-11")]
    [InlineData("2025-12-31", 3, "2026-01-06")]
    [InlineData("2026-02-13", 3, "2026-02-25")]
    [InlineData("2026-02-13", 5, "2026-02-27")]
    [InlineData("2026-04-30", 5, "2026-05-11")]
    [InlineData("2026-09-24", 3, "2026-09-30")]
    [InlineData("2026-09-30", 3, "2026-10-10")]
    [InlineData("2026-09-30", 5, "2026-10-13")]
    [InlineData("2026-11-20", 3, "2026-11-25")]
    [InlineData("2026-11-20", 5, "2026-11-27")]
    public void A_limit_ends_on_the_nth_working_day_after_its_start(string start, int days, string due) =>
        Assert.Equal(Date(due), Calendar.AddWorkingDays(Date(start), days));

    [Theory]
    [InlineData(2021, 250)]
    [InlineData(2022, 249)]
    [InlineData(2023, 249)]
    [InlineData(2024, 251)]
    [InlineData(2025, 248)]
    [InlineData(2026, 248)]
    public void A_published_year_has_its_working_days(int year, int workingDays) =>
        Assert.Equal(workingDays, Calendar.WorkingDaysBetween(new DateOnly(year - 1, 12, 31), new DateOnly(year, 12, 31)));

    [Fact]
    public void A_make_up_saturday_works_and_a_holiday_thursday_does_not()
    {
        Assert.True(Calendar.IsWorkingDay(new DateOnly(2022, 10, 8)));
        Assert.False(Calendar.IsWorkingDay(new DateOnly(2022, 10, 6)));
    }

    [Fact]
    public void A_date_in_2027_is_provisional_and_new_year_is_off_all_the_same()
    {
        Assert.True(Calendar.IsProvisional(new DateOnly(2027, 3, 1)));
        Assert.False(Calendar.IsProvisional(new DateOnly(2026, 12, 31)));
        Assert.True(Calendar.IsProvisional(new DateOnly(2026, 12, 30), new DateOnly(2027, 1, 5)));
        Assert.False(Calendar.IsWorkingDay(new DateOnly(2027, 1, 1)));
    }

    [Fact]
    public void Adding_working_days_agrees_with_a_walk_over_a_list_of_all_working_days()
    {
        var working = Enumerable.Range(0, 365 * 7).Select(i => From.AddDays(i)).Where(IsListedAsWorking).ToList();
        Check.QuickThrowOnFailure(Prop.ForAll(
            Gen.Choose(0, 365 * 6).ToArbitrary(),
            Gen.Choose(1, 60).ToArbitrary(),
            (offset, days) =>
            {
                var start = From.AddDays(offset);
                var expected = working.Where(d => d > start).Skip(days - 1).First();
                return Calendar.AddWorkingDays(start, days) == expected
                    && Calendar.WorkingDaysBetween(start, expected) == days
                    && Calendar.SubtractWorkingDays(expected, 1) == working.Last(d => d < expected);
            }));
    }

    [Theory]
    [InlineData("""{"version":"1","published":{},"days":{"2022-13-01":{"name":"x","isOffDay":true}}}""", "calendar-date")]
    [InlineData("""{"version":"1","published":{},"days":{"2022-10-08":{"name":"x"}}}""", "calendar-day")]
    [InlineData("""{"version":"1","published":{"2022":{"status":"offical"}},"days":{}}""", "calendar-status")]
    [InlineData("""{"version":"1","published":{},"day":{}}""", "unknown-member")]
    [InlineData("""{"version":"1","published":{},"days":{""", "not-json")]
    public void A_wrong_calendar_is_refused_with_its_place(string json, string code)
    {
        var result = WorkingDayCalendar.Read(json, "rules/calendars/cn.json");
        Assert.Null(result.Calendar);
        Assert.Contains(result.Problems, p => p.Code == code && p.ToString().StartsWith("rules/calendars/cn.json:1: ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_calendar_on_which_nobody_ever_works_is_refused()
    {
        var days = string.Join(",", Enumerable.Range(0, 100).Select(i => $"\"{new DateOnly(2030, 1, 1).AddDays(i):yyyy-MM-dd}\":{{\"name\":\"x\",\"isOffDay\":true}}"));
        var result = WorkingDayCalendar.Read($$"""{"version":"1","published":{},"days":{ {{days}} } }""", "cn.json");
        Assert.Contains(result.Problems, p => p.Code == "calendar-no-work");
    }

    /// <summary>The oracle: the file's own list, with the plain week where it is silent.</summary>
    private static bool IsListedAsWorking(DateOnly date) =>
        Calendar.Days.TryGetValue(date, out var day) ? !day.IsOffDay : date.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday);

    private static DateOnly Date(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
