using System.Text.Json;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Expressions;

namespace WorkflowEngine.Workflows.Activities.Gov;

/// <summary>A list that is written as JSON in an input and compiled once: outcomes, events, guards, refusals.</summary>
internal static class ConditionList
{
    public static JsonElement[] Read(ActivityNode node, string input)
    {
        if (!node.Inputs.TryGetValue(input, out var written) || written.Expression is not { } expression)
        {
            return [];
        }

        var text = expression switch
        {
            Expression.JsonText json => json.Text,
            Expression.Literal { Value: string literal } => literal,
            _ => null,
        };
        if (string.IsNullOrWhiteSpace(text))
        {
            return [];
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Array ? [.. document.RootElement.Clone().EnumerateArray()] : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    /// <summary>The Lambda in the member <c>condition</c>, as a text or as an expression.</summary>
    public static Expression Condition(ActivityNode node, InputReader inputs, JsonElement item) =>
        inputs.ReadLambda(node, Json.Text(item, "condition") ?? Json.Text(Json.Object(item, "condition"), "value") ?? "false");

    public static string Message(JsonElement item, string unset) => Json.Text(item, "message") ?? unset;

    /// <summary>The Lambda mentions this name, so the fact behind it is worth loading.</summary>
    public static bool Speaks(this Expression condition, string name) =>
        condition is Expression.Formula { Text: var text } && text.Contains(name, StringComparison.OrdinalIgnoreCase);
}
