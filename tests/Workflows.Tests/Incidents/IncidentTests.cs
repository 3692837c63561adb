using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Execution;
using WorkflowEngine.Workflows.Tests.Calendars;
using WorkflowEngine.Workflows.Tests.Cases;

namespace WorkflowEngine.Workflows.Tests.Incidents;

/// <summary>Steps that cannot go on, what goes on beside them, and what people may decide about them.</summary>
public sealed class IncidentTests
{
    /// <summary>Fails until the review has found something.</summary>
    private const string Mark = """{ "id": "mark", "type": "Elsa.Correlate", "correlationId": { "typeName": "String", "expression": { "type": "Lambda", "value": "vars.found.mark" } } }""";

    private static readonly Actor Leader = new("u9", "周某", "440300", "leader");

    public static TheoryData<string> Modes => Drawing.Modes;

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_failing_step_does_not_stop_the_limits_and_tasks_beside_it(string mode)
    {
        var @case = Reviewed(mode);
        Assert.Equal((InstanceStatus.Running, InstanceSubStatus.Suspended), (@case.State.Status, @case.State.SubStatus));
        Assert.True(Assert.Single(@case.State.Incidents).IsOpen);

        @case.At("2024-06-20 09:00");
        Assert.Contains(@case.Journal, entry => entry is { ActivityId: "review", Event: "Fired" } && entry.Outcomes!.SequenceEqual(["Overdue"]));
        Assert.Single(@case.Effects.OfType<Effect.RaiseWarning>());
        @case.Complete("review", "Done");
        Assert.DoesNotContain(@case.Tasks, task => task.ActivityId == "review");
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_retry_fails_again_until_the_cause_is_mended_and_then_goes_on(string mode)
    {
        var @case = Reviewed(mode);
        var first = Open(@case);
        Resolve(@case, IncidentDecision.Retry);
        var second = Open(@case);
        Assert.NotEqual(first.Id, second.Id);
        Assert.IsType<RunResult.NotWaiting>(@case.Send(new Stimulus.IncidentResolved(first.Id, IncidentDecision.Retry, null, null, Leader), mustRun: false));

        @case.Complete("review", "Done", new JsonObject { ["mark"] = "已核" });
        Resolve(@case, IncidentDecision.Retry);
        Assert.DoesNotContain(@case.State.Incidents, incident => incident.IsOpen);
        Assert.Equal("已核", @case.State.CorrelationId);
        @case.Complete("sign", "Done");
        Assert.Equal("办结", @case.State.Outcome);
        Assert.Equal([IncidentEnd.Retried, IncidentEnd.Retried], @case.Effects.OfType<Effect.SettleIncident>().Select(settled => settled.End));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_skipped_step_goes_on_by_the_chosen_outcome_and_the_journal_says_who_and_why(string mode)
    {
        var @case = Decided(mode);
        Assert.Equal("outcome-missing", Refused(@case, IncidentDecision.Skip).Code);
        Assert.Equal("unknown-outcome", Refused(@case, IncidentDecision.Skip, "Maybe").Code);

        Resolve(@case, IncidentDecision.Skip, "True");
        Assert.Equal("yes", Assert.Single(@case.Tasks).ActivityId);
        var skipped = Assert.Single(@case.Journal, entry => entry.Event == "Skipped");
        Assert.Equal(("decide", "周某", "材料已线下核对"), (skipped.ActivityId, skipped.By!.Name, (string?)skipped.Details!["reason"]));
        Assert.Equal(["True"], skipped.Outcomes);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_given_up_step_ends_its_branch_and_no_other(string mode)
    {
        var @case = Reviewed(mode);
        Resolve(@case, IncidentDecision.Cancel);
        Assert.DoesNotContain(@case.State.Incidents, incident => incident.IsOpen);
        Assert.Single(@case.Tasks, task => task.ActivityId == "review");
        Assert.Contains(@case.Journal, entry => entry is { ActivityId: "mark", Event: "GivenUp", By: not null });
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void What_would_leave_the_case_without_a_way_on_is_refused_and_changes_nothing(string mode)
    {
        var @case = Decided(mode, "decide.True > yes");
        Assert.Equal("strands", Refused(@case, IncidentDecision.Skip, "False").Code);
        Assert.True(Assert.Single(@case.State.Incidents).IsOpen);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_join_that_waited_for_a_given_up_branch_runs_where_paths_are_counted(string mode)
    {
        var @case = Begun(Drawing.Flow(
            mode,
            [Drawing.Submit, Mark, Drawing.Task("review", "Done"), """{ "id": "join", "type": "Elsa.FlowJoin", "mode": "WaitAllActive" }""", Drawing.Task("sign", "Done"), Drawing.Close("end", "办结")],
            "submit > mark", "submit > review", "mark > join", "review.Done > join", "join > sign", "sign.Done > end"));
        @case.Complete("review", "Done");

        if (mode == "TokenBased")
        {
            // Tokens know nothing of branches that are gone: the join would wait for ever.
            Assert.Equal("strands", Refused(@case, IncidentDecision.Cancel).Code);
            Resolve(@case, IncidentDecision.Skip);
        }
        else
        {
            Resolve(@case, IncidentDecision.Cancel);
        }

        Assert.Equal("sign", Assert.Single(@case.Tasks).ActivityId);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void The_end_of_the_case_settles_what_nobody_decided(string mode)
    {
        var @case = Reviewed(mode);
        @case.Cancel("撤回");
        Assert.DoesNotContain(@case.State.Incidents, incident => incident.IsOpen);
        Assert.Equal(IncidentEnd.Overtaken, Assert.Single(@case.Effects.OfType<Effect.SettleIncident>()).End);
    }

    [Fact]
    public void A_repeated_body_of_a_loop_has_the_value_that_it_had()
    {
        var @case = Begun(CaseInMemory.Definition("""
            {
              "definitionId": "looped", "variables": [{ "id": "v-found", "name": "found", "typeName": "Object", "storageDriverTypeName": "Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core" }],
              "root": { "id": "flow", "type": "Elsa.Flowchart", "activities": [
                { "id": "each", "type": "Elsa.ForEach",
                  "items": { "typeName": "Object", "expression": { "type": "Object", "value": ["1", "0", "2"] } },
                  "body": { "id": "line", "type": "Elsa.WriteLine", "text": { "typeName": "String", "expression": { "type": "Lambda", "value": "vars.CurrentValue == \"0\" ? vars.found.mark : vars.CurrentValue" } } } },
                { "id": "keep", "type": "Gov.HumanTask", "title": "keep", "party": "authority", "role": "officer", "form": "f", "result": { "typeName": "Object", "memoryReference": { "id": "v-found" } },
                  "outcomes": { "typeName": "Object", "expression": { "type": "Object", "value": [{ "name": "Done", "label": "Done" }] } } },
                { "id": "begin", "type": "Elsa.Start" }
              ], "connections": [
                { "source": { "activity": "begin", "port": "Done" }, "target": { "activity": "each" } },
                { "source": { "activity": "begin", "port": "Done" }, "target": { "activity": "keep" } }
              ] }
            }
            """));
        @case.Complete("keep", "Done", new JsonObject { ["mark"] = "x" });
        Resolve(@case, IncidentDecision.Retry);

        Assert.Equal(["1", "x", "2"], @case.Effects.OfType<Effect.WriteLine>().Select(line => line.Text));
        Assert.Equal(InstanceStatus.Finished, @case.State.Status);
    }

    [Fact]
    public void A_flow_that_says_so_stops_as_a_whole_and_goes_on_when_its_step_does()
    {
        var @case = Begun(CaseInMemory.Definition("""
            {
              "definitionId": "strict", "options": { "incidentStrategyType": "Elsa.Workflows.IncidentStrategies.FaultStrategy, Elsa.Workflows.Core" },
              "root": { "id": "flow", "type": "Elsa.Flowchart", "activities": [
                { "id": "decide", "type": "Elsa.FlowDecision", "condition": { "typeName": "Boolean", "expression": { "type": "Lambda", "value": "vars.nothing.at.all" } } },
                { "id": "end", "type": "Gov.CloseCase", "outcome": "办结" }
              ], "connections": [{ "source": { "activity": "decide", "port": "True" }, "target": { "activity": "end" } }] }
            }
            """));
        Assert.Equal(InstanceSubStatus.Faulted, @case.State.SubStatus);
        Resolve(@case, IncidentDecision.Skip, "True");
        Assert.Equal((InstanceSubStatus.Finished, "办结"), (@case.State.SubStatus, @case.State.Outcome));
    }

    [Fact]
    public void What_falls_due_while_a_flow_stands_counts_when_it_goes_on_and_the_calendar_of_that_day_counts()
    {
        var @case = Begun(CaseInMemory.Definition($$"""
            {
              "definitionId": "strict", "options": { "incidentStrategyType": "Elsa.Workflows.IncidentStrategies.FaultStrategy, Elsa.Workflows.Core" },
              "root": { "id": "flow", "type": "Elsa.Flowchart", "activities": [
                {{Drawing.Submit}}, { "id": "pause", "type": "Elsa.Delay", "timeSpan": "3.00:00:00" }, { "id": "paused", "type": "Elsa.WriteLine", "text": "paused" },
                {{Drawing.Task("review", "Done", """ "limit": 5, """)}},
                { "id": "decide", "type": "Elsa.FlowDecision", "condition": { "typeName": "Boolean", "expression": { "type": "Lambda", "value": "vars.nothing.at.all" } } }
              ], "connections": [
                { "source": { "activity": "submit", "port": "Done" }, "target": { "activity": "decide" } }, { "source": { "activity": "submit", "port": "Done" }, "target": { "activity": "pause" } },
                { "source": { "activity": "submit", "port": "Done" }, "target": { "activity": "review" } }, { "source": { "activity": "pause", "port": "Done" }, "target": { "activity": "paused" } }
              ] }
            }
            """));
        Assert.Equal(InstanceSubStatus.Faulted, @case.State.SubStatus);
        var pause = Assert.Single(@case.Timers, timer => timer.Kind == TimerKind.Delay);
        var overdue = Assert.Single(@case.Timers, timer => timer.Kind == TimerKind.Overdue);
        @case.Jump("2024-06-07 09:00");
        Assert.IsType<RunResult.NotWaiting>(@case.Send(new Stimulus.TimerFired(pause.Id.ToString()), mustRun: false));
        var calendar = JsonNode.Parse(RepositoryFiles.Read("rules/calendars/cn.json"))!;
        calendar["days"]!["2024-06-07"] = new JsonObject { ["name"] = "停工", ["isOffDay"] = true };
        Assert.IsType<RunResult.NotWaiting>(@case.Import(ChinaCalendar.Read(calendar.ToJsonString())));

        Resolve(@case, IncidentDecision.Skip, "True");
        Assert.Equal(InstanceSubStatus.Suspended, @case.State.SubStatus);
        Assert.True(Assert.Single(@case.Timers, timer => timer.Kind == TimerKind.Overdue).DueAt > overdue.DueAt);
        @case.At("2024-06-07 09:00");
        Assert.Equal(["paused"], @case.Effects.OfType<Effect.WriteLine>().Select(line => line.Text));
    }

    private static Incident Open(CaseInMemory @case) => Assert.Single(@case.State.Incidents, incident => incident.IsOpen);

    private static void Resolve(CaseInMemory @case, IncidentDecision decision, string? outcome = null) =>
        @case.Send(new Stimulus.IncidentResolved(Open(@case).Id, decision, outcome, "材料已线下核对", Leader));

    private static RunResult.Refused Refused(CaseInMemory @case, IncidentDecision decision, string? outcome = null) =>
        Assert.IsType<RunResult.Refused>(@case.Send(new Stimulus.IncidentResolved(Open(@case).Id, decision, outcome, "材料已线下核对", Leader), mustRun: false));

    /// <summary>A mark that fails, beside a review on a clock; the mark is followed by a signature.</summary>
    private static CaseInMemory Reviewed(string mode) => Begun(Drawing.Flow(
        mode,
        [
            Drawing.Submit, Mark, Drawing.Task("review", "Done", """ "limit": 5, "result": { "typeName": "Object", "memoryReference": { "id": "v-found" } }, """),
            Drawing.Warning("late"), Drawing.Task("sign", "Done"), Drawing.Close("end", "办结"),
        ],
        "submit > mark", "submit > review", "review.Overdue > late", "mark > sign", "sign.Done > end"));

    /// <summary>A decision whose condition cannot be read.</summary>
    private static CaseInMemory Decided(string mode, params string[] edges) => Begun(Drawing.Flow(
        mode,
        [
            Drawing.Submit,
            """{ "id": "decide", "type": "Elsa.FlowDecision", "condition": { "typeName": "Boolean", "expression": { "type": "Lambda", "value": "vars.found.mark" } } }""",
            Drawing.Task("yes", "Done"), Drawing.Task("no", "Done"), Drawing.Close("end", "办结"),
        ],
        ["submit > decide", "yes.Done > end", .. edges.Length > 0 ? edges : ["decide.True > yes", "decide.False > no"]]));

    private static CaseInMemory Begun(WorkflowEngine.Workflows.Definitions.WorkflowDefinition flow)
    {
        var @case = new CaseInMemory(flow) { MayFail = true };
        @case.Start("2024-06-03 09:00");
        return @case;
    }
}
