using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkflowEngine.Rules.Tests.Language;

/// <summary>An expression is walked at first and compiled when it is used often; nobody may notice when.</summary>
public sealed class HotExpressionTests
{
    private const int UntilCompiled = 40;

    private static readonly string[] Everyday =
    [
        "p.i > 3", "p.i >= p.j", "p.i == p.j", "p.i != p.j", "p.i < 2 && p.s == \"x\"", "p.i < 2 || p.s != \"x\"", "!(p.i > 3)", "!p.b", "p.b == true", "p.b != p.c", "p.b && p.c", "p.b || p.c",
        "p.d > 1.5", "p.d == p.d", "p.d != p.e", "p.d <= p.i", "p.l > p.i", "p.m >= 1.5m", "p.m == p.i", "p.t >= \"2022-09-10\"", "p.t == p.u", "p.t < p.u", "p.day <= p.other", "p.s == p.r", "p.s == null",
        "p.i == null", "p.i ?? 7", "p.s ?? \"none\"", "p.i > 3 ? \"more\" : \"less\"", "p.b ? p.i : p.j", "p.q.x > 1", "p.q.x == null || p.q.x > 1", "p.q == null", "p.q != null && p.q.x == 2", "np(p.q.x) == null",
        "p.i.HasValue", "p.i in (1, 2, 3)", "p.s in (\"x\", \"y\")", "p.l == 5", "p.l <= p.d",
    ];

    private static readonly FactSchema Schema = Ask.Schema(
        """
        {"p": {"i": "Int32", "j": "Int32", "l": "Int64", "d": "Double", "e": "Double", "m": "Decimal", "s": "String", "r": "String", "b": "Boolean", "c": "Boolean",
               "t": "DateTime", "u": "DateTime", "day": "DateOnly", "other": "DateOnly", "q": {"x": "Int32"}}}
        """);

    private static readonly string[] Objects =
    [
        "{}",
        """{"i": 1, "j": 1, "l": 5, "d": 2.5, "e": 2.5, "m": 1.5, "s": "x", "r": "x", "b": true, "c": false, "t": "2022-09-10", "u": "2022-09-10", "day": "2022-09-10", "other": "2022-09-11", "q": {"x": 2}}""",
        """{"i": 9, "j": 2, "l": 1, "d": 0.5, "e": 9, "m": 9, "s": "y", "r": "x", "b": false, "c": false, "t": "2022-09-09", "u": "2022-09-12", "day": "2022-09-12", "other": "2022-09-11", "q": {}}""",
        """{"i": 4, "s": "", "b": true, "t": "2023-01-01", "q": null}""",
        """{"j": 4, "l": 12345678901, "d": -1, "r": "y", "c": true, "u": "2023-01-01", "other": "2022-09-11", "q": {"x": 0}}""",
    ];

    public static TheoryData<string> Expressions => [.. Everyday];

    [Theory, MemberData(nameof(Expressions))]
    public void Says_the_same_cold_and_hot(string expression)
    {
        foreach (var json in Objects)
        {
            var facts = Ask.Facts($"{{\"p\": {json}}}");
            var cold = Lambda.Compile(expression, Schema).Lambda!.Evaluate(facts, Ask.Today);
            var lambda = Lambda.Compile(expression, Schema).Lambda!;
            for (var i = 0; i < UntilCompiled; i++)
            {
                var outcome = lambda.Evaluate(facts, Ask.Today);
                Assert.True(Equals(cold.Value, outcome.Value) && cold.IsSuccess == outcome.IsSuccess, $"{expression} on {json}: {cold} at first, {outcome} the {i + 1}th time");
            }
        }
    }

    [Fact]
    public void Says_the_same_cold_and_hot_of_the_published_expressions()
    {
        foreach (var one in JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Conformance", "expr-golden.json")))!.AsArray())
        {
            var expression = one!["expression"]!.GetValue<string>();
            var facts = ((JsonObject)one["inputs"]!).ToDictionary(input => input.Key, input => (object?)JsonSerializer.SerializeToElement(input.Value));
            foreach (var compat in new[] { false, true })
            {
                if (Lambda.Compile(expression, null, null, new RuleSettings { Compat = compat }).Lambda is not { } lambda)
                {
                    continue;
                }

                string Shown() => lambda.Evaluate(facts, Ask.Today) is var outcome && outcome.IsSuccess ? JsonSerializer.Serialize(outcome.Value, Lenient) : "error";
                var cold = Shown();
                Assert.All(Enumerable.Range(0, UntilCompiled), _ => Assert.Equal(cold, Shown()));
            }
        }
    }

    private static readonly JsonSerializerOptions Lenient = new() { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };
}
