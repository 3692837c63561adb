using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkflowEngine.Rules.Tests.Evaluation;

/// <summary>Single expressions, as activities of a flow use them.</summary>
public sealed class LambdaTests
{
    [Fact]
    public void Values_may_be_json_of_any_kind_dictionaries_lists_and_scalars()
    {
        var values = new Dictionary<string, object?>
        {
            ["element"] = JsonSerializer.Deserialize<JsonElement>("""{"a": {"b": [1, 2]}}"""),
            ["node"] = JsonNode.Parse("""{"a": {"b": [3]}}"""),
            ["dictionary"] = new Dictionary<string, object?> { ["a"] = new Dictionary<string, object?> { ["b"] = new List<object?> { 4L, 5L } } },
            ["array"] = new[] { 6, 7 },
            ["number"] = 8.5m,
            ["time"] = new DateTime(2026, 11, 20, 8, 0, 0, DateTimeKind.Unspecified),
            ["text"] = "9",
            ["nothing"] = null,
        };

        Assert.Equal(15L + 13, Value("element.a.b.Sum() + node.a.b.Sum() + dictionary.a.b.Sum() + array.Sum()", values));
        Assert.Equal(17m, Value("number * 2", values));
        Assert.Equal(true, Value("time.Hour == 8 && text == \"9\" && nothing == null", values));
    }

    [Fact]
    public void Results_are_plain_values()
    {
        var value = Value("new (p.items.Where(q > 1).Select(new (q as Q)) as List, p.name as Name)", Ask.Facts("""{"p": {"name": "n", "items": [{"q": 1}, {"q": 2}]}}"""));
        Assert.Equal("""{"List":[{"Q":2}],"Name":"n"}""", JsonSerializer.Serialize(value));
    }

    [Theory]
    [InlineData("1 + 1", typeof(int), 2)]
    [InlineData("1", typeof(double), 1.0)]
    [InlineData("1 > 0", typeof(bool), true)]
    [InlineData("n > 0", typeof(bool), false)]
    [InlineData("flag", typeof(bool), false)]
    [InlineData("\"a\"", typeof(object), "a")]
    public void A_result_has_the_type_that_was_asked_for(string text, Type type, object expected)
    {
        var lambda = Lambda.Compile(text, Ask.Schema("""{"n": "Int32", "flag": "Boolean"}"""), type).Lambda!;
        Assert.Equal(expected, lambda.Evaluate(new Dictionary<string, object?>(), Ask.Today).Value);
    }

    [Fact]
    public void A_result_of_another_type_is_a_problem() =>
        Assert.Contains("it must be Boolean", Assert.Single(Lambda.Compile("n + 1", Ask.Schema("""{"n": "Int32"}"""), typeof(bool)).Problems).Message, StringComparison.Ordinal);

    [Fact]
    public void An_object_that_is_no_data_is_refused() =>
        Assert.Contains("cannot be a fact", Lambda.Compile("x").Lambda!.Evaluate(new Dictionary<string, object?> { ["x"] = new object() }, Ask.Today).Error, StringComparison.Ordinal);

    [Fact]
    public void Facts_that_are_nested_without_end_are_refused()
    {
        var endless = new Dictionary<string, object?>();
        endless["self"] = endless;
        Assert.Contains("nested more than", Lambda.Compile("x").Lambda!.Evaluate(new Dictionary<string, object?> { ["x"] = endless }, Ask.Today).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_expression_follows_the_types_of_its_values()
    {
        var lambda = Lambda.Compile("x + x").Lambda!;
        Assert.Equal(4, lambda.Evaluate(new Dictionary<string, object?> { ["x"] = 2 }, Ask.Today).Value);
        Assert.Equal("22", lambda.Evaluate(new Dictionary<string, object?> { ["x"] = "2" }, Ask.Today).Value);
        Assert.Equal(3.0, lambda.Evaluate(new Dictionary<string, object?> { ["x"] = 1.5 }, Ask.Today).Value);
    }

    [Theory]
    [InlineData("""{"case": {"round": 1, "application": {"papers": [1, 2, 3], "name": "甲"}}}""")]
    [InlineData("""{"case": {"round": 1, "application": null}, "other": {"x": [{}]}}""")]
    [InlineData("""{"case": {"other": "x", "round": 1}}""")]
    public void What_an_expression_does_not_name_may_have_any_shape_without_another_binding(string facts)
    {
        var lambda = Lambda.Compile("case.round + 1").Lambda!;
        lambda.Evaluate(Ask.Facts("""{"case": {"round": 7}}"""), Ask.Today);
        var known = lambda.Evaluate(Ask.Facts("""{"case": {"round": 7}}"""), Ask.Today);

        var asked = lambda.Evaluate(Ask.Facts(facts), Ask.Today);

        Assert.Equal(2, asked.Value);
        Assert.Equal(known.Work, asked.Work);
    }

    [Fact]
    public void What_an_expression_does_not_name_is_not_read()
    {
        var values = new Dictionary<string, object?> { ["x"] = new Dictionary<string, object?> { ["a"] = 1, ["b"] = new object() }, ["y"] = new object() };

        Assert.Equal(2, Value("x.a + 1", values));
        Assert.Contains("cannot be a fact", Lambda.Compile("new (x as whole).whole.a").Lambda!.Evaluate(values, Ask.Today).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("np(case.application.name)", "\"甲\"")]
    [InlineData("case.papers.Where(kind == case.wanted).Count()", "1")]
    [InlineData("case.papers.Any(p => p.kind == CASE.Wanted)", "true")]
    [InlineData("new (case.application as a, case.wanted)", """{"a":{"name":"甲","size":2},"wanted":"pdf"}""")]
    [InlineData("(case.wanted == \"pdf\" ? case.application : case.other).name.Length", "1")]
    [InlineData("case.application.name.Length + case.papers.Count", "3")]
    [InlineData("case", """{"application":{"name":"甲","size":2},"other":{"name":"乙乙","size":3},"wanted":"pdf","papers":[{"kind":"pdf"},{"kind":"jpg"}]}""")]
    public void Whatever_an_expression_names_is_there_as_it_was_given(string expression, string expected) => Assert.Equal(
        expected,
        Ask.Value(expression, """{"case": {"application": {"name": "甲", "size": 2}, "other": {"name": "乙乙", "size": 3}, "wanted": "pdf", "papers": [{"kind": "pdf"}, {"kind": "jpg"}]}}""").Replace("\\u7532", "甲", StringComparison.Ordinal).Replace("\\u4E59", "乙", StringComparison.Ordinal));

    [Fact]
    public void Who_misspells_a_name_is_told_of_those_that_there_are()
    {
        var facts = Ask.Facts("""{"vars": {"application": 1, "credential": 2}}""");

        Assert.Contains("did you mean 'credential'", Lambda.Compile("vars.credentail").Lambda!.Evaluate(facts, Ask.Today).Error, StringComparison.Ordinal);
        Assert.Contains("did you mean 'vars'", Lambda.Compile("var.credential").Lambda!.Evaluate(facts, Ask.Today).Error, StringComparison.Ordinal);
    }

    private static object? Value(string text, IReadOnlyDictionary<string, object?> values)
    {
        var outcome = Lambda.Compile(text).Lambda!.Evaluate(values, Ask.Today);
        Assert.Null(outcome.Error);
        return outcome.Value;
    }
}
