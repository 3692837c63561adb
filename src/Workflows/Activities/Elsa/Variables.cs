using WorkflowEngine.Workflows.Expressions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Declares the variables of a workflow or container with their initial values.</summary>
internal static class Variables
{
    public static void Declare(Turn turn)
    {
        foreach (var variable in turn.Node.Variables)
        {
            turn.Instance.Declare(variable, VariableValues.Initial(variable));
        }
    }
}
