using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkflowEngine.Host.Designer.Flows;

/// <summary>
/// Steps whose author names the ports: a task's outcomes, a fork's branches. Elsa's designers draw such ports from a list of names and from nothing else, so a task's outcomes
/// are shown as two inputs: the names, those that events bring among them, and the words on the buttons (<see cref="Labels"/>), one a line.
/// </summary>
internal static class ChosenPorts
{
    /// <summary>An input that no file has: <c>Approved = 符合要求</c>.</summary>
    public const string Labels = "outcomeLabels";

    public const string Task = "Gov.HumanTask";

    private const string Fork = "Elsa.FlowFork";
    private const string Outcomes = "outcomes";
    private const string Branches = "branches";

    public static bool IsOf(string type, string input) => type == Task && input is Outcomes or Labels;

    public static void Show(JsonObject view, JsonObject step)
    {
        switch (FlowNodes.Text(step, "type"))
        {
            case Task:
                var outcomes = ListOf(step[Outcomes]).ToList();
                view[Outcomes] = Names([.. outcomes.Select(NameOf).Concat(EventOutcomes(step)).Where(name => name.Length > 0).Distinct(StringComparer.Ordinal)]);
                view[Labels] = FlowView.Wrapped("String", "Literal", string.Join('\n', outcomes.Where(outcome => NameOf(outcome).Length > 0).Select(outcome => $"{NameOf(outcome)} = {LabelOf(outcome)}")));
                break;
            case Fork:
                view[Branches] = Names([.. ListOf(step[Branches]).Select(NameOf)]);
                break;
        }
    }

    /// <summary>Writes a task's outcomes from the two inputs into the step.</summary>
    public static void Keep(JsonObject step, JsonObject? view, JsonObject sent)
    {
        if (FlowNodes.Text(sent, "type") != Task || (view is not null && FlowNodes.Same(view[Outcomes], sent[Outcomes]) && FlowNodes.Same(view[Labels], sent[Labels]))) return;

        var before = ListOf(step[Outcomes]).Where(outcome => NameOf(outcome).Length > 0).DistinctBy(NameOf).ToDictionary(NameOf, StringComparer.Ordinal);
        var labels = (ValueOf(sent[Labels]) as JsonValue)?.GetValue<string>().Split('\n')
            .Select(line => line.Split(['=', '＝'], 2, StringSplitOptions.TrimEntries)).Where(parts => parts.Length == 2 && parts[0].Length > 0)
            .DistinctBy(parts => parts[0]).ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal) ?? [];
        var events = EventOutcomes(step).ToHashSet(StringComparer.Ordinal);
        var outcomes = new JsonArray();
        foreach (var name in ListOf(sent[Outcomes]).Select(NameOf).Where(name => name.Length > 0 && !events.Contains(name)).Distinct(StringComparer.Ordinal))
        {
            var outcome = before.GetValueOrDefault(name)?.DeepClone() as JsonObject ?? new JsonObject { ["name"] = name, ["label"] = name };
            if (labels.TryGetValue(name, out var label)) outcome["label"] = label;
            outcomes.Add(outcome);
        }

        step[Outcomes] = FlowView.Wrapped("Object", "Object", outcomes);
    }

    private static JsonObject Names(IReadOnlyList<string> names) => FlowView.Wrapped("Object", "Object", JsonSerializer.Serialize(names));

    private static IEnumerable<string> EventOutcomes(JsonObject step) => ListOf(step["events"]).Select(item => FlowNodes.Text(item, "outcome") ?? "").Where(name => name.Length > 0);

    private static IEnumerable<JsonNode?> ListOf(JsonNode? input) => ValueOf(input) switch
    {
        JsonArray list => list,
        JsonValue value when value.TryGetValue<string>(out var text) && FlowNodes.Structure(text) is JsonArray list => list,
        _ => [],
    };

    private static JsonNode? ValueOf(JsonNode? input) => input is JsonObject wrapper ? (wrapper["expression"] as JsonObject)?["value"] : input;

    private static string NameOf(JsonNode? outcome) => outcome is JsonValue value && value.TryGetValue<string>(out var name) ? name : FlowNodes.Text(outcome, "name") ?? "";

    private static string LabelOf(JsonNode? outcome) => FlowNodes.Text(outcome, "label") ?? NameOf(outcome);
}
