using System.Text.Json.Nodes;
using WorkflowEngine.Storage.Content;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Host.Designer.Flows;

/// <summary>One version of a flow with its text.</summary>
/// <param name="IsLatest">Nothing newer was begun.</param>
public sealed record FlowVersion(FileVersion File, string Text, bool IsLatest)
{
    public string DefinitionId => File.Item;

    public bool IsPublished => File.State == VersionState.Published;
}

/// <summary>What came of a wish of somebody who edits flows.</summary>
public abstract record FlowResult
{
    private FlowResult()
    {
    }

    /// <param name="AlreadyPublished">Nothing had to be done.</param>
    public sealed record Done(FlowVersion Flow, bool AlreadyPublished = false) : FlowResult;

    /// <summary>The draft is gone, or the flow is no longer offered.</summary>
    public sealed record Gone : FlowResult;

    public sealed record NotFound : FlowResult;

    /// <summary>Why it was not done, in Chinese, a sentence each.</summary>
    public sealed record Refused(IReadOnlyList<string> Reasons) : FlowResult
    {
        public Refused(string reason) : this([reason])
        {
        }
    }

    /// <summary>It could be published, but stories do not come out as they are told: somebody has to say why it is published all the same.</summary>
    public sealed record NeedsReason(IReadOnlyList<Problem> Stories) : FlowResult;
}

/// <summary>What a designer sends to be kept.</summary>
/// <param name="Model">In the notation of <see cref="FlowView"/>.</param>
public sealed record FlowOrder(JsonObject Model)
{
    public string? DefinitionId => FlowNodes.Text(Model, "definitionId") is { Length: > 0 } id ? id : null;

    /// <summary>The version that was opened or saved last.</summary>
    public string? Seen => FlowNodes.Text(Model, "id") is { Length: > 0 } id ? id : null;

    public string Name => FlowNodes.Text(Model, "name") ?? "";
}
