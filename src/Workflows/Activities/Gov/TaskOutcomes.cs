using System.Text.Json;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Expressions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Gov;

/// <summary>A condition on choosing an outcome, with what the person is told when it does not hold.</summary>
internal sealed record OutcomeGuard(string Outcome, Expression Condition, string Message);

/// <summary>The outcomes and guards of a task, written as JSON in its inputs and compiled once.</summary>
internal sealed record TaskOutcomes(IReadOnlyList<TaskOutcome> Outcomes, IReadOnlyList<OutcomeGuard> Guards)
{
    public static TaskOutcomes Compile(ActivityNode node, InputReader inputs)
    {
        var outcomes = Items(node, "outcomes")
            .Select(o => new TaskOutcome(Json.Text(o, "name") ?? (o.ValueKind == JsonValueKind.String ? o.GetString()! : ""), Json.Text(o, "label") ?? Json.Text(o, "name") ?? ""))
            .Where(o => o.Name.Length > 0)
            .ToArray();
        var guards = Items(node, "guards")
            .Select(g => new OutcomeGuard(
                Json.Text(g, "outcome") ?? "",
                inputs.ReadLambda(node, Json.Text(g, "condition") ?? Json.Text(Json.Object(g, "condition"), "value") ?? "false"),
                Json.Text(g, "message") ?? "现在还不能这样办理。"))
            .ToArray();
        return new TaskOutcomes(outcomes, guards);
    }

    public static TaskOutcomes Of(ActivityNode node) => (TaskOutcomes)node.Compiled!;

    private static JsonElement[] Items(ActivityNode node, string input)
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
}
