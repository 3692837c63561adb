using System.Text.Json.Nodes;

namespace WorkflowEngine.Host.Designer.Flows;

/// <summary>What a designer sends to be kept.</summary>
/// <param name="Model">In the notation of <see cref="FlowView"/>.</param>
public sealed record FlowOrder(JsonObject Model)
{
    public string? DefinitionId => FlowNodes.Text(Model, "definitionId") is { Length: > 0 } id ? id : null;

    /// <summary>The version that was opened or saved last.</summary>
    public string? Seen => FlowNodes.Text(Model, "id") is { Length: > 0 } id ? id : null;

    public string Name => FlowNodes.Text(Model, "name") ?? "";
}
