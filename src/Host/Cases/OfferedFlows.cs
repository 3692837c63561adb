using System.Text.Json;
using WorkflowEngine.Content;
using WorkflowEngine.Content.Forms;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Host.Cases;

/// <summary>A flow that a party opens by filing a form.</summary>
/// <param name="Trigger">The step that the filing meets.</param>
public sealed record FlowOnOffer(WorkflowDefinition Flow, ActivityNode Trigger, FormDefinition Form);

/// <summary>What can be applied for online: flows that begin with a filed form (<c>Gov.Submission</c>).</summary>
public static class OfferedFlows
{
    private const string Submission = "Gov.Submission";

    public static IEnumerable<FlowOnOffer> In(ContentSet content) => content.Flows.Values.Select(flow => Of(content, flow)).OfType<FlowOnOffer>();

    /// <summary>Null: there is no such flow, or it is not begun by a form.</summary>
    public static FlowOnOffer? Find(ContentSet content, string flowId) =>
        content.Flows.GetValueOrDefault(flowId) is { } flow ? Of(content, flow) : null;

    private static FlowOnOffer? Of(ContentSet content, WorkflowDefinition flow)
    {
        if (flow.Activities.FirstOrDefault(activity => activity.Type == Submission) is not { } trigger) return null;

        var written = trigger.Inputs.GetValueOrDefault("form")?.RawValue ?? throw new EngineContentException($"The step '{trigger.Id}' names no form.");
        var name = written.StartsWith('"') ? JsonSerializer.Deserialize<string>(written)! : written;
        var form = content.Forms.GetValueOrDefault(name) ?? throw new EngineContentException($"The step '{trigger.Id}' names the form '{name}', which does not exist.");
        return new FlowOnOffer(flow, trigger, form);
    }
}
