using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Tests.Cases;

/// <summary>Events that decide a task in the place of a person, and options that nobody waits for.</summary>
public sealed class EventAndOptionTests
{
    public static TheoryData<string> Modes => Drawing.Modes;

    [Theory]
    [MemberData(nameof(Modes))]
    public void An_event_decides_the_task_and_the_answer_that_comes_second_finds_nothing_to_answer(string mode)
    {
        var @case = Testing(mode);
        var task = @case.Tasks.Single(t => t.ActivityId == "test");
        Assert.Equal(["Succeeded"], task.Outcomes.Select(o => o.Name));

        @case.Happens("test-key-reissue", new JsonObject { ["complaint"] = "TS-1" });
        var closed = Assert.Single(@case.Effects.OfType<Effect.CloseTask>());
        Assert.Equal((task.Id.ToString(), "Reissued", TaskEnd.Superseded, (Actor?)null), (closed.TaskId, closed.Outcome, closed.End, closed.By));
        Assert.Equal("TS-1", (string?)@case.Variables["event"]!["complaint"]);
        Assert.Contains(@case.Journal, j => j is { ActivityId: "test", Event: "Completed" } && j.Outcomes!.SequenceEqual(["Reissued"]));

        var tooLate = new Stimulus.TaskCompleted(task.Id.ToString(), "Succeeded", [], new Actor("u1", "王某", "440300", "officer"));
        Assert.IsType<RunResult.NotWaiting>(@case.Send(tooLate, mustRun: false));
        Assert.Equal("again", Assert.Single(@case.Tasks).ActivityId);
        Assert.Empty(@case.Timers);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void An_answer_that_comes_first_leaves_nothing_for_the_event_to_decide(string mode)
    {
        var @case = Testing(mode);
        var waits = @case.State.Bookmarks.Where(b => b.Payload?["eventName"] is not null).ToArray();
        Assert.Equal(2, waits.Length);
        @case.Complete("test", "Succeeded");
        Assert.Equal(waits.Select(w => w.Id).Order(), @case.Effects.OfType<Effect.StopExpecting>().Select(s => s.BookmarkId).Order());
        Assert.Equal(InstanceStatus.Finished, @case.State.Status);
        Assert.All(waits, w => Assert.IsType<RunResult.NotWaiting>(@case.Send(new Stimulus.MessageArrived(w.Id, null), mustRun: false)));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void An_outcome_that_an_event_decides_is_not_for_a_person(string mode)
    {
        Assert.Equal("unknown-outcome", Assert.IsType<RunResult.Refused>(Testing(mode).TryComplete("test", "Reissued")).Code);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void An_event_after_the_limit_is_late_as_an_answer_is(string mode)
    {
        var @case = Testing(mode);
        @case.At("2024-06-20 09:00");
        Assert.Single(@case.Effects.OfType<Effect.RaiseWarning>());
        @case.Happens("interface-repaired");
        Assert.Equal(["Overdue", "AnsweredLate"], @case.Journal.Where(j => j is { ActivityId: "test", Event: "Fired" }).Select(j => j.Outcomes![0]));
        Assert.Single(@case.Effects.OfType<Effect.RaiseWarning>());
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void An_event_that_comes_when_the_limit_has_ended_the_task_does_not_decide_it(string mode)
    {
        var @case = Testing(mode, """ "onOverdue": "interrupt", """);
        @case.Jump("2024-06-20 09:00");
        Assert.Equal("too-late", Assert.IsType<RunResult.Refused>(@case.TryComplete("test", "Succeeded")).Code);
        @case.Happens("test-key-reissue");
        Assert.Contains(@case.Journal, j => j is { ActivityId: "test", Event: "Completed" } && j.Outcomes!.SequenceEqual(["Overdue"]));
        Assert.DoesNotContain(@case.Timers, t => t.Kind == TimerKind.Overdue && t.DueAt < @case.Now);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void An_option_is_offered_beside_the_work_and_goes_with_the_case(string mode)
    {
        var @case = Withdrawable(mode);
        Assert.Equal(TaskKind.Option, @case.Tasks.Single(t => t.ActivityId == "withdraw").Kind);
        Assert.Equal(TaskKind.Work, @case.Tasks.Single(t => t.ActivityId == "review").Kind);
        @case.Complete("review", "Approved");
        Assert.Equal("联调成功", @case.State.Outcome);
        Assert.Empty(@case.Tasks);
        Assert.Equal(InstanceStatus.Finished, @case.State.Status);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_withdrawal_ends_the_work_and_its_limit(string mode)
    {
        var @case = Withdrawable(mode);
        @case.Complete("withdraw", "Withdrawn");
        Assert.Equal("已撤回", @case.State.Outcome);
        Assert.Empty(@case.Tasks);
        Assert.Empty(@case.Timers);
        Assert.Equal(InstanceStatus.Finished, @case.State.Status);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_wait_beside_the_work_may_come_round_again_and_again(string mode)
    {
        var flow = Drawing.Flow(
            mode,
            [
                Drawing.Submit, Drawing.Task("review", "Approved"), """{ "id": "complaint", "type": "Elsa.Event", "eventName": "complaint-decided" }""",
                Drawing.Notice("told"), Drawing.Close("close", "联调成功"),
            ],
            "submit > review", "submit > complaint", "complaint > told", "told > complaint", "review.Approved > close");
        var @case = new CaseInMemory(flow);
        @case.Start("2024-06-04 09:00");
        for (var round = 1; round <= 3; round++)
        {
            Assert.IsType<RunResult.Ran>(@case.Happens("complaint-decided"));
            Assert.Equal(round, @case.Notices.Count(n => n == "told"));
            Assert.Single(@case.State.Bookmarks, b => b.Payload?["eventName"] is not null);
        }

        @case.Complete("review", "Approved");
        Assert.Equal(("联调成功", InstanceStatus.Finished), (@case.State.Outcome, @case.State.Status));
        Assert.Empty(@case.State.Bookmarks);
    }

    private static CaseInMemory Testing(string mode, string more = "")
    {
        var events = Drawing.List("events", """{ "event": "test-key-reissue", "outcome": "Reissued" }, { "event": "interface-repaired", "outcome": "Repaired" }""");
        var test = Drawing.Task("test", "Succeeded", $$""" "limit": 5, "event": { "typeName": "Object", "memoryReference": { "id": "v-event" } }, {{more}} {{events}} """);
        var interrupts = more.Length > 0;
        var flow = Drawing.Flow(
            mode,
            [Drawing.Submit, test, Drawing.Task("again", "Yes"), Drawing.Warning("warn"), Drawing.Notice("late"), Drawing.Close("close", "联调成功")],
            [
                "submit > test", "test.Succeeded > close", "test.Reissued > again", "test.Repaired > again", "again.Yes > close",
                "test.Overdue > warn", .. interrupts ? Array.Empty<string>() : ["test.AnsweredLate > late"],
            ]);
        var @case = new CaseInMemory(flow);
        @case.Start("2024-06-04 09:00");
        return @case;
    }

    private static CaseInMemory Withdrawable(string mode)
    {
        var flow = Drawing.Flow(
            mode,
            [
                Drawing.Submit, Drawing.Task("review", "Approved", """ "limit": 3, """), Drawing.Task("withdraw", "Withdrawn", """ "optional": true, """, "applicant"),
                Drawing.Close("close", "联调成功"), Drawing.Close("withdrawn", "已撤回"),
            ],
            "submit > review", "submit > withdraw", "review.Approved > close", "withdraw.Withdrawn > withdrawn");
        var @case = new CaseInMemory(flow);
        @case.Start("2024-06-04 09:00");
        return @case;
    }
}
