using System.Diagnostics;
using System.Text;
using System.Text.Json;
using WorkflowEngine.Workflows.Batch;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Workflows.Tests.Definitions;

/// <summary>Whatever comes in, the answer is a located problem within bounded time, never an exception.</summary>
public sealed class BadInputTests
{
    [Theory]
    [InlineData("", "not-json")]
    [InlineData("""{"root": {"type": "Elsa.""", "not-json")]
    [InlineData("[]", "definition-shape")]
    [InlineData("""{"root": {"Type": "Elsa.WriteLine", "id": "w"}}""", "activity-without-type")]
    [InlineData("""{"root": {"type": "Elsa.Flowchart", "id": "f", "activities": [{"type": "Elsa.End"}]}}""", "activity-without-id")]
    [InlineData("""{"root": {"type": "Elsa.Flowchart", "id": "f", "activities": [{"type": "Elsa.End", "id": "a"}, {"type": "Elsa.End", "id": "a"}]}}""", "duplicate-id")]
    [InlineData("""{"variables": [{"id": "v", "name": "v", "typeName": "Int32", "value": 5}], "root": {"type": "Elsa.End", "id": "e"}}""", "variable-value")]
    [InlineData("""{"root": {"type": "Elsa.Flowchart", "id": "f", "activities": [{"type": "Elsa.End", "id": "a"}], "connections": [{"source": "a", "target": "b"}]}}""", "unknown-step")]
    public void A_definition_that_cannot_be_understood_is_refused_with_its_place(string json, string code)
    {
        var result = WorkflowDefinition.Read(json, "workflows/x.json");
        Assert.Null(result.Definition);
        Assert.Contains(result.Problems, p => p.Code == code && p.Line >= 1 && p.ToString().StartsWith("workflows/x.json:", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Elsa.WriteLin", "did you mean 'Elsa.WriteLine'?")]
    [InlineData("Gov.HumanTasks", "did you mean 'Gov.HumanTask'?")]
    public void An_unknown_type_loads_and_is_told_with_the_nearest_name(string type, string hint)
    {
        var result = WorkflowDefinition.Read($$"""
            {
              "root": {
                "type": "{{type}}", "id": "w"
              }
            }
            """, "x.json");
        Assert.NotNull(result.Definition);
        var problem = Assert.Single(result.Problems, p => p.Code == "unknown-activity-type");
        Assert.Equal(2, problem.Line);
        Assert.EndsWith(hint, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("limit", "three", "literal-type")]
    [InlineData("onOverdue", "interupt", "unknown-option")]
    public void A_text_that_would_silently_become_a_default_is_told(string input, string text, string code)
    {
        var result = WorkflowDefinition.Read($$"""{"root": {"type": "Gov.HumanTask", "id": "t", "{{input}}": "{{text}}" } }""", "x.json");
        Assert.Single(result.Problems, p => p.Code == code && p.Severity == ProblemSeverity.Error);
    }

    [Fact]
    public void A_lost_connection_names_the_step_that_was_meant()
    {
        var result = WorkflowDefinition.Read("""
            {"root": {"type": "Elsa.Flowchart", "id": "f",
              "activities": [{"type": "Elsa.Start", "id": "review"}, {"type": "Elsa.End", "id": "issue-key"}],
              "connections": [
                {"source": {"activity": "review"}, "target": {"activity": "isue-key"}}]}}
            """, "workflows/guangdong/vendor-integration.json");
        Assert.Equal(
            "workflows/guangdong/vendor-integration.json:4: step 'review' goes to 'isue-key', which is not a step, did you mean 'issue-key'?",
            Assert.Single(result.Problems).ToString());
    }

    [Fact]
    public void A_script_is_kept_byte_for_byte_and_refused_by_name()
    {
        const string Json = """{"root": {"type": "Elsa.WriteLine", "id": "w", "text": {"typeName": "String", "expression": {"type": "JavaScript", "value": "1 +  1"}}, "odd": [1,  2]}}""";
        var result = WorkflowDefinition.Read(Json, "x.json");
        Assert.Equal(Json, result.Definition!.Write());
        Assert.Contains("'w'", Assert.Single(result.Problems, p => p.Code == "script-expression").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hundred_thousand_levels_are_refused_before_they_cost_stack()
    {
        var json = new StringBuilder().Insert(0, "{\"body\":", 100_000).Append('1').Append('}', 100_000).ToString();
        Assert.Equal("not-json", Assert.Single(WorkflowDefinition.Read(json, "x.json").Problems).Code);
    }

    [Fact]
    public void A_hundred_megabytes_are_refused_before_they_are_read()
    {
        var json = new string(' ', 100 * 1024 * 1024);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal("definition-too-large", Assert.Single(WorkflowDefinition.Read(json, "x.json").Problems).Code);
        Assert.Contains("larger than", FlowBatch.Answer(json), StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1024 * 1024);
    }

    [Fact]
    public void A_definition_is_refused_wherever_it_breaks_off()
    {
        var json = RepositoryFiles.Read("workflows/guangdong/vendor-integration.json").TrimEnd();
        for (var length = 0; length < json.Length; length += 97)
        {
            var result = WorkflowDefinition.Read(json[..length], "x.json");
            Assert.Null(result.Definition);
            Assert.InRange(Assert.Single(result.Problems).Line, 1, json[..length].Count(c => c == '\n') + 1);
        }
    }

    [Fact]
    public void Activities_nested_as_deep_as_is_read_cost_neither_stack_nor_time()
    {
        var json = "{\"root\":" + string.Concat(Enumerable.Range(0, 120).Select(i => $$"""{"id":"i{{i}}","type":"Elsa.If","condition":true,"then":"""))
            + """{"id":"w","type":"Elsa.WriteLine","text":"bottom"}""" + new string('}', 121);
        Assert.Contains("bottom", FlowBatch.Answer("{\"definition\":" + json + "}"), StringComparison.Ordinal);
        Assert.Contains("not-json", WorkflowDefinition.Read(json.Replace("\"bottom\"", new string('[', 200) + new string(']', 200), StringComparison.Ordinal), "x.json").Problems.Select(p => p.Code));
    }

    [Fact]
    public void Flows_that_use_each_other_as_activities_in_a_circle_are_refused()
    {
        var a = WorkflowDefinition.Read(Uses("a", "b"), "a.json").Definition!;
        var b = WorkflowDefinition.Read(Uses("b", "a"), "b.json").Definition!;
        var result = WorkflowDefinition.Read(Uses("a", "b"), "a.json", [a, b]);
        Assert.Null(result.Definition);
        Assert.Contains(result.Problems, p => p.Code == "cyclic-definition");
    }

    [Fact]
    public void A_large_flow_that_is_used_many_times_is_refused_before_it_costs_minutes()
    {
        var large = WorkflowDefinition.Read("{\"padding\":\"" + new string('x', 4_000_000) + "\"," + Uses("large", null)[1..], "large.json").Definition!;
        var uses = string.Join(',', Enumerable.Range(0, 1_000).Select(i => $$"""{"id":"u{{i}}","type":"Large","workflowDefinitionId":"large"}"""));
        var result = WorkflowDefinition.Read("{\"root\":{\"id\":\"s\",\"type\":\"Elsa.Sequence\",\"activities\":[" + uses + "]}}", "x.json", [large]);
        Assert.Null(result.Definition);
        Assert.Contains(result.Problems, p => p.Code == "too-many-activities");
    }

    [Fact]
    public void A_million_connections_are_refused_quickly()
    {
        var json = new StringBuilder("""{"root":{"type":"Elsa.Flowchart","id":"f","activities":[{"type":"Elsa.Start","id":"a"},{"type":"Elsa.End","id":"b"}],"connections":[""");
        for (var i = 0; i < 1_000_000; i++)
        {
            json.Append("""{"source":{"activity":"a"},"target":{"activity":"b"}},""");
        }

        var watch = Stopwatch.StartNew();
        Assert.Null(WorkflowDefinition.Read(json.Append("{}]}}").ToString(), "x.json").Definition);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void The_largest_allowed_graph_is_compiled_and_run_in_bounded_time()
    {
        var json = new StringBuilder("""{"root":{"type":"Elsa.Flowchart","id":"f","activities":[""");
        json.AppendJoin(',', Enumerable.Range(0, 1_000).Select(i => $$"""{"type":"Elsa.WriteLine","id":"a{{i}}"}""")).Append("],\"connections\":[");
        json.AppendJoin(',', Enumerable.Range(0, 9_000).Select(i => $$$"""{"source":{"activity":"a{{{i % 999}}}"},"target":{"activity":"a{{{(i % 999) + 1 + (i / 999)}}}"}}"""));
        var watch = Stopwatch.StartNew();
        FlowBatch.Answer("{\"definition\":" + json + "]}}}");
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("""{"definition": {}, "plans": null}""")]
    [InlineData("""{"definition": {}, "plan": {"resume": []}}""")]
    [InlineData("""{"definition": {"root": {"type": "Elsa.End", "id": "e"}}, "mode": "tokens"}""")]
    public void A_bad_batch_line_gets_an_error_and_nothing_else(string line)
    {
        using var answer = JsonDocument.Parse(FlowBatch.Answer(line));
        Assert.Equal(["error"], answer.RootElement.EnumerateObject().Select(m => m.Name));
    }

    /// <summary>A flow that may be used as an activity and uses another one so, or none.</summary>
    private static string Uses(string id, string? other)
    {
        var root = other is null
            ? """{"id":"w","type":"Elsa.WriteLine"}"""
            : $$"""{"id":"u","type":"{{other.ToUpperInvariant()}}","workflowDefinitionId":"{{other}}"}""";
        return $$"""{"definitionId":"{{id}}","name":"{{id}}","options":{"usableAsActivity":true},"root":{{root}}}""";
    }
}
