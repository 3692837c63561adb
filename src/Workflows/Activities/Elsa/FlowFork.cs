using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Expressions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Elsa.FlowFork: goes through all its branches at once.</summary>
internal sealed class FlowFork : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Elsa.FlowFork", "并行分支", "分支", "同时进入多个分支。")
    {
        Inputs = [new InputDescriptor("branches", "Object", "分支名称")],
        Ports = [],
        HasDynamicPorts = true,
    };

    public override IReadOnlyList<string> PortsOf(ActivityNode node) =>
        node.Inputs.TryGetValue("branches", out var input) && input.Expression is Expression.JsonText { Text: { } text }
            ? Read(text)
            : ["Done"];

    public override void Execute(Turn turn)
    {
        if (!turn.HasInput("branches"))
        {
            turn.Complete();
            return;
        }

        var value = turn.InputValue("branches");
        var branches = value is string text ? Read(text) : Conversion.To<string[]>(value) ?? [];
        turn.Complete(new Outcomes(branches));
    }

    private static string[] Read(string text)
    {
        try
        {
            return text.TrimStart().StartsWith('[') ? Conversion.To<string[]>(text) ?? [] : text.Length == 0 ? [] : [text];
        }
        catch (ConversionException)
        {
            return [text];
        }
    }
}
