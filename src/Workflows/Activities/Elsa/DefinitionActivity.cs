using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Expressions;
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

    public static string InputSlot(string name) => "input:" + name;

    public static void SetOutput(Turn turn, string name, object? value) => turn.Output(name, value);

    public override IReadOnlyList<string> PortsOf(ActivityNode node) => node.Compiled is WorkflowDefinition used ? ["Done", .. used.Outcomes] : ["Done"];

    public override void Execute(Turn turn)
    {
        var used = (WorkflowDefinition)turn.Node.Compiled!;
        foreach (var input in used.Inputs)
        {
            var value = turn.InputValue(input.Name);
            turn.Instance.Declare(
                new VariableDefinition(InputSlot(input.Name), InputSlot(input.Name), "Object", false, null, null, 0) { Type = DataType.Any, IsStored = true }, value);
        }

        turn.Schedule(turn.Node.Port("root"));
    }

    public override void ChildCompleted(Turn turn, ActivityInstance child, string? callback, Outcomes outcomes)
    {
        var named = turn.Instance.Recall<string>(OutcomesKey);
        turn.Complete(string.IsNullOrEmpty(named) ? Outcomes.Default : new Outcomes(named.Split('\n')));
    }
}
