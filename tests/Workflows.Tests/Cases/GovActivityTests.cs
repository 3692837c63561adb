using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Tests.Cases;

public sealed class GovActivityTests
{
    [Fact]
    public void A_guard_that_needs_conformance_tells_the_person_what_is_missing()
    {
        var @case = Case(Task(
            """
            "credential": { "typeName": "String", "expression": { "type": "Literal", "value": "c" } },
            "guards": { "typeName": "Object", "expression": { "type": "Object", "value": [ { "outcome": "Yes", "condition": "conformance.accepted > 0", "message": "还没有通过的报文" } ] } },
            """));
        @case.Start("2024-06-04 09:00");
        Assert.Equal("还没有通过的报文", Assert.IsType<RunResult.Refused>(@case.TryComplete("decide", "Yes")).Message);
        @case.Complete("decide", "No");
    }

    [Fact]
    public void An_outcome_that_is_not_drawn_is_refused_with_the_choices()
    {
        var @case = Case(Task(""));
        @case.Start("2024-06-04 09:00");
        var refused = Assert.IsType<RunResult.Refused>(@case.TryComplete("decide", "Maybe"));
        Assert.Contains("是、否", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_working_day_timer_waits_for_a_time_of_day_over_a_holiday()
    {
        var @case = Case("""
            { "id": "wait", "type": "Gov.WorkingDayTimer", "days": 3, "time": "09:00" }
            """);
        @case.Start("2024-06-07 15:00");
        Assert.Equal(new DateTimeOffset(2024, 6, 13, 9, 0, 0, TimeSpan.FromHours(8)), Assert.Single(@case.Timers).DueAt);
        @case.At("2024-06-13 09:00");
        Assert.Equal(InstanceStatus.Finished, @case.State.Status);
    }

    [Fact]
    public void A_partys_limit_only_gets_longer_when_the_calendar_is_imported()
    {
        var @case = Case(Task("").Replace("\"authority\"", "\"applicant\"", StringComparison.Ordinal));
        @case.Start("2026-12-30 10:00");
        Assert.Equal(new DateOnly(2027, 1, 5), Assert.Single(@case.Tasks).DueDate);

        var calendar = RepositoryFiles.Read("rules/calendars/cn.json");
        var works = calendar.Replace("\"2027-01-01\": {", "\"2027-01-02\": {\"name\": \"元旦\", \"isOffDay\": false}, \"2027-01-01\": {", StringComparison.Ordinal);
        Assert.IsType<RunResult.NotWaiting>(@case.Import(Calendars.ChinaCalendar.Read(works)));
        var rests = calendar.Replace("\"2027-01-01\": {", "\"2027-01-04\": {\"name\": \"元旦\", \"isOffDay\": true}, \"2027-01-01\": {", StringComparison.Ordinal);
        @case.Import(Calendars.ChinaCalendar.Read(rests));
        Assert.Equal(new DateOnly(2027, 1, 6), Assert.Single(@case.Effects.OfType<Effect.ChangeDeadline>()).NewDue);
    }

    [Fact]
    public void A_clock_suspended_under_an_open_task_takes_its_timers_away_and_gives_them_back()
    {
        var @case = Case(
            Task(""" "clock": "decision", """),
            """{ "id": "stop", "type": "Gov.SuspendClock", "clock": "decision" }""",
            """{ "id": "go", "type": "Gov.ResumeClock", "clock": "decision" }""",
            """{ "id": "wait", "type": "Elsa.Event", "eventName": "stop" }""",
            """{ "id": "wait-again", "type": "Elsa.Event", "eventName": "go" }""");
        @case.Start("2024-06-04 09:00");
        var overdue = Assert.Single(@case.Timers);
        Assert.Equal(new DateTimeOffset(2024, 6, 8, 0, 0, 0, TimeSpan.FromHours(8)), overdue.DueAt);

        @case.At("2024-06-05 09:00");
        @case.Send(new Stimulus.MessageArrived(@case.State.Bookmarks.Single(b => b.ActivityId == "wait").Id, null));
        Assert.Empty(@case.Timers);
        Assert.Null(@case.Effects.OfType<Effect.ChangeDeadline>().Last().NewDue);

        @case.At("2024-06-12 09:00");
        @case.Send(new Stimulus.MessageArrived(@case.State.Bookmarks.Single(b => b.ActivityId == "wait-again").Id, null));
        Assert.Equal(new DateOnly(2024, 6, 14), @case.Effects.OfType<Effect.ChangeDeadline>().Last().NewDue);
        Assert.Equal(new DateTimeOffset(2024, 6, 15, 0, 0, 0, TimeSpan.FromHours(8)), Assert.Single(@case.Timers).DueAt);
    }

    [Fact]
    public void Every_kind_of_activity_describes_itself_in_chinese()
    {
        Assert.All(Activities.ActivityRegistry.Descriptors, d =>
        {
            Assert.Contains(d.DisplayName, c => c > 0x2E80);
            Assert.Contains(d.Category, c => c > 0x2E80);
            Assert.All(d.Inputs, i => Assert.Contains(i.DisplayName, c => c > 0x2E80));
        });
        Assert.Equal(17, Activities.ActivityRegistry.Descriptors.Count(d => d.Type.StartsWith("Gov.", StringComparison.Ordinal)));
    }

    private static string Task(string more) => $$"""
        { "id": "decide", "type": "Gov.HumanTask", "title": "决定", "party": "authority", "role": "officer", "form": "f", "limit": 3, {{more}}
          "outcomes": { "typeName": "Object", "expression": { "type": "Object", "value": [ { "name": "Yes", "label": "是" }, { "name": "No", "label": "否" } ] } } }
        """;

    /// <summary>A submission and then the given steps: the first after it, an event's follower by place (wait → stop → wait-again → go).</summary>
    private static CaseInMemory Case(params string[] steps)
    {
        var ids = steps.Select(s => (string)JsonNode.Parse(s)!["id"]!).ToArray();
        var edges = new List<(string From, string To)> { ("submit", ids[0]) };
        if (ids.Contains("wait") && ids.Contains("stop"))
        {
            edges.AddRange([("submit", "wait"), ("wait", "stop"), ("stop", "wait-again"), ("wait-again", "go")]);
        }

        var connections = string.Join(",", edges.Select(e => "{\"source\":{\"activity\":\"" + e.From + "\",\"port\":\"Done\"},\"target\":{\"activity\":\"" + e.To + "\"}}"));
        var result = WorkflowDefinition.Read(
            "{\"definitionId\":\"g\",\"version\":1,\"root\":{\"id\":\"flow\",\"type\":\"Elsa.Flowchart\",\"activities\":[{\"id\":\"submit\",\"type\":\"Gov.Submission\",\"form\":\"f\"},"
            + string.Join(",", steps) + "],\"connections\":[" + connections + "]}}",
            "g.json");
        Assert.Empty(result.Problems);
        return new CaseInMemory(result.Definition!);
    }
}
