using System.Text.Json.Nodes;

namespace WorkflowEngine.Rules.Tests;

/// <summary>The lines of the batch verb.</summary>
public sealed class RulesBatchTests
{
    private static readonly RulesBatch Batch = new(() => new DateTimeOffset(2026, 11, 20, 9, 30, 0, TimeSpan.FromHours(8)));

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("5")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"workflow": 5}""")]
    [InlineData("""{"expression": 5}""")]
    [InlineData("""{"expression": "1", "workflow": {}}""")]
    [InlineData("""{"expression": "1", "inputs": []}""")]
    [InlineData("""{"expression": "1", "input": {}}""")]
    [InlineData("""{"expression": "1", "expression": "2"}""")]
    [InlineData("""{"expression": "1", "settings": {"IgnoreExceptions": true}}""")]
    [InlineData("""{"expression": "1", "settings": {"IgnoreException": 1}}""")]
    [InlineData("""{"expression": "1", "settings": {"NestedRuleExecutionMode": "Some"}}""")]
    [InlineData("""{"expression": "1", "schema": {"input1": "Itn32"}}""")]
    [InlineData("""{"workflow": {"WorkflowName": "w", "Rules": [{"RuleName": "r", "Expression": "true"}]}, "run": 5}""")]
    public void A_bad_line_is_answered_with_an_error(string line)
    {
        var answer = JsonNode.Parse(Batch.Answer(line))!;
        Assert.True(answer["error"] is JsonValue || answer["exception"] is not null, answer.ToJsonString());
    }

    [Theory]
    [InlineData("""{"expression": "1 + 1"}""", """{"type":"Int32","value":2}""")]
    [InlineData("""{"expression": "DateTime.Now"}""", """{"type":"DateTime","value":"2026-11-20T09:30:00"}""")]
    [InlineData("""{"expression": "input1.x > 1", "inputs": {"input1": {}}, "schema": {"input1": {"x": "Int32"}}}""", """{"type":"Boolean","value":false}""")]
    [InlineData("""{"expression": "1.0 / 0"}""", """{"type":"Double","value":"<unserialisable Double: ArgumentException>"}""")]
    [InlineData("""{"expression": "\"中文\""}""", """{"type":"String","value":"中文"}""")]
    public void An_expression_is_answered_with_type_and_value(string line, string answer) => Assert.Equal(answer, Batch.Answer(line));

    /// <summary>Cases that were not published: what the original's source makes of them.</summary>
    [Theory]
    [InlineData("string.Join(\",\", input1.tags.ToArray())", "String", "\"a,b\"")]
    [InlineData("string.Join(\",\", \"a\", \"b\")", "String", "\"a,b\"")]
    [InlineData("DayOfWeek.Monday | DayOfWeek.Tuesday", "DayOfWeek", "3")]
    [InlineData("\"6\" & 3", "Int32", "2")]
    [InlineData("\"a\" & 3", "String", "\"a3\"")]
    [InlineData("input1.items[0].r == 1", "Boolean", "false")]
    [InlineData("input1.items[1].k == null", "Boolean", "true")]
    [InlineData("input1.tags.Sum(x => x.Length)", "Int32", "2")]
    [InlineData("foo == \"v\"", "Boolean", "false")]
    public void What_the_original_answers_is_answered(string expression, string type, string value)
    {
        var answer = Ask(expression);
        Assert.Equal((type, value), (answer["type"]?.GetValue<string>(), answer["value"]?.ToJsonString()));
    }

    [Theory]
    [InlineData("string.Join(\",\", input1.tags)")]
    [InlineData("input1.items.MaxBy(x => x.q)")]
    [InlineData("input1.items.ElementAt(0)")]
    [InlineData("input1.tags.Append(\"c\")")]
    [InlineData("input1.tags.Aggregate((a, b) => a + b)")]
    [InlineData("new { X = input1.tags }")]
    [InlineData("x => x.tags")]
    public void What_the_original_cannot_answer_is_an_error(string expression) => Assert.NotNull(Ask(expression)["error"]);

    private static JsonNode Ask(string expression) => JsonNode.Parse(Batch.Answer(new JsonObject
    {
        ["expression"] = expression,
        ["inputs"] = new JsonObject { ["input1"] = JsonNode.Parse("""{"tags": ["a", "b"], "items": [{"q": 1, "k": "x"}, {"q": 3, "r": 5}]}""") },
    }.ToJsonString()))!;

    [Theory]
    [InlineData("""{"expression": "input1.x > 1", "inputs": {"input1": {"x": 1}}, "schema": {"input1": {"y": "Int32"}}}""", "is not a member")]
    [InlineData("""{"expression": "1 +"}""", "an expression is expected")]
    public void A_wrong_expression_has_an_error_with_type_and_message(string line, string message) =>
        Assert.Contains(message, JsonNode.Parse(Batch.Answer(line))!["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);

    [Fact]
    public void One_workflow_of_several_can_be_run()
    {
        const string Workflows = """[{"WorkflowName": "a", "Rules": [{"RuleName": "x", "Expression": "true"}]}, {"WorkflowName": "b", "Rules": [{"RuleName": "y", "Expression": "true"}]}]""";
        Assert.Contains("\"x\"", Batch.Answer($$"""{"workflow": {{Workflows}}}"""), StringComparison.Ordinal);
        Assert.Contains("\"y\"", Batch.Answer($$"""{"workflow": {{Workflows}}, "run": "b"}"""), StringComparison.Ordinal);
        Assert.Contains("ArgumentException", Batch.Answer($$"""{"workflow": {{Workflows}}, "run": "c"}"""), StringComparison.Ordinal);
    }

    [Fact]
    public void The_file_is_read_as_the_original_reads_it_unless_a_schema_is_given()
    {
        const string Workflow = """{"WorkflowName": "w", "Rules": [{"RuleName": "x", "Expression": "input1.a == 1", "ErrorType": "Error"}]}""";
        Assert.Contains("\"isSuccess\":true", Batch.Answer($$"""{"workflow": {{Workflow}}, "inputs": {"input1": {"a": 1} } }"""), StringComparison.Ordinal);
        Assert.Contains("use Severity", Batch.Answer($$"""{"workflow": {{Workflow}}, "inputs": {"input1": {"a": 1} }, "schema": {"input1": {"a": "Int32"} } }"""), StringComparison.Ordinal);
    }
}
