using System.Text.Json;

namespace WorkflowEngine.Rules.Tests;

/// <summary>Shorthand for asking the language something.</summary>
internal static class Ask
{
    // Interpreted at first, compiled when it is used often: both must say the same.
    private const int UsesUntilCompiled = 30;

    public static readonly RuleRun Today = new() { BusinessDate = new DateOnly(2026, 11, 20), Now = new DateTimeOffset(2026, 11, 20, 9, 30, 0, TimeSpan.FromHours(8)) };

    /// <summary>The value of an expression over facts that are given as JSON, itself as JSON; or "error: …".</summary>
    public static string Value(string expression, string facts = "{}", FactSchema? schema = null, RuleSettings? settings = null)
    {
        var compiled = Lambda.Compile(expression, schema, null, settings);
        if (compiled.Lambda is null)
        {
            return "error: " + compiled.Problems[0].Message;
        }

        var values = Facts(facts);
        var interpreted = Said(compiled.Lambda.Evaluate(values, Today));
        for (var i = 0; i < UsesUntilCompiled; i++)
        {
            Assert.Equal(interpreted, Said(compiled.Lambda.Evaluate(values, Today)));
        }

        return interpreted;
    }

    private static string Said(LambdaOutcome outcome) => outcome.IsSuccess ? JsonSerializer.Serialize(outcome.Value) : "error: " + outcome.Error;

    public static Dictionary<string, object?> Facts(string json) => JsonSerializer.Deserialize<JsonElement>(json)
        .EnumerateObject()
        .ToDictionary(member => member.Name, member => (object?)member.Value);

    public static FactSchema Schema(string json)
    {
        var read = FactSchema.Parse(json);
        Assert.Empty(read.Problems);
        return read.Schema!;
    }

    public static RuleSet Rules(string json, FactSchema? schema = null, RuleSettings? settings = null)
    {
        var file = RuleFile.Parse(json, "test.json");
        Assert.Empty(file.Problems);
        var compiled = RuleSet.Compile(file.Workflows, schema, settings);
        Assert.Empty(compiled.Problems);
        return compiled.RuleSet!;
    }

    public static RuleReport Report(string rules, string facts, FactSchema? schema = null, RuleSettings? settings = null) =>
        Rules(rules, schema, settings).Evaluate(Facts(facts), Today);
}
