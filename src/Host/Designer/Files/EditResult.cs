using WorkflowEngine.Storage.Content;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Host.Designer.Files;

/// <summary>One version of a file with its text.</summary>
/// <param name="IsLatest">Nothing newer was begun.</param>
public sealed record OpenedVersion(FileVersion File, string Text, bool IsLatest)
{
    /// <summary>Of a flow; of another file its path.</summary>
    public string DefinitionId => File.Item;

    public bool IsPublished => File.State == VersionState.Published;

    public bool IsDraft => File.State == VersionState.Draft;
}

/// <summary>What came of a wish of somebody who edits content.</summary>
public abstract record EditResult
{
    private EditResult()
    {
    }

    /// <param name="AlreadyPublished">Nothing had to be done.</param>
    public sealed record Done(OpenedVersion Version, bool AlreadyPublished = false) : EditResult;

    /// <summary>The draft is gone, or the flow is no longer offered.</summary>
    public sealed record Gone : EditResult;

    public sealed record NotFound : EditResult;

    /// <summary>Why it was not done, in Chinese, a sentence each.</summary>
    public sealed record Refused(IReadOnlyList<string> Reasons) : EditResult
    {
        public Refused(string reason) : this([reason])
        {
        }
    }

    /// <summary>It could be published, but stories do not come out as they are told: somebody has to say why it is published all the same.</summary>
    public sealed record NeedsReason(IReadOnlyList<Problem> Stories) : EditResult;
}
