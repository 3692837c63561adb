using System.Text.Json.Nodes;

namespace WorkflowEngine.Rules.Tests.Conformance;

/// <summary>Every published case with the answer that RulesEngine 6.0.1 gave.</summary>
public sealed class GoldenCaseTests
{
    private static readonly JsonArray Rules = Read("rules-golden.json");
    private static readonly JsonArray Expressions = Read("expr-golden.json");

    /// <summary>Cases where we answer differently on purpose; the same lines are in docs/compatibility.md.</summary>
    private static readonly Dictionary<string, string> Deliberate = new(StringComparer.Ordinal)
    {
        ["DateTime.UtcNow.GetType().Assembly"] = "types cannot be reached from expressions (CVE-2024-51417), the answer is an error",
    };

    // The published cases were answered on this day; one of them asks what time it is.
    private static readonly RulesBatch Batch = new(() => new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.FromHours(8)));

    public static TheoryData<int, string> RuleCases => Named(Rules, one => one["name"]!.GetValue<string>());

    public static TheoryData<int, string> ExpressionCases => Named(Expressions, one => one["expression"]!.GetValue<string>());

    [Theory, MemberData(nameof(RuleCases))]
    public void A_workflow_is_answered_as_by_the_original(int index, string name)
    {
        var @case = Rules[index]!;
        var answer = Ask(@case, "workflow", "settings", "inputs");
        var expected = @case["expected"]!;

        if (expected["exception"] is not null)
        {
            Assert.True(answer["exception"] is not null, $"{name}: expected an exception, got {answer}");
            return;
        }

        Assert.True(answer["results"] is not null, $"{name}: {answer}");
        Compare(name, expected["results"]!.AsArray(), answer["results"]!.AsArray());
    }

    [Theory, MemberData(nameof(ExpressionCases))]
    public void An_expression_is_answered_as_by_the_original(int index, string expression)
    {
        var @case = Expressions[index]!;
        var answer = Ask(@case, "expression", "settings", "inputs");
        var expected = @case["expected"]!;
        if (Deliberate.ContainsKey(expression))
        {
            Assert.True(answer["error"] is not null, $"{expression}: {answer}");
            return;
        }

        Assert.Equal(expected["error"] is not null, answer["error"] is not null);
        if (expected["error"] is null)
        {
            // The number in an anonymous class's name only counts how many the original had made before.
            Assert.Equal(Anonymous(expected["type"]!.GetValue<string>()), Anonymous(answer["type"]!.GetValue<string>()));
            Assert.True(JsonNode.DeepEquals(expected["value"], answer["value"]), $"{expression}: expected {expected["value"]}, got {answer["value"]}");
        }
    }

    private static void Compare(string name, JsonArray expected, JsonArray actual)
    {
        Assert.True(expected.Count == actual.Count, $"{name}: {actual.Count} results instead of {expected.Count}");
        for (var i = 0; i < expected.Count; i++)
        {
            var (left, right) = (expected[i]!, actual[i]!);
            foreach (var member in new[] { "ruleName", "isSuccess", "successEvent", "errorMessage", "inputs" })
            {
                Assert.True(JsonNode.DeepEquals(left[member], right[member]), $"{name}, {member}: expected {left}, got {right}");
            }

            Assert.True(
                string.IsNullOrEmpty(left["exceptionMessage"]!.GetValue<string>()) == string.IsNullOrEmpty(right["exceptionMessage"]!.GetValue<string>()),
                $"{name}: expected {left}, got {right}");
            Assert.True(JsonNode.DeepEquals(left["action"]!["output"], right["action"]!["output"]), $"{name}: expected {left}, got {right}");
            Assert.True(JsonNode.DeepEquals(left["action"]!["outputType"], right["action"]!["outputType"]), $"{name}: expected {left}, got {right}");
            Assert.Equal(left["action"]!["exception"] is null, right["action"]!["exception"] is null);
            Assert.Equal(left["children"] is null, right["children"] is null);
            if (left["children"] is JsonArray children)
            {
                Compare(name, children, right["children"]!.AsArray());
            }
        }
    }

    private static JsonNode Ask(JsonNode @case, params string[] members)
    {
        var request = new JsonObject();
        foreach (var member in members)
        {
            if (@case[member] is { } value)
            {
                request[member] = value.DeepClone();
            }
        }

        return JsonNode.Parse(Batch.Answer(request.ToJsonString()))!;
    }

    private static string Anonymous(string type) =>
        type.StartsWith("<>f__", StringComparison.Ordinal) ? "<>f__AnonymousType" + type[type.IndexOf('`', StringComparison.Ordinal)..] : type;

    private static JsonArray Read(string file) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Conformance", file)))!.AsArray();

    private static TheoryData<int, string> Named(JsonArray cases, Func<JsonNode, string> name)
    {
        var data = new TheoryData<int, string>();
        for (var i = 0; i < cases.Count; i++)
        {
            data.Add(i, name(cases[i]!));
        }

        return data;
    }
}
