using System.Globalization;
using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Execution;
using WorkflowEngine.Workflows.Tests.Cases;

namespace WorkflowEngine.Workflows.Tests.Execution;

/// <summary>What happens inside side regions: warnings about warnings, repeated warnings, tasks, a step that closes the case, in both flowchart modes.</summary>
public sealed class SideRegionTests
{
    public static TheoryData<string> Modes => Drawing.Modes;

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_warning_that_nobody_answers_goes_up_level_by_level_and_stays_answerable_at_each(string mode)
    {
        var @case = Supervised(mode, "440606");
        @case.At("2024-06-08 00:00");
        @case.At("2024-06-14 00:00");
        @case.At("2024-06-19 00:00");
        Assert.Equal(["440606", "440600", "440000"], @case.Effects.OfType<Effect.RaiseWarning>().Select(w => w.OrganisationId));
        Assert.Equal(["decide", "warn", "supervise", "supervise-province"], @case.Tasks.Select(t => t.ActivityId));

        @case.Complete("decide", "Yes");
        Assert.Equal("办结", @case.State.Outcome);
        Assert.Equal(InstanceStatus.Running, @case.State.Status);
        @case.Complete("warn", "Answered");
        @case.Complete("supervise-province", "Answered");
        Assert.Equal(InstanceStatus.Running, @case.State.Status);
        @case.Complete("supervise", "Answered");
        Assert.Equal(InstanceStatus.Finished, @case.State.Status);
        Assert.Equal(["warn-answered", "supervise-province-answered", "supervise-answered"], @case.Notices.Where(n => n.EndsWith("-answered", StringComparison.Ordinal)));
        Assert.Empty(@case.Timers);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Where_a_level_is_missing_the_warning_about_the_warning_ends_quietly(string mode)
    {
        var @case = Supervised(mode, "440300");
        @case.At("2024-07-01 00:00");
        Assert.Equal(["440300", "440000"], @case.Effects.OfType<Effect.RaiseWarning>().Select(w => w.OrganisationId));
        @case.Complete("warn", "Answered");
        @case.Complete("supervise", "Answered");
        @case.Complete("decide", "Yes");
        Assert.Equal(InstanceStatus.Finished, @case.State.Status);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Each_round_of_a_correction_loop_warns_once_about_its_own_task(string mode)
    {
        var @case = Supervised(mode, "440606");
        for (var round = 1; round <= 3; round++)
        {
            @case.At(new DateTime(2024, 6, 8).AddDays((round - 1) * 30).ToString("yyyy-MM-dd 00:00", CultureInfo.InvariantCulture));
            Assert.Equal(round, @case.Journal.Count(j => j is { ActivityId: "decide", Event: "Fired" } && j.Outcomes![0] == "Overdue"));
            var about = @case.Effects.OfType<Effect.RaiseWarning>().Where(w => w.ActivityId == "warn").Select(w => w.AboutTaskId).ToArray();
            Assert.Equal(round, about.Distinct().Count());
            Assert.Equal(@case.Tasks.Single(t => t.ActivityId == "decide").Id.ToString(), about[^1]);
            @case.Complete("warn", "Answered");
            @case.Complete("decide", "No");
        }

        Assert.Equal("decide", Assert.Single(@case.Tasks, t => t.Kind == TaskKind.Work).ActivityId);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_warning_is_repeated_until_the_case_answers_it(string mode)
    {
        var flow = Drawing.Flow(
            mode,
            [
                Drawing.Submit, Decide, Drawing.Warning("warn"), Drawing.Notice("still-late"), """{ "id": "pause", "type": "Gov.WorkingDayTimer", "days": 1 }""",
                """{ "id": "open", "type": "Elsa.FlowDecision", "condition": { "typeName": "Boolean", "expression": { "type": "Lambda", "value": "case.outcome == null" } } }""",
                Drawing.Notice("over"), Drawing.Close("close", "办结"),
            ],
            "submit > decide", "decide.Yes > close", "decide.No > decide", "decide.Overdue > warn",
            "warn.Answered > pause", "pause > open", "open.True > still-late", "still-late > warn", "open.False > over");
        var @case = new CaseInMemory(flow);
        @case.Start("2024-06-04 09:00");
        @case.At("2024-06-08 00:00");
        for (var round = 1; round <= 3; round++)
        {
            Assert.Equal(round, @case.Effects.OfType<Effect.RaiseWarning>().Count());
            @case.Complete("warn", "Answered");
            @case.At(@case.Timers.Min(t => t.DueAt).AddMinutes(1).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture));
        }

        @case.Complete("warn", "Answered");
        @case.Complete("decide", "Yes");
        @case.At("2024-08-01 00:00");
        Assert.Equal(4, @case.Effects.OfType<Effect.RaiseWarning>().Count());
        Assert.Contains("over", @case.Notices);
        Assert.Equal(InstanceStatus.Finished, @case.State.Status);
        Assert.Single(@case.Journal, j => j is { ActivityId: "decide", Event: "Fired" } && j.Outcomes![0] == "Overdue");
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_side_region_that_closes_the_case_ends_the_main_flow_and_leaves_other_warnings_answerable(string mode)
    {
        var flow = Drawing.Flow(
            mode,
            [
                Drawing.Submit, Decide, Drawing.Task("other", "Done2"), Drawing.Warning("warn"), Drawing.Task("give-up", "Expired"),
                Drawing.Close("expired", "逾期未补正"), Drawing.Close("close", "办结"),
            ],
            "submit > decide", "submit > other", "other.Done2 > close", "decide.Yes > close", "decide.No > decide", "decide.Overdue > warn", "decide.Overdue > give-up", "give-up.Expired > expired");
        var @case = new CaseInMemory(flow);
        @case.Start("2024-06-04 09:00");
        @case.At("2024-06-08 00:00");
        @case.Complete("give-up", "Expired");
        Assert.Equal("逾期未补正", @case.State.Outcome);
        Assert.DoesNotContain(@case.Tasks, t => t.ActivityId is "decide" or "other");
        Assert.Single(@case.Effects.OfType<Effect.CloseCase>());
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_task_of_a_side_region_goes_on_after_the_case_is_decided(string mode)
    {
        var flow = Drawing.Flow(
            mode,
            [Drawing.Submit, Decide, Drawing.Task("rectify", "Reissued"), Drawing.Notice("reissued"), Drawing.Close("close", "办结")],
            "submit > decide", "decide.Yes > close", "decide.No > decide", "decide.Overdue > rectify", "rectify.Reissued > reissued");
        var @case = new CaseInMemory(flow);
        @case.Start("2024-06-04 09:00");
        @case.At("2024-06-08 00:00");
        @case.Complete("decide", "Yes");
        Assert.Equal(("办结", InstanceStatus.Running), (@case.State.Outcome, @case.State.Status));
        @case.Complete("rectify", "Reissued");
        Assert.Contains("reissued", @case.Notices);
        Assert.Equal(InstanceStatus.Finished, @case.State.Status);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Whatever_people_and_time_do_a_case_keeps_its_promises(string mode)
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var @case = Supervised(mode, "440606");
            var now = new DateTime(2024, 6, 4, 9, 0, 0);
            for (var step = 0; step < 25 && @case.State.Status == InstanceStatus.Running; step++)
            {
                Act(@case, random, ref now);
                KeepsItsPromises(@case);
            }
        }
    }

    private static void Act(CaseInMemory @case, Random random, ref DateTime now)
    {
        var tasks = @case.Tasks.ToArray();
        switch (random.Next(4))
        {
            case 0 when tasks.Length > 0:
                var task = tasks[random.Next(tasks.Length)];
                @case.Complete(task, task.Outcomes[random.Next(task.Outcomes.Count)].Name);
                break;
            case 1:
                var calendar = JsonNode.Parse(RepositoryFiles.Read("rules/calendars/cn.json"))!;
                calendar["days"]![now.AddDays(random.Next(1, 5)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)] = new JsonObject { ["name"] = "x", ["isOffDay"] = true };
                @case.Import(Calendars.ChinaCalendar.Read(calendar.ToJsonString()));
                break;
            default:
                now = now.AddHours(random.Next(1, 60));
                @case.At(now.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture));
                break;
        }
    }

    /// <summary>No timer of a task that is closed, one Overdue for each task at most, one outcome, and a stored state is the same state.</summary>
    private static void KeepsItsPromises(CaseInMemory @case)
    {
        var open = @case.Tasks.Select(t => t.Id.ToString()).ToHashSet();
        Assert.All(@case.Timers.Where(t => t.Kind != TimerKind.Delay), t => Assert.Contains(t.BookmarkId, open));
        var opened = @case.Effects.OfType<Effect.OpenTask>().GroupBy(t => t.ActivityId).ToDictionary(tasks => tasks.Key, tasks => tasks.Count());
        Assert.All(
            @case.Journal.Where(j => j.Event == "Fired" && j.Outcomes![0] == "Overdue").GroupBy(j => j.ActivityId),
            fired => Assert.InRange(fired.Count(), 0, opened[fired.Key]));
        var warned = @case.Effects.OfType<Effect.RaiseWarning>().Select(w => (w.ActivityId, w.AboutTaskId)).ToArray();
        Assert.Equal(warned.Length, warned.Distinct().Count());
        Assert.InRange(@case.Effects.OfType<Effect.CloseCase>().Count(), 0, 1);
        Assert.Equal(@case.State.ToJson(), WorkflowState.FromJson(@case.State.ToJson()).ToJson());
        Assert.Equal(@case.State.Status == InstanceStatus.Finished, @case.State.Outcome is not null && open.Count == 0);
    }

    private static string Decide => Drawing.Task("decide", "Yes No", """ "clock": "decision", "limit": 3, "clockMode": "restart", """);

    private static CaseInMemory Supervised(string mode, string authority)
    {
        var flow = Drawing.Flow(
            mode,
            [
                Drawing.Submit, Decide, Drawing.Warning("warn"), Drawing.Warning("supervise", "authority.parent"), Drawing.Warning("supervise-province", "authority.parent.parent"),
                Drawing.Notice("warn-answered"), Drawing.Notice("supervise-answered"), Drawing.Notice("supervise-province-answered"), Drawing.Close("close", "办结"),
            ],
            "submit > decide", "decide.Yes > close", "decide.No > decide", "decide.Overdue > warn", "warn.Answered > warn-answered", "warn.Overdue > supervise",
            "supervise.Answered > supervise-answered", "supervise.Overdue > supervise-province", "supervise-province.Answered > supervise-province-answered");
        var @case = new CaseInMemory(flow, header: CaseInMemory.Header(authority));
        @case.Start("2024-06-04 09:00");
        return @case;
    }
}
