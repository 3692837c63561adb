using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;
using WorkflowEngine.Workflows.Migration;
using WorkflowEngine.Workflows.Tests.Cases;
using WorkflowEngine.Workflows.Tests.Execution;

namespace WorkflowEngine.Workflows.Tests.Migration;

/// <summary>Running cases and a new version of their flow: what goes over, what stays, and what people see of it.</summary>
public sealed class CaseMigrationTests
{
    public static TheoryData<string> Modes => Drawing.Modes;

    [Theory]
    [MemberData(nameof(Modes))]
    public void An_open_task_keeps_its_dates_and_its_people_and_is_asked_in_the_words_of_the_new_version(string mode)
    {
        var old = SidePortTests.Flow(mode, "notify");
        var @new = Edited(old, ("决定", "审定"), ("\"label\": \"是\"", "\"label\": \"同意\""), ("\"value\": 3 }", "\"value\": 1 }"), ("\"version\": 1", "\"version\": 2"));
        var @case = new CaseInMemory(old);
        @case.Start("2024-06-04 09:00");
        var (before, timers) = (@case.Tasks.Single(task => task.ActivityId == "decide"), @case.Timers.ToList());

        @case.At("2024-06-05 09:00");
        Assert.IsType<MigrationResult.Carried>(@case.Migrate(Prepared(old, @new)));

        var after = @case.Tasks.Single(task => task.ActivityId == "decide");
        Assert.Equal(("审定", "同意"), (after.Title, after.Outcomes[0].Label));
        Assert.Equal(before with { Title = after.Title, Outcomes = after.Outcomes }, after);
        Assert.Equal(timers, @case.Timers);
        Assert.Equal(2, @case.State.DefinitionVersion);
        var told = @case.Journal.Single(entry => entry.Event == "Migrated");
        Assert.Equal(("通知修订", 1, 2), ((string?)told.Details!["reason"], (int?)told.Details["fromVersion"], (int?)told.Details["toVersion"]));

        // The reminder and the warning come when they were promised, and the case ends as the new version says.
        @case.At("2024-06-08 00:00");
        Assert.Equal(["Reminder", "Overdue"], @case.Journal.Where(entry => entry is { Event: "Fired", ActivityId: "decide" }).Select(entry => entry.Outcomes![0]));
        @case.Complete("decide", "Yes");
        Assert.Equal("办结", @case.State.Outcome);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_renamed_step_and_a_renamed_clock_are_proposed_with_reasons_and_followed_once_confirmed(string mode)
    {
        var old = SidePortTests.Flow(mode, "notify");
        var @new = Edited(old, ("\"decide\"", "\"judge\""), ("\"decision\"", "\"judgement\""));

        var proposed = MigrationProposal.Of("r1", "r2", old, @new);
        Assert.Equal([("decide", "judge"), ("decision", "judgement")], proposed.Unconfirmed.Select(move => (move.From, move.To!)));
        Assert.Contains("标题相同", proposed.Activities[0].Because, StringComparison.Ordinal);
        Assert.Equal(MigrationPlanJson.Write(proposed), MigrationPlanJson.Write(MigrationPlanJson.Read(MigrationPlanJson.Write(proposed))));

        var @case = new CaseInMemory(old);
        @case.Start("2024-06-04 09:00");
        @case.At("2024-06-08 09:00");
        Assert.IsType<MigrationResult.Carried>(@case.Migrate(CaseMigration.Prepare(proposed, old, @new).Migration!));

        // Late already: a warning is open beside the task, and is about it still.
        Assert.Equal(["judge", "warn"], @case.Tasks.Select(task => task.ActivityId).Order());
        Assert.Equal("judgement", Assert.Single(@case.State.Clocks).Value.Name);
        @case.Complete("judge", "No");
        @case.Complete("warn", "Answered");
        Assert.Single(@case.Tasks, task => task.ActivityId == "judge");
        @case.Complete("judge", "Yes");
        Assert.Equal((InstanceStatus.Finished, "办结"), (@case.State.Status, @case.State.Outcome));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_case_that_stands_at_a_step_that_is_gone_stays_with_a_reason_and_one_that_has_passed_it_goes_over(string mode)
    {
        string[] rest = [Drawing.Submit, Drawing.Task("second", "Done"), Drawing.Close("end", "办结")];
        var old = Drawing.Flow(mode, [.. rest, Drawing.Task("first", "Done")], "submit > first", "first.Done > second", "second.Done > end");
        var @new = Drawing.Flow(mode, rest, "submit > second", "second.Done > end");
        var migration = Prepared(old, @new);

        var @case = new CaseInMemory(old);
        @case.Start("2024-06-04 09:00");
        var before = @case.State.ToJson();
        var refused = Assert.IsType<MigrationResult.Refused>(@case.Migrate(migration));
        Assert.Equal("first", Assert.Single(refused.Obstacles).Place);
        Assert.Contains("新版本没有步骤“first”", refused.Obstacles[0].Chinese, StringComparison.Ordinal);
        Assert.Equal(before, @case.State.ToJson());

        @case.Complete("first", "Done");
        Assert.IsType<MigrationResult.Carried>(@case.Migrate(migration));
        @case.Complete("second", "Done");
        Assert.Equal("办结", @case.State.Outcome);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_step_that_is_new_before_the_open_one_is_not_done_by_this_case_and_is_by_its_next_round(string mode)
    {
        string[] steps = [Drawing.Submit, Drawing.Task("ask", "Done"), Drawing.Task("answer", "Again Done"), Drawing.Close("end", "办结")];
        var old = Drawing.Flow(mode, steps, "submit > ask", "ask.Done > answer", "answer.Again > ask", "answer.Done > end");
        var @new = Drawing.Flow(mode, [.. steps, Drawing.Task("check", "Done")], "submit > ask", "ask.Done > check", "check.Done > answer", "answer.Again > ask", "answer.Done > end");
        var @case = new CaseInMemory(old);
        @case.Start("2024-06-04 09:00");
        @case.Complete("ask", "Done");

        Assert.IsType<MigrationResult.Carried>(@case.Migrate(Prepared(old, @new)));
        Assert.Equal(["answer"], @case.Tasks.Select(task => task.ActivityId));
        foreach (var step in (string[])["answer", "ask", "check"])
        {
            @case.Complete(step, step == "answer" ? "Again" : "Done");
        }

        @case.Complete("answer", "Done");
        Assert.Equal("办结", @case.State.Outcome);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_branch_that_waits_at_a_join_goes_over_with_its_way_and_stays_without_it(string mode)
    {
        string[] steps = [Drawing.Submit, Drawing.Task("left", "Done"), Drawing.Task("right", "Done"), """{ "id": "join", "type": "Elsa.FlowJoin", "mode": "WaitAll" }""", Drawing.Close("end", "办结")];
        string[] edges = ["submit > left", "submit > right", "left.Done > join", "right.Done > join", "join > end"];
        var old = Drawing.Flow(mode, steps, edges);
        var same = Drawing.Flow(mode, [.. steps, Drawing.Notice("told")], [.. edges[..4], "join > told", "told > end"]);
        var between = Drawing.Flow(mode, [.. steps, Drawing.Task("check", "Done")], [.. edges[..2], "left.Done > check", "check.Done > join", .. edges[3..]]);
        var @case = new CaseInMemory(old);
        @case.Start("2024-06-04 09:00");
        @case.Complete("left", "Done");

        var refused = Assert.IsType<MigrationResult.Refused>(@case.Migrate(Prepared(old, between)));
        Assert.Contains("新版本没有这条连线", refused.Obstacles[0].Chinese, StringComparison.Ordinal);
        Assert.IsType<MigrationResult.Carried>(@case.Migrate(Prepared(old, same)));
        @case.Complete("right", "Done");
        Assert.Contains("told", @case.Notices);
        Assert.Equal("办结", @case.State.Outcome);
    }

    [Fact]
    public void What_decides_a_task_beside_its_people_is_what_the_new_version_says()
    {
        static string Decide(string events) => Drawing.Task("decide", "Yes", Drawing.List("events", events));
        string[] edges = ["submit > decide", "decide.Yes > end", "decide.Gone > end"];
        var old = Drawing.Flow("TokenBased", [Drawing.Submit, Decide("""{ "event": "first", "outcome": "Gone" }"""), Drawing.Close("end", "办结")], edges);
        var @new = Drawing.Flow("TokenBased", [Drawing.Submit, Decide("""{ "event": "second", "outcome": "Gone" }"""), Drawing.Close("end", "办结")], edges);
        var @case = new CaseInMemory(old);
        @case.Start("2024-06-04 09:00");

        Assert.IsType<MigrationResult.Carried>(@case.Migrate(Prepared(old, @new)));
        Assert.DoesNotContain(@case.State.Bookmarks, bookmark => (string?)bookmark.Payload?["eventName"] == "first");
        @case.Happens("second");
        Assert.Equal("办结", @case.State.Outcome);
    }

    [Fact]
    public void A_plan_that_names_what_is_not_there_says_what_was_probably_meant()
    {
        var flow = SidePortTests.Flow("TokenBased", "notify");
        var plan = new MigrationPlan("side", "r1", "r2") { Activities = [new("decid", "warn"), new("remind", "warn"), new("answered", "remid")], Clocks = [new("decison", null)] };

        var obstacles = CaseMigration.Prepare(plan, flow, flow).Obstacles.Select(obstacle => obstacle.Chinese).ToList();
        Assert.Contains("原版本没有步骤“decid”，是否想写“decide”？。", obstacles);
        Assert.Contains("新版本没有步骤“remid”，是否想写“remind”？。", obstacles);
        Assert.Contains("原版本没有时钟“decison”，是否想写“decision”？。", obstacles);
        Assert.Contains(obstacles, text => text.Contains("类型不同的步骤不能对应", StringComparison.Ordinal));
        Assert.Contains("是否想写“activities”", Assert.Throws<FormatException>(() => MigrationPlanJson.Read("""{ "flow": "a", "from": "b", "to": "c", "activites": [] }""")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_case_in_the_middle_of_the_shipped_procedure_of_2022_ends_by_the_edited_one()
    {
        var old = CaseInMemory.VendorIntegration;
        var @new = Edited(old, ("\"interface-test\"", "\"joint-test\""));
        var @case = new CaseInMemory(old);
        @case.Start("2022-09-30 16:40");
        @case.Complete("review", "Approved");
        var key = Assert.Single(@case.Effects.OfType<Effect.IssueCredential>());

        Assert.IsType<MigrationResult.Carried>(@case.Migrate(CaseMigration.Prepare(MigrationProposal.Of("r1", "r2", old, @new), old, @new).Migration!));
        @case.At("2022-10-12 17:00");
        @case.Conforms(key.Id.ToString(), CaseInMemory.Summary(accepted: 1));
        @case.Complete("joint-test", "Succeeded");
        Assert.Equal("联调成功", @case.State.Outcome);
        Assert.Empty(@case.Timers);
    }

    private static CaseMigration Prepared(WorkflowDefinition old, WorkflowDefinition @new)
    {
        var prepared = CaseMigration.Prepare(new MigrationPlan(old.DefinitionId, "r1", "r2"), old, @new);
        Assert.Empty(prepared.Obstacles);
        return prepared.Migration!;
    }

    private static WorkflowDefinition Edited(WorkflowDefinition flow, params (string From, string To)[] edits)
    {
        var json = flow.Write();
        foreach (var (from, to) in edits)
        {
            Assert.Contains(from, json, StringComparison.Ordinal);
            json = json.Replace(from, to, StringComparison.Ordinal);
        }

        return CaseInMemory.Definition(json);
    }
}
