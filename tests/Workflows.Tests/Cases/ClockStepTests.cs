using System.Globalization;
using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;
using WorkflowEngine.Workflows.Tests.Calendars;

namespace WorkflowEngine.Workflows.Tests.Cases;

/// <summary>Named clocks that steps start, extend and suspend, and the hours that bound a day for limits, in both flowchart modes.</summary>
public sealed class ClockStepTests
{
    private static readonly TimeSpan Shanghai = TimeSpan.FromHours(8);

    public static TheoryData<string> Modes => Drawing.Modes;

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_clock_that_was_started_before_the_task_is_the_tasks_limit(string mode)
    {
        var flow = Drawing.Flow(
            mode,
            [
                Drawing.Submit, """{ "id": "start", "type": "Gov.StartClock", "clock": "test", "limit": 5 }""",
                Drawing.Task("send", "Sent"), Drawing.Task("test", "Succeeded", """ "clock": "test", """), Drawing.Close("close", "完"),
            ],
            "submit > start", "start > send", "send.Sent > test", "test.Succeeded > close");
        var @case = new CaseInMemory(flow);
        @case.Start("2024-06-04 09:00");
        @case.At("2024-06-06 09:00");
        @case.Complete("send", "Sent");
        var test = Assert.Single(@case.Tasks);
        Assert.Equal((Day("2024-06-04"), Day("2024-06-12"), "test"), (test.StartDate, test.DueDate, test.Clock));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void An_extended_clock_moves_the_deadline_of_the_open_task_and_its_timers(string mode)
    {
        var @case = Verifying(mode, """{ "id": "act", "type": "Gov.ExtendClock", "clock": "verify", "days": 10 }""");
        Assert.Equal(Day("2024-06-12"), @case.Tasks.Single(t => t.ActivityId == "verify").DueDate);
        @case.At("2024-06-11 09:00");
        @case.Happens("go");
        var moved = Assert.Single(@case.Effects.OfType<Effect.ChangeDeadline>());
        Assert.Equal((Day("2024-06-12"), Day("2024-06-26"), "extended"), (moved.OldDue, moved.NewDue, moved.Reason));
        Assert.Equal(At("2024-06-27 00:00"), Assert.Single(@case.Timers).DueAt);
        Assert.Equal(15, @case.State.Clocks["verify"].Allotted);
        @case.At("2024-06-27 00:00");
        Assert.Single(@case.Effects.OfType<Effect.RaiseWarning>());
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_restarted_clock_gives_the_open_task_all_its_days_again(string mode)
    {
        var @case = Verifying(mode, """{ "id": "act", "type": "Gov.StartClock", "clock": "verify", "limit": 3 }""");
        @case.At("2024-06-11 09:00");
        @case.Happens("go");
        Assert.Equal((Day("2024-06-14"), "restarted"), (@case.Effects.OfType<Effect.ChangeDeadline>().Single().NewDue, @case.Effects.OfType<Effect.ChangeDeadline>().Single().Reason));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void While_a_clock_is_suspended_no_calendar_moves_it_and_nobody_is_late(string mode)
    {
        var @case = Verifying(mode, """{ "id": "act", "type": "Gov.SuspendClock", "clock": "verify" }""");
        @case.At("2024-06-06 09:00");
        @case.Happens("go");
        Assert.Null(Assert.Single(@case.Effects.OfType<Effect.ChangeDeadline>()).NewDue);
        Assert.Empty(@case.Timers);

        @case.At("2024-06-20 09:00");
        Assert.IsType<RunResult.NotWaiting>(@case.Import(With("\"2024-06-21\": {\"name\": \"x\", \"isOffDay\": true}")));
        @case.Complete("verify", "Upheld");
        Assert.Empty(@case.Effects.OfType<Effect.RaiseWarning>());
        Assert.DoesNotContain(@case.Journal, j => j.Event == "Fired");
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_calendar_that_arrives_after_the_warning_moves_the_limit_and_warns_nobody_again(string mode)
    {
        var @case = Verifying(mode, Drawing.Notice("act"));
        @case.At("2024-06-13 00:00");
        Assert.Single(@case.Effects.OfType<Effect.RaiseWarning>());
        @case.Import(With("\"2024-06-12\": {\"name\": \"x\", \"isOffDay\": true}"));
        Assert.Contains(@case.Effects.OfType<Effect.ChangeDeadline>(), c => c.OldDue == Day("2024-06-12") && c.NewDue == Day("2024-06-13"));
        @case.At("2024-06-14 09:00");
        Assert.Single(@case.Journal, j => j is { ActivityId: "verify", Event: "Fired" });
        @case.Complete("verify", "Upheld");
        Assert.Equal(["Overdue", "AnsweredLate"], @case.Journal.Where(j => j is { ActivityId: "verify", Event: "Fired" }).Select(j => j.Outcomes![0]));
    }

    [Theory]
    [InlineData("2024-06-04", 3, "2024-06-08 00:00")]
    [InlineData("2024-06-08T09:30:00+08:00", 1, "2024-06-12 00:00")]
    [InlineData("2024-05-01", 3, null)]
    public void A_timer_counts_from_the_date_it_is_given_and_does_not_wait_for_what_is_past(string from, int days, string? until)
    {
        var flow = Drawing.Flow(
            "CounterBased",
            [Drawing.Submit, $$"""{ "id": "wait", "type": "Gov.WorkingDayTimer", "days": {{days}}, "from": "{{from}}" }""", Drawing.Close("close", "完")],
            "submit > wait", "wait > close");
        var @case = new CaseInMemory(flow);
        @case.Start("2024-06-05 09:00");
        Assert.Equal(until is null ? [] : [At(until)], @case.Timers.Select(t => t.DueAt));
        @case.At("2024-06-12 00:00");
        Assert.Equal("完", @case.State.Outcome);
    }

    [Theory]
    [InlineData(null, "2023-06-20", "2023-06-26", "2023-06-27 00:00")]
    [InlineData("""{ "cutoff": "17:30" }""", "2023-06-21", "2023-06-27", "2023-06-28 00:00")]
    [InlineData("""{ "cutoff": null, "endOfDay": "17:30" }""", "2023-06-20", "2023-06-26", "2023-06-26 17:30")]
    [InlineData("""{ "cutoff": "17:30", "endOfDay": "24:00" }""", "2023-06-21", "2023-06-27", "2023-06-28 00:00")]
    public void Office_hours_say_from_which_day_a_limit_counts_and_when_its_last_day_ends(string? hours, string start, string due, string overdue)
    {
        var calendar = Hours(hours);
        var @case = new CaseInMemory(Limited(), calendar);
        @case.Start("2023-06-20 23:58");
        var task = Assert.Single(@case.Tasks);
        Assert.Equal((Day(start), Day(due), At(overdue)), (task.StartDate, task.DueDate, task.OverdueAt));
        Assert.Equal(At(overdue), Assert.Single(@case.Timers).DueAt);
        Assert.Equal(Day(start), calendar.CountsOn(At("2023-06-20 23:58").AddSeconds(30)));

        @case.Jump(overdue);
        @case.Complete("decide", "Yes");
        Assert.Contains(@case.Journal, j => j is { ActivityId: "decide", Event: "Fired" } && j.Outcomes![0] == "AnsweredLate");
    }

    [Fact]
    public void An_act_before_the_cutoff_counts_on_its_own_day_and_one_before_the_end_of_the_day_is_in_time()
    {
        var @case = new CaseInMemory(Limited(), Hours("""{ "cutoff": "17:30", "endOfDay": "17:30" }"""));
        @case.Start("2023-06-20 17:29");
        Assert.Equal((Day("2023-06-20"), Day("2023-06-26")), (Assert.Single(@case.Tasks).StartDate, Assert.Single(@case.Tasks).DueDate));
        @case.At("2023-06-26 17:29");
        @case.Complete("decide", "Yes");
        Assert.DoesNotContain(@case.Journal, j => j.Event == "Fired");
    }

    [Fact]
    public void Changed_office_hours_move_the_end_of_open_limits()
    {
        var @case = new CaseInMemory(Limited(), Hours(null));
        @case.Start("2023-06-20 09:00");
        @case.Import(Hours("""{ "endOfDay": "17:30" }"""));
        Assert.Equal(At("2023-06-26 17:30"), Assert.Single(@case.Effects.OfType<Effect.ChangeDeadline>()).OverdueAt);
        Assert.Equal(At("2023-06-26 17:30"), Assert.Single(@case.Timers).DueAt);
    }

    [Theory]
    [InlineData("""{ "cutoff": "5pm" }""")]
    [InlineData("""{ "cutoff": "00:00" }""")]
    [InlineData("""{ "endOfDay": 17 }""")]
    [InlineData("""{ "lunch": "12:00" }""")]
    [InlineData("[]")]
    public void Office_hours_that_are_none_are_refused(string hours)
    {
        var result = WorkingDayCalendar.Read(Shipped(hours), "cn.json");
        Assert.Null(result.Calendar);
        Assert.Single(result.Problems);
    }

    /// <summary>A verification on a clock of five days, and a step that an event brings about meanwhile.</summary>
    private static CaseInMemory Verifying(string mode, string act)
    {
        var flow = Drawing.Flow(
            mode,
            [
                Drawing.Submit, Drawing.Task("verify", "Upheld", """ "clock": "verify", "limit": 5, """), """{ "id": "wait", "type": "Elsa.Event", "eventName": "go" }""",
                act, Drawing.Warning("warn"), Drawing.Notice("late"), Drawing.Close("close", "属实"),
            ],
            "submit > verify", "submit > wait", "wait > act", "verify.Upheld > close", "verify.Overdue > warn", "verify.AnsweredLate > late");
        var @case = new CaseInMemory(flow);
        @case.Start("2024-06-04 09:00");
        return @case;
    }

    private static WorkflowDefinition Limited() => Drawing.Flow(
        "CounterBased",
        [Drawing.Submit, Drawing.Task("decide", "Yes", """ "limit": 3, """), Drawing.Close("close", "完")],
        "submit > decide", "decide.Yes > close");

    private static WorkingDayCalendar With(string days) =>
        ChinaCalendar.Read(RepositoryFiles.Read("rules/calendars/cn.json").Replace("\"days\": {", "\"days\": {" + days + ",", StringComparison.Ordinal));

    private static WorkingDayCalendar Hours(string? hours) => hours is null ? ChinaCalendar.Shipped : ChinaCalendar.Read(Shipped(hours));

    private static string Shipped(string hours)
    {
        var calendar = JsonNode.Parse(RepositoryFiles.Read("rules/calendars/cn.json"))!;
        calendar["officeHours"] = JsonNode.Parse(hours);
        return calendar.ToJsonString();
    }

    private static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static DateTimeOffset At(string text) => new(DateTime.ParseExact(text, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), Shanghai);
}
