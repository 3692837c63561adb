using System.Text.Json;
using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Host.Cases;

/// <summary>What the outcomes of a flow are called where people read them (zh-CN).</summary>
public static class OutcomeLabels
{
    private static readonly Dictionary<string, string> PortNames = new()
    {
        ["Pass"] = "通过",
        ["Fail"] = "有问题",
        ["True"] = "是",
        ["False"] = "否",
        ["Default"] = "其他",
        ["Reminder"] = "临期",
        ["Overdue"] = "超期",
        ["AnsweredLate"] = "超期后办理",
        ["Answered"] = "已反馈",
        ["Conformant"] = "达到要求",
        ["Skipped"] = "无此层级",
    };

    /// <summary>The words on the button of an outcome of this name, wherever in the flow a person may choose it: the events that stand in for it carry its name only.</summary>
    public static string? Chosen(WorkflowDefinition? flow, string outcome) => flow is null ? null : Chosen(flow.Activities, outcome);

    /// <summary>What the outcome is called at this step; null for a name that says nothing to people.</summary>
    public static string? Of(ActivityNode step, string outcome, IEnumerable<ActivityNode> all) =>
        // An outcome that an event brings has no words of its own: those of the person's outcome of this name that sends the event are meant.
        Chosen([step], outcome) ?? PortNames.GetValueOrDefault(outcome) ?? Chosen(all, outcome) ?? (outcome.All(char.IsAscii) ? null : outcome);

    private static string? Chosen(IEnumerable<ActivityNode> steps, string outcome) => steps.SelectMany(OutcomesOf).FirstOrDefault(known => known.Name == outcome).Label;

    private static IEnumerable<(string? Name, string? Label)> OutcomesOf(ActivityNode step)
    {
        if (step.Inputs.GetValueOrDefault("outcomes")?.RawValue is not { } raw) yield break;
        JsonNode? written;
        try
        {
            written = JsonNode.Parse(raw);
            // Designers write a list in a field for text as a text that holds the list.
            if (written is JsonValue value && value.TryGetValue<string>(out var text)) written = JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            yield break;
        }

        foreach (var outcome in (written as JsonArray ?? []).OfType<JsonObject>()) yield return ((string?)outcome["name"], (string?)outcome["label"]);
    }
}
