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

    [Fact]
    public void Mutated_definitions_never_break_the_engine()
    {
        using var cases = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Conformance", "elsa-flows.json")));
        var lines = cases.RootElement.EnumerateArray()
            .Select(c => $$"""{"definition":{{c.GetProperty("definition").GetRawText()}},"plan":{{c.GetProperty("plan").GetRawText()}},"mode":"token"}""")
            .ToArray();
        string[] values = ["null", "true", "\"\"", "-1", "1e400", "[]", "{}", "99999999999", "\"Variable\"", "\"Elsa.If\""];
        var random = new Random(20221010);
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 4_000 && watch.Elapsed < TimeSpan.FromSeconds(20); i++)
        {
            var mutated = Mutate(lines[random.Next(lines.Length)], values, random);
            var answer = FlowBatch.Answer(mutated);
            Assert.False(answer.Contains("the engine failed", StringComparison.Ordinal), $"{answer}\n{mutated}");
        }
    }

    private static string Mutate(string line, string[] values, Random random)
    {
        var text = new StringBuilder(line);
        for (var change = random.Next(1, 4); change > 0; change--)
        {
            var at = random.Next(text.Length);
            var colon = text.ToString().IndexOf(':', at);
            if (random.Next(3) == 0 || colon < 0)
            {
                text[at] = (char)random.Next(32, 127);
                continue;
            }

            var end = colon + 1;
            while (end < text.Length && text[end] is not (',' or '}' or ']'))
            {
                end++;
            }

            text.Remove(colon + 1, end - colon - 1).Insert(colon + 1, values[random.Next(values.Length)]);
        }

        return text.ToString();
    }
}
