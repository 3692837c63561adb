using System.Text.Json;
using WorkflowEngine.Workflows.Expressions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Elsa.Complete: cancels the loops around it, ends the flow and, when that flow is used as an activity, names the outcomes of that activity.</summary>
internal sealed class Complete : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Elsa.Complete", "完成", "组合", "结束所在的组合活动，可指定结果。")
    {
        IsTerminal = true,
        Ports = [],
        Inputs = [new InputDescriptor("outcomes", "Object", "结果")],
    };

    public override void Execute(Turn turn)
    {
        var outcomes = OutcomesOf(turn, turn.InputValue("outcomes"));
        for (var at = turn.Instance.Parent; at is not null; at = at.Parent)
        {
            if (at.Node.Kind is DefinitionActivity)
            {
                at.Remember(DefinitionActivity.OutcomesKey, string.Join('\n', outcomes));
                break;
            }
        }

        for (var at = turn.Instance.Parent; at is not null; at = at.Parent)
        {
            if (at.Node.Kind is Loop)
            {
                turn.Run.Cancel(at);
            }
            else if (at.Node.Kind is Workflow)
            {
                turn.Complete();
                turn.Run.Complete(at, Outcomes.Default);
                return;
            }
        }
    }

    /// <summary>Nothing that names an outcome is Done. JSON text is one outcome to Elsa, which no port has; on a host each of its items is one.</summary>
    private static IReadOnlyList<string> OutcomesOf(Turn turn, object? value) => value switch
    {
        string text when turn.ConvertsStrictly && text.AsSpan().TrimStart().StartsWith("[", StringComparison.Ordinal) => Conversion.To<string[]>(text) ?? [],
        string text => [text],
        IEnumerable<string> many => [.. many],
        IEnumerable<object> many => [.. many.Select(item => Conversion.ToText(item) ?? "")],
        JsonElement { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Select(item => item.ToString())],
        JsonElement other => [other.ToString()],
        _ => ["Done"],
    };
}
