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
        var state = DueState.On(Day(today), Day(due), provisional: false, Calendar);

        Assert.Equal((lamp, words), (state.Lamp, state.Text));
    }

    [Fact]
    public void A_task_without_a_limit_has_no_lamp() =>
        Assert.Equal((Lamp.None, "不限时"), (DueState.On(Day("2022-10-10"), null, provisional: false, Calendar).Lamp, DueState.None.Text));

    [Fact]
    public void The_days_of_a_limit_tell_which_of_them_count_and_why()
    {
        var span = DaySpan.Between(Day("2022-09-30"), Day("2022-10-10"), Calendar);

        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 1, 2, 3], span.Days.Select(day => day.Number));
        Assert.Equal("含10月8日、10月9日调休上班；10月1日—10月7日国庆节放假不计", span.Explanation);
    }

    [Fact]
    public void An_ordinary_week_needs_no_explanation() =>
        Assert.Null(DaySpan.Between(Day("2022-10-17"), Day("2022-10-24"), Calendar).Explanation);

    private static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private static WorkingDayCalendar Read()
    {
        const string Path = "rules/calendars/cn.json";
        return WorkingDayCalendar.Read(File.ReadAllText(System.IO.Path.Combine(HostSettings.ContentRootFrom(null), Path)), Path).Calendar!;
    }
}
