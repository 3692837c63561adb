using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Execution;
using WorkflowEngine.Workflows.Tests.Cases;

namespace WorkflowEngine.Workflows.Tests.Incidents;

/// <summary>A step that has done its work and whose way on cannot be found: nothing of the way is taken, and once the cause is mended all of it is.</summary>
public sealed class FailedWayTests
{
    private static readonly Actor Leader = new("u9", "周某", "440300", "leader");

    public static TheoryData<string> Modes => Drawing.Modes;

    [Theory]
    [MemberData(nameof(Modes))]
    public void What_comes_after_a_step_is_taken_as_a_whole_once_it_can_be(string mode)
    {
        var @case = Joined(mode);
        @case.Complete("ask", "Done");
        var incident = Open(@case);
        Assert.Equal(("ask", true), (incident.ActivityId, incident.HasEnded));
        Assert.Equal([IncidentDecision.Retry, IncidentDecision.Cancel], incident.Decisions);
        Assert.Equal(["review"], @case.Tasks.Select(task => task.ActivityId));
        Assert.Empty(@case.Timers);

        Resolve(@case, IncidentDecision.Retry);
        Assert.NotEqual(incident.Id, Open(@case).Id);
        Assert.Equal("step-ended", Assert.IsType<RunResult.Refused>(@case.Send(new Stimulus.IncidentResolved(Open(@case).Id, IncidentDecision.Skip, null, "r", Leader), mustRun: false)).Code);

        @case.Complete("review", "Done", new JsonObject { ["mark"] = "WaitAny" });
        Resolve(@case, IncidentDecision.Retry);
        Assert.DoesNotContain(@case.State.Incidents, one => one.IsOpen);
        Assert.Equal(["beside", "sign"], @case.Tasks.Select(task => task.ActivityId).Order());
        Assert.Single(@case.Journal, entry => entry is { ActivityId: "ask", Event: "Completed" });

        @case.Complete("beside", "Done");
        @case.Complete("sign", "Done");
        Assert.Equal("办结", @case.State.Outcome);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_given_up_way_leaves_the_other_branches(string mode)
    {
        var @case = Joined(mode);
        @case.Complete("ask", "Done");
        Resolve(@case, IncidentDecision.Cancel);

        Assert.DoesNotContain(@case.State.Incidents, one => one.IsOpen);
        Assert.Equal(["review"], @case.Tasks.Select(task => task.ActivityId));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_loop_whose_condition_cannot_be_read_turns_again_when_it_can(string mode)
    {
        var @case = Begun(Drawing.Flow(
            mode,
            [
                Drawing.Submit,
                $$"""
                { "id": "while", "type": "Elsa.While", "condition": { "typeName": "Boolean", "expression": { "type": "Lambda", "value": "vars.found == null ? true : vars.found.mark" } },
                  "body": { "id": "steps", "type": "Elsa.Sequence", "activities": [{{Task("ask")}}] } }
                """,
                Drawing.Task("keep", "Done", """ "result": { "typeName": "Object", "memoryReference": { "id": "v-found" } }, """), Drawing.Close("end", "办结"),
            ],
            "submit > while", "submit > keep", "while > end"));
        @case.Complete("ask", "Done", new JsonObject { ["mark"] = "perhaps" });
        Assert.Equal("ask", Open(@case).ActivityId);
        Resolve(@case, IncidentDecision.Retry);
        Assert.Equal(["keep"], @case.Tasks.Select(task => task.ActivityId));

        @case.Complete("keep", "Done", new JsonObject { ["mark"] = true });
        Resolve(@case, IncidentDecision.Retry);
        Assert.Equal(["ask"], @case.Tasks.Select(task => task.ActivityId));
        @case.Complete("ask", "Done", new JsonObject { ["mark"] = false });
        Assert.Equal("办结", @case.State.Outcome);
    }

    /// <summary>A step with a limit, followed by a join whose mode is what the review finds, and by another step.</summary>
    private static CaseInMemory Joined(string mode) => Begun(Drawing.Flow(
        mode,
        [
            Drawing.Submit, Drawing.Task("ask", "Done", """ "limit": 5, """), Task("review"), Drawing.Task("beside", "Done"),
            """{ "id": "join", "type": "Elsa.FlowJoin", "mode": { "typeName": "String", "expression": { "type": "Lambda", "value": "vars.found.mark" } } }""",
            Drawing.Task("sign", "Done"), Drawing.Close("end", "办结"),
        ],
        "submit > ask", "submit > review", "ask.Done > beside", "ask.Done > join", "join > sign", "sign.Done > end"));

    private static string Task(string id) =>
        Drawing.Task(id, "Done", """ "result": { "typeName": "Object", "memoryReference": { "id": "v-found" } }, """);

    private static Incident Open(CaseInMemory @case) => Assert.Single(@case.State.Incidents, incident => incident.IsOpen);

    private static void Resolve(CaseInMemory @case, IncidentDecision decision) =>
        @case.Send(new Stimulus.IncidentResolved(Open(@case).Id, decision, null, "已核对", Leader));

    private static CaseInMemory Begun(WorkflowEngine.Workflows.Definitions.WorkflowDefinition flow)
    {
        var @case = new CaseInMemory(flow) { MayFail = true };
        @case.Start("2024-06-03 09:00");
        return @case;
    }
}
