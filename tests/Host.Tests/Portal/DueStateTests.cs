using WorkflowEngine.Host.Portal.Dates;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Workflows.Calendars;

namespace WorkflowEngine.Host.Tests.Portal;

public sealed class DueStateTests
{
    private static readonly WorkingDayCalendar Calendar = Read();

    [Theory]
    [InlineData("2022-09-30", "2022-10-10", Lamp.Green, "还剩 3 个工作日")]
    [InlineData("2022-10-08", "2022-10-10", Lamp.Green, "还剩 2 个工作日")]
    [InlineData("2022-10-09", "2022-10-10", Lamp.Yellow, "还剩 1 个工作日")]
    [InlineData("2022-10-10", "2022-10-10", Lamp.Yellow, "今天到期")]
    [InlineData("2022-10-11", "2022-10-10", Lamp.Red, "已超 1 个工作日")]
    [InlineData("2022-10-01", "2022-09-30", Lamp.Red, "已超期，未满 1 个工作日")]
    [InlineData("2022-10-08", "2022-09-30", Lamp.Red, "已超 1 个工作日")]
    public void The_lamp_and_its_words_count_working_days_only(string today, string due, Lamp lamp, string words)
    {
        var state = DueState.On(Noon(today), Day(due), provisional: false, Calendar);

        Assert.Equal((lamp, words), (state.Lamp, state.Text));
    }

    [Fact]
    public void A_task_without_a_limit_has_no_lamp() =>
        Assert.Equal((Lamp.None, "不限时"), (DueState.On(Noon("2022-10-10"), null, provisional: false, Calendar).Lamp, DueState.None.Text));

    [Fact]
    public void The_days_of_a_limit_tell_which_of_them_count_and_why()
    {
        var span = DaySpan.Between(Day("2022-09-30"), Day("2022-10-10"), Calendar);

        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 1, 2, 3], span.Days.Select(day => day.Number));
        Assert.Equal("含10月8日、10月9日调休上班；跳过国庆节假期（10月1日—10月7日）", span.Explanation);
    }

    [Theory]
    [InlineData("2022-09-30", "，含 10 月 8 日、10 月 9 日调休")]
    [InlineData("2022-10-08", "，含 10 月 9 日调休")]
    [InlineData("2022-10-09", "")]
    public void What_is_left_names_the_make_up_days_that_are_still_to_come(string today, string words)
    {
        var deadline = Deadline.Of(Day("2022-09-30"), Day("2022-10-10"), provisional: false, Noon(today), Calendar)!;

        Assert.Equal((words, "2022-10-10（周一） 24:00 前"), (deadline.Ahead, deadline.Until));
    }

    [Fact]
    public void A_date_in_an_unpublished_year_says_why_it_may_move() =>
        Assert.Contains("2027 年放假安排尚未公布", Deadline.Of(Day("2026-12-30"), Day("2027-01-05"), provisional: true, Noon("2026-12-30"), Calendar)!.Provisional, StringComparison.Ordinal);

    [Fact]
    public void An_ordinary_week_needs_no_explanation() =>
        Assert.Null(DaySpan.Between(Day("2022-10-17"), Day("2022-10-24"), Calendar).Explanation);

    [Fact]
    public void Where_the_day_ends_with_the_offices_a_limit_is_late_from_then_on()
    {
        var calendar = WorkingDayCalendar.Read("""{ "version": "1", "published": { "2022": { "status": "official" } }, "days": {}, "officeHours": { "endOfDay": "17:30" } }""", "cn.json").Calendar!;
        var deadline = Deadline.Of(Day("2022-10-10"), Day("2022-10-12"), provisional: false, new DateTimeOffset(2022, 10, 12, 17, 29, 0, TimeSpan.FromHours(8)), calendar)!;

        Assert.Equal(("今天到期", "2022-10-12（周三） 17:30 前"), (deadline.State.Text, deadline.Until));
        Assert.Equal(Lamp.Red, DueState.On(new DateTimeOffset(2022, 10, 12, 17, 30, 0, TimeSpan.FromHours(8)), Day("2022-10-12"), provisional: false, calendar).Lamp);
    }

    private static DateTimeOffset Noon(string day) => new(Day(day), new TimeOnly(12, 0), TimeSpan.FromHours(8));

    private static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private static WorkingDayCalendar Read()
    {
        const string Path = "rules/calendars/cn.json";
        return WorkingDayCalendar.Read(File.ReadAllText(System.IO.Path.Combine(HostSettings.ContentRootFrom(null), Path)), Path).Calendar!;
    }
}
