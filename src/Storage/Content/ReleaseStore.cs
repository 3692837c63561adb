using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Storage.Content;

/// <summary>A published state of all content. <paramref name="Id"/> is the hash over its files, so the same content is the same release.</summary>
public sealed record Release(string Id, string OrganisationId, DateTimeOffset PublishedAt, string PublishedBy);

/// <summary>Content releases: what a case began with stays loadable to its end.</summary>
public sealed class ReleaseStore(Database database)
{
    /// <summary>Stores the release, unless it is there already, and makes it the one that new cases begin with. Announces <see cref="Signals.Wake.Content"/>.</summary>
    /// <param name="files">Repository-relative path to text.</param>
    public Task PublishAsync(Release release, IReadOnlyDictionary<string, string> files, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");

    /// <summary>The release that new cases begin with; <c>null</c> before the first.</summary>
    public Task<Release?> CurrentAsync(CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");

    /// <summary>The files of a release; <c>null</c> when it is unknown.</summary>
    public Task<IReadOnlyDictionary<string, string>?> FilesAsync(string releaseId, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");

    /// <summary>Releases in the order they went live, newest first.</summary>
    public Task<IReadOnlyList<Release>> HistoryAsync(int max, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");
}
