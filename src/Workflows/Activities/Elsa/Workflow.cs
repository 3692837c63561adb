using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Elsa.Workflow: wraps the drawn root activity and holds the workflow's variables.</summary>
internal sealed class Workflow : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Elsa.Workflow", "工作流", "流程", "整个工作流。") { IsBrowsable = false };

    public override bool HoldsVariables => true;

    public override void Execute(Turn turn)
    {
        Variables.Declare(turn);
        turn.Schedule(turn.Node.Port("root"));
    }
}
