using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Execution;
using WorkflowEngine.Workflows.Tests.Cases;

namespace WorkflowEngine.Workflows.Tests.Incidents;

/// <summary>A flow that runs in a circle without ever waiting: the burst is taken back, and the case stands as it stood before it.</summary>
public sealed class EndlessBurstTests
{
    private const string Result = """ "result": { "typeName": "Object", "memoryReference": { "id": "v-found" } }, """;

    private static readonly Actor Leader = new("u9", "周某", "440300", "leader");

    public static TheoryData<string> Modes => Drawing.Modes;

    [Theory]
    [MemberData(nameof(Modes))]
    public void Who_answers_into_a_circle_is_told_and_may_answer_otherwise(string mode)
    {
        var @case = Asked(mode);
        var taken = Assert.IsType<RunResult.Ran>(@case.TryComplete("ask", "Again"));
        Assert.True(taken.IsTakenBack);
        Assert.Equal(["RaiseIncident"], taken.Burst.Effects.Select(effect => effect.GetType().Name));
        Assert.Equal([IncidentDecision.Skip, IncidentDecision.Cancel], Open(@case).Decisions);
        Assert.Equal(["ask", "review"], @case.Tasks.Select(task => task.ActivityId));
        Assert.Equal("endless", Assert.IsType<RunResult.Refused>(@case.TryComplete("ask", "Again")).Code);

        @case.Complete("ask", "Done");
        Assert.DoesNotContain(@case.State.Incidents, incident => incident.IsOpen);
        Assert.Equal("办结", @case.State.Outcome);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void The_step_may_be_skipped_by_a_way_out_of_the_circle_and_by_no_way_into_it(string mode)
    {
        var @case = Asked(mode);
        @case.TryComplete("ask", "Again");
        Assert.Equal("endless", Refused(@case, IncidentDecision.Skip, "Again").Code);
        Assert.Equal("not-taken", Refused(@case, IncidentDecision.Retry).Code);
        Resolve(@case, IncidentDecision.Skip, "Done");
        Assert.Equal("办结", @case.State.Outcome);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void The_branch_may_be_given_up(string mode)
    {
        var @case = Asked(mode);
        @case.TryComplete("ask", "Again");
        Resolve(@case, IncidentDecision.Cancel);
        Assert.Equal(["review"], @case.Tasks.Select(task => task.ActivityId));
        Assert.Equal(InstanceStatus.Running, @case.State.Status);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void What_a_timer_began_is_kept_and_goes_on_when_the_circle_has_an_end(string mode)
    {
        var @case = Timed(mode, "");
        @case.At("2024-06-04 10:00");
        var incident = Open(@case);
        Assert.Equal(("pause", true), (incident.ActivityId, incident.IsStalled));
        Assert.Equal([IncidentDecision.Retry, IncidentDecision.Skip, IncidentDecision.Cancel], incident.Decisions);
        Assert.Empty(@case.Effects.OfType<Effect.WriteLine>());
        Assert.Equal("endless", Refused(@case, IncidentDecision.Retry).Code);
        Assert.Equal("endless", Refused(@case, IncidentDecision.Skip).Code);

        @case.Complete("review", "Done", new JsonObject { ["mark"] = "out" });
        Resolve(@case, IncidentDecision.Retry);
        Assert.Equal("办结", @case.State.Outcome);
        Assert.Single(@case.Journal, entry => entry is { ActivityId: "pause", Event: "Completed" });
    }

    [Fact]
    public void Under_the_strategy_that_stops_at_a_failure_the_flow_stops_and_goes_on_the_same_way()
    {
        var @case = Timed("TokenBased", """ "options": { "incidentStrategyType": "Elsa.Workflows.IncidentStrategies.FaultStrategy, Elsa.Workflows.Core" }, """);
        @case.At("2024-06-04 10:00");
        Assert.Equal(InstanceSubStatus.Faulted, @case.State.SubStatus);
        Assert.Equal("endless", Refused(@case, IncidentDecision.Retry).Code);
        Resolve(@case, IncidentDecision.Cancel);
        Assert.Equal(InstanceSubStatus.Suspended, @case.State.SubStatus);
        @case.Complete("review", "Done");
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_reminder_that_leads_in_a_circle_does_not_keep_anybody_from_the_task(string mode)
    {
        var @case = Begun(Drawing.Flow(
            mode,
            [Drawing.Submit, Drawing.Task("ask", "Done", """ "limit": 5, """), Drawing.Warning("late"), .. Circle, Drawing.Close("end", "办结")],
            "submit > ask", "ask.Reminder > round", "round > again", "again > round", "ask.Overdue > late", "ask.Done > end"));
        @case.At("2024-06-07 10:00");
        Assert.True(Open(@case).IsAside);
        Assert.Equal("endless", Refused(@case, IncidentDecision.Retry).Code);
        Resolve(@case, IncidentDecision.Skip);
        Assert.Equal(["ask"], @case.Tasks.Select(task => task.ActivityId));

        @case.At("2024-06-14 10:00");
        Assert.Single(@case.Effects.OfType<Effect.RaiseWarning>());
        @case.Complete("ask", "Done");
        Assert.Equal("办结", @case.State.Outcome);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void What_would_begin_in_a_circle_does_not_begin(string mode)
    {
        var @case = new CaseInMemory(Drawing.Flow(mode, [Drawing.Submit, .. Circle], "submit > round", "round > again", "again > round")) { MayFail = true };
        Assert.Equal("endless", Assert.IsType<RunResult.Refused>(@case.TryStart("2024-06-03 09:00")).Code);
        Assert.Equal(0, @case.State.Revision);
    }

    private static string[] Circle { get; } = [Line("round"), Line("again")];

    private static Incident Open(CaseInMemory @case) => Assert.Single(@case.State.Incidents, incident => incident.IsOpen);

    private static void Resolve(CaseInMemory @case, IncidentDecision decision, string? outcome = null) =>
        @case.Send(new Stimulus.IncidentResolved(Open(@case).Id, decision, outcome, "已核对", Leader));

    private static RunResult.Refused Refused(CaseInMemory @case, IncidentDecision decision, string? outcome = null) =>
        Assert.IsType<RunResult.Refused>(@case.Send(new Stimulus.IncidentResolved(Open(@case).Id, decision, outcome, "已核对", Leader), mustRun: false));

    private static string Line(string id) => $$"""{ "id": "{{id}}", "type": "Elsa.WriteLine", "text": "{{id}}" }""";

    /// <summary>A task of which one outcome leads in a circle, beside a review.</summary>
    private static CaseInMemory Asked(string mode) => Begun(Drawing.Flow(
        mode,
        [Drawing.Submit, Drawing.Task("ask", "Again Done"), Drawing.Task("review", "Done"), .. Circle, Drawing.Close("end", "办结")],
        "submit > ask", "submit > review", "ask.Again > round", "round > again", "again > round", "ask.Done > end"));

    /// <summary>A pause of a day, and then a circle that is left once the review beside it has found something.</summary>
    private static CaseInMemory Timed(string mode, string options) => Begun(CaseInMemory.Definition($$"""
        {
          "definitionId": "timed", {{options}} "customProperties": { "Flowchart:ExecutionMode": "{{mode}}" },
          "variables": [{ "id": "v-found", "name": "found", "typeName": "Object", "storageDriverTypeName": "Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core" }],
          "root": { "id": "flow", "type": "Elsa.Flowchart", "activities": [
            {{Drawing.Submit}}, { "id": "pause", "type": "Elsa.Delay", "timeSpan": "1.00:00:00" }, {{Drawing.Task("review", "Done", Result)}},
            { "id": "found", "type": "Elsa.FlowDecision", "condition": { "typeName": "Boolean", "expression": { "type": "Lambda", "value": "vars.found != null" } } },
            {{Line("round")}}, {{Drawing.Close("end", "办结")}}
          ], "connections": [
            { "source": { "activity": "submit", "port": "Done" }, "target": { "activity": "pause" } }, { "source": { "activity": "submit", "port": "Done" }, "target": { "activity": "review" } },
            { "source": { "activity": "pause", "port": "Done" }, "target": { "activity": "found" } }, { "source": { "activity": "found", "port": "True" }, "target": { "activity": "end" } },
            { "source": { "activity": "found", "port": "False" }, "target": { "activity": "round" } }, { "source": { "activity": "round", "port": "Done" }, "target": { "activity": "found" } }
          ] }
        }
        """));

    private static CaseInMemory Begun(WorkflowEngine.Workflows.Definitions.WorkflowDefinition flow)
    {
        var @case = new CaseInMemory(flow) { MayFail = true };
        @case.Start("2024-06-03 09:00");
        return @case;
    }
}
