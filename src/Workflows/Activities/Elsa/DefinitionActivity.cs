using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>A flow used as an activity of another flow: its own root runs inside, its outcomes are its ports.</summary>
internal sealed class DefinitionActivity : ActivityKind
{
    public const string OutcomesKey = "outcomes";

    public override ActivityDescriptor Descriptor { get; } = new("Elsa.WorkflowDefinitionActivity", "子流程", "组合", "把另一个流程作为一个步骤。")
    {
        Version = int.MaxValue,
        HasDynamicPorts = true,
        IsBrowsable = false,
    };

    public override bool HoldsVariables => true;

    public override IReadOnlyList<string> PortsOf(ActivityNode node) => node.Compiled is WorkflowDefinition used ? ["Done", .. used.Outcomes] : ["Done"];

    public override void Execute(Turn turn)
    {
        Variables.Declare(turn);
        foreach (var input in ((WorkflowDefinition)turn.Node.Compiled!).Inputs)
        {
            var slot = turn.Instance.Variables![input.Name];
            slot.Value = turn.Node.Inputs.TryGetValue(input.Name, out var written) && written.Expression is { } expression
                ? turn.Evaluate(expression, input.Name, slot.Definition.Type!.Clr)
                : null;
        }

        turn.Schedule(turn.Node.Port("root"));
    }

    public override void ChildCompleted(Turn turn, ActivityInstance child, string? callback, Outcomes outcomes)
    {
        foreach (var output in ((WorkflowDefinition)turn.Node.Compiled!).Outputs)
        {
            HandOver(turn, output.Name);
        }

        var named = turn.Instance.Recall<string>(OutcomesKey);
        turn.Complete(string.IsNullOrEmpty(named) ? Outcomes.Default : new Outcomes(named.Split('\n')));
    }

    /// <summary>What a step inside bound to the output by its name goes out, unless something is there already.</summary>
    private static void HandOver(Turn turn, string output)
    {
        if (turn.FindSlot(output) is { Value: { } value } && !(turn.Node.Outputs.TryGetValue(output, out var bound) && turn.FindSlot(bound) is { Value: not null }))
        {
            turn.Output(output, value);
        }
    }
}
