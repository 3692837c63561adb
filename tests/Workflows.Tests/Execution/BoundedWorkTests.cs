using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Batch;
using WorkflowEngine.Workflows.Execution;
using WorkflowEngine.Workflows.Tests.Cases;

namespace WorkflowEngine.Workflows.Tests.Execution;

/// <summary>Few steps can cost much when what they go through is large. What a burst may cost is counted, and a burst ends where it costs more.</summary>
public sealed class BoundedWorkTests
{
    private const string TooMuch = "too large for the steps that go through them";
    private const int Branches = 3_000;

    [Fact]
    public void A_plan_ends_where_a_large_input_is_copied_for_each_of_many_children()
    {
        var bulk = """
            { "id": "bulk", "type": "Elsa.BulkDispatchWorkflows", "workflowDefinitionId": "child",
              "items": { "typeName": "Object", "expression": { "type": "Input", "value": { "name": "items" } } },
              "input": { "typeName": "Object", "expression": { "type": "Object", "value": "{\"large\": \"…\"}" } } }
            """.Replace("…", new string('x', 1_000_000), StringComparison.Ordinal);
        var answer = Answer(bulk, children: 1, new JsonObject { ["items"] = new JsonArray([.. Enumerable.Range(0, 1_000).Select(i => (JsonNode)$"item {i}")]) });
        Assert.Equal("Faulted", (string?)answer["subStatus"]);
        var incident = Assert.Single(answer["incidents"]!.AsArray())!;
        Assert.Equal("bulk", (string?)incident["activityId"]);
        Assert.Contains(TooMuch, (string?)incident["message"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_case_stands_as_it_stood_before_a_step_into_thousands_of_branches_that_meet()
    {
        var branches = Enumerable.Range(0, Branches).Select(i => $"b{i}").ToArray();
        var @case = new CaseInMemory(Drawing.Flow(
            "TokenBased",
            [Drawing.Submit, Drawing.Task("ask", "Again Done"), .. branches.Append("meet").Select(Line), Drawing.Close("end", "办结")],
            ["submit > ask", "ask.Done > end", .. branches.SelectMany(b => new[] { $"ask.Again > {b}", $"{b} > meet" })])) { MayFail = true };
        @case.Start("2024-06-03 09:00");
        Assert.True(Assert.IsType<RunResult.Ran>(@case.TryComplete("ask", "Again")).IsTakenBack);
        Assert.Contains(TooMuch, Assert.Single(@case.State.Incidents).Message, StringComparison.Ordinal);
        @case.Complete("ask", "Done");
        Assert.Equal("办结", @case.State.Outcome);
    }

    [Fact]
    public void A_plan_has_a_hundred_other_flows_at_most()
    {
        Assert.Equal("Finished", (string?)Answer(Line("w"), children: 100)["status"]);
        Assert.Contains("with may hold", (string?)Answer(Line("w"), children: 101)["error"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_prints_no_more_than_is_answered()
    {
        var loop = $$"""{ "id": "for", "type": "Elsa.For", "end": 9000, "body": { "id": "w", "type": "Elsa.WriteLine", "text": "{{new string('x', 2_000_000)}}" } }""";
        Assert.Contains("prints more", (string?)Answer(loop)["error"], StringComparison.Ordinal);
    }

    private static string Line(string id) => $$"""{ "id": "{{id}}", "type": "Elsa.WriteLine", "text": "{{id}}" }""";

    private static JsonObject Answer(string root, int children = 0, JsonObject? input = null) => JsonNode.Parse(FlowBatch.Answer(new JsonObject
    {
        ["definition"] = Definition("flow", root),
        ["plan"] = new JsonObject { ["input"] = input },
        ["with"] = new JsonArray([.. Enumerable.Range(0, children).Select(i => Definition(i == 0 ? "child" : $"child-{i}", Line("w")))]),
    }.ToJsonString()))!.AsObject();

    private static JsonObject Definition(string id, string root) => new() { ["definitionId"] = id, ["name"] = id, ["root"] = JsonNode.Parse(root) };
}
