using System.Text.Json;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Expressions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>A case of a switch, compiled: its label and condition.</summary>
internal sealed record SwitchCase(string Label, Expression? Condition);

/// <summary>Which cases of a switch are taken.</summary>
internal enum SwitchMode
{
    MatchFirst,
    MatchAny,
}

/// <summary>The cases of FlowSwitch and Switch: plain JSON with raw expressions.</summary>
internal static class SwitchCases
{
    public static void Compile(ActivityNode node, InputReader inputs)
    {
        if (!node.Plain.TryGetValue("cases", out var json))
        {
            node.Compiled = Array.Empty<SwitchCase>();
            return;
        }

        using var document = JsonDocument.Parse(json);
        node.Compiled = document.RootElement.ValueKind == JsonValueKind.Array
            ? document.RootElement.EnumerateArray()
                .Select(item => new SwitchCase(Json.Text(item, "label") ?? "", inputs.ReadExpression(Json.Object(item, "condition"), node.Id)))
                .ToArray()
            : [];
    }

    public static IReadOnlyList<SwitchCase> Of(ActivityNode node) => (SwitchCase[])node.Compiled!;

    /// <summary>Indexes of the cases whose condition holds: the first only, or all.</summary>
    public static List<int> Matching(Turn turn)
    {
        var mode = turn.Input("mode", SwitchMode.MatchFirst);
        var cases = Of(turn.Node);
        var matching = new List<int>();
        for (var i = 0; i < cases.Count; i++)
        {
            if (cases[i].Condition is { } condition && turn.Evaluate<bool>(condition, cases[i].Label))
            {
                matching.Add(i);
                if (mode == SwitchMode.MatchFirst)
                {
                    break;
                }
            }
        }

        return matching;
    }
}
