using System.Collections.Concurrent;
using WorkflowEngine.Content;
using WorkflowEngine.Storage.Content;
using WorkflowEngine.Workflows.Calendars;

namespace WorkflowEngine.Host.Engine;

/// <summary>
/// The content that cases run on. A case stays on the release it began with; new cases begin with the current one. A
/// release is known by the hash over its files, lives in the database and is kept here once it was read.
/// </summary>
public sealed class ContentReleases(ReleaseStore store)
{
    private readonly ConcurrentDictionary<string, ContentSet> _known = new();
    private volatile ContentSet? _current;

    /// <summary>What new cases begin with.</summary>
    /// <exception cref="EngineContentException">Nothing was ever published.</exception>
    public ContentSet Current => _current ?? throw new EngineContentException("No content has been published yet; see 'check' for what is wrong with the files.");

    public bool HasCurrent => _current is not null;

    /// <summary>The one calendar that counts now: holidays are facts, so running cases follow the latest.</summary>
    public WorkingDayCalendar Calendar => Current.Calendar;

    /// <exception cref="EngineContentException">The release is unknown, or this program cannot read it.</exception>
    public async Task<ContentSet> GetAsync(string releaseId, CancellationToken ct)
    {
        if (_known.TryGetValue(releaseId, out var known)) return known;

        var files = await store.FilesAsync(releaseId, ct)
            ?? throw new EngineContentException($"There is no content release {releaseId} in the database.");
        var read = ContentReader.Restore(files)
            ?? throw new EngineContentException($"Content release {releaseId} was published by another version of this program and cannot be read by this one.");
        return _known.GetOrAdd(releaseId, read);
    }

    /// <inheritdoc cref="PublishAsync(ContentSet, string, string, DateTimeOffset, Publication, CancellationToken)"/>
    public async Task PublishAsync(ContentSet content, string organisationId, string publishedBy, DateTimeOffset publishedAt, CancellationToken ct) =>
        await PublishAsync(content, organisationId, publishedBy, publishedAt, Publication.Plain, ct);

    /// <summary>Stores the content and lets new cases begin with it.</summary>
    /// <param name="content">Read and free of errors.</param>
    /// <param name="publishedAt">Business time.</param>
    /// <returns>False: somebody else has published meanwhile, and nothing was done.</returns>
    public async Task<bool> PublishAsync(
        ContentSet content, string organisationId, string publishedBy, DateTimeOffset publishedAt, Publication publication, CancellationToken ct)
    {
        if (!await store.PublishAsync(new Release(content.Id, organisationId, publishedAt, publishedBy), content.Files, publication, ct)) return false;

        _known.TryAdd(content.Id, content);
        _current = content;
        return true;
    }

    /// <summary>Takes over what is current in the database: after a restart, or when another host published.</summary>
    public async Task RefreshAsync(CancellationToken ct)
    {
        if (await store.CurrentAsync(ct) is { } release && release.Id != _current?.Id)
        {
            _current = await GetAsync(release.Id, ct);
        }
    }
}
