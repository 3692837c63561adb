namespace WorkflowEngine.Storage.Content;

public enum VersionState
{
    /// <summary>Being written on; nothing runs on it.</summary>
    Draft,

    /// <summary>In force: new cases begin with it.</summary>
    Published,

    /// <summary>Was in force. Cases that began with it run on it to their end.</summary>
    Retired,
}

/// <summary>One version of a file of the content.</summary>
/// <param name="Id">New with each save of a draft.</param>
/// <param name="Item">What the file is known by: a flow's definition id, else the path.</param>
/// <param name="Number">From 1, in the order in which the versions were begun.</param>
/// <param name="Hash">SHA-256 of the text, hexadecimal.</param>
/// <param name="BasedOn">The published version that a draft was begun on; null where there was none.</param>
/// <param name="SavedAt">As <see cref="Release.PublishedAt"/>.</param>
/// <param name="SavedBy">The user's id; <c>files</c> for what came from the content folder.</param>
/// <param name="Reason">Why it was published as it is, where somebody said so.</param>
/// <param name="ReleaseId">The release that brought it into force first; null for a draft.</param>
public sealed record FileVersion(
    string Id, string OrganisationId, string Path, string Item, int Number, VersionState State, string Hash, string? BasedOn,
    DateTimeOffset SavedAt, string SavedBy, string SavedByName, DateTimeOffset? PublishedAt, DateTimeOffset? RetiredAt, string? Reason, string? ReleaseId);

/// <summary>A text to be kept as the draft of a file.</summary>
/// <param name="Over">The version that was worked on, as it was seen; null: the file is new.</param>
public sealed record DraftSave(string OrganisationId, string Path, string Item, string Text, string? Over);

/// <summary>What came of saving a draft.</summary>
public abstract record SaveDraftResult
{
    private SaveDraftResult()
    {
    }

    public sealed record Saved(FileVersion Version) : SaveDraftResult;

    /// <summary>Somebody has saved or published since; nothing was changed.</summary>
    /// <param name="Newer">What stands there now; null: it was discarded.</param>
    public sealed record Overtaken(FileVersion? Newer) : SaveDraftResult;
}
