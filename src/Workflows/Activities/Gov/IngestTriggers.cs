using WorkflowEngine.Workflows.Activities.Elsa;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Expressions;

namespace WorkflowEngine.Workflows.Activities.Gov;

/// <summary>A step that begins instances of a flow when a message of a kind arrives.</summary>
/// <param name="Method">The kind, for example <c>Team.Add</c>.</param>
public sealed record IngestTrigger(WorkflowDefinition Flow, ActivityNode Step, string Method);

public static class IngestTriggers
{
    /// <summary>The steps of a flow that messages begin it at. One whose kind of message is not written out, or that names a key, waits within an instance and begins none.</summary>
    public static IEnumerable<IngestTrigger> Of(WorkflowDefinition flow)
    {
        foreach (var step in flow.Activities.Where(activity => activity.Kind is DataIngest && activity.CanStartWorkflow && !activity.Inputs.ContainsKey("credential")))
        {
            if (MethodOf(step) is { Length: > 0 } method) yield return new IngestTrigger(flow, step, method);
        }
    }

    private static string? MethodOf(ActivityNode step)
    {
        try
        {
            return step.Inputs.TryGetValue("method", out var input) ? (string?)input.Expression?.Evaluate(WrittenOnly.Scope, typeof(string)) : null;
        }
        catch (ConversionException)
        {
            return null;
        }
    }
}
