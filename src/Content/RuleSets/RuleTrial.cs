using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using WorkflowEngine.Content.Reading;
using WorkflowEngine.Rules;

namespace WorkflowEngine.Content.RuleSets;

/// <summary>An example that stands beside a rule file.</summary>
/// <param name="Facts">JSON, laid out to be read and changed.</param>
public sealed record RuleExample(string Name, string RuleSet, string Facts, DateOnly BusinessDate, bool Passed, IReadOnlyList<string>? Failures);

/// <summary>The rule sets of one file as it is written just now, to be tried on facts.</summary>
public sealed class RuleTrial
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly IReadOnlyDictionary<string, RuleSet> _sets;

    private RuleTrial(IReadOnlyDictionary<string, RuleSet> sets) => _sets = sets;

    public IEnumerable<string> RuleSets => _sets.Keys;

    /// <returns>Null when the file has errors: <see cref="ContentReader"/> tells them.</returns>
    public static RuleTrial? Of(string path, string json)
    {
        var problems = new ProblemList();
        var sets = RuleSetReader.Read([KeyValuePair.Create(path, json)], problems, new ContentMemory());
        return problems.HasErrors || sets.Count == 0 ? null : new RuleTrial(sets.ToDictionary(set => set.Key, set => set.Value.RuleSet));
    }

    /// <returns>What each rule says; null when there is no such rule set, or the facts are no JSON object.</returns>
    public RuleReport? Try(string ruleSet, string facts, DateOnly businessDate)
    {
        if (!_sets.TryGetValue(ruleSet, out var rules)) return null;

        try
        {
            using var document = JsonDocument.Parse(facts);
            return document.RootElement.ValueKind == JsonValueKind.Object ? rules.Evaluate(document.RootElement, new RuleRun { BusinessDate = businessDate }) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The examples that can be read; the others are among the problems of their file.</summary>
    /// <param name="json">The file beside the rules; null: there is none.</param>
    public IReadOnlyList<RuleExample> Examples(string? json)
    {
        try
        {
            return json is not null && JsonNode.Parse(json) is JsonArray list ? [.. list.OfType<JsonObject>().Select(Example).OfType<RuleExample>()] : [];
        }
        catch (Exception broken) when (broken is JsonException or ArgumentException)
        {
            return [];
        }
    }

    private RuleExample? Example(JsonObject item) =>
        item["facts"] is JsonObject facts && item["expect"] is JsonObject expect && expect["passed"] is JsonValue passed && passed.TryGetValue<bool>(out var expected)
            ? new RuleExample(
                Text(item["name"]) ?? "",
                Text(item["ruleSet"]) ?? RuleSets.First(),
                facts.ToJsonString(Readable),
                DateOnly.TryParseExact(Text(item["businessDate"]), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : RuleCases.DefaultDate,
                expected,
                expect["failures"] is JsonArray failures ? [.. failures.Select(Text).OfType<string>()] : null)
            : null;

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
