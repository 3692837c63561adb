using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using NpgsqlTypes;
using WorkflowEngine.Storage.Audit;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Signals;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Content;

/// <summary>A published state of all content. <paramref name="Id"/> is the hash over its files, so the same content is the same release.</summary>
/// <param name="PublishedAt">Business time: from when new cases begin with it.</param>
public sealed record Release(string Id, string OrganisationId, DateTimeOffset PublishedAt, string PublishedBy);

/// <summary>How a release comes into force, besides what is in it.</summary>
/// <param name="Over">The release that it was made from: when another one has come into force meanwhile, nothing is published. Null: whatever is in force.</param>
public sealed record Publication(string? Over = null)
{
    /// <summary>Whatever is in force, and nobody says why.</summary>
    public static Publication Plain { get; } = new();

    /// <summary>Who publishes it; null: the platform, for the files of its folder.</summary>
    public Actor? By { get; init; }

    /// <summary>Why it is published as it is.</summary>
    public string? Reason { get; init; }

    /// <summary>The drafts that it brings into force, by id; their texts are among the files.</summary>
    public IReadOnlyCollection<string> DraftIds { get; init; } = [];

    /// <summary>The files of the folder, when it is they that come into force: what differs from them later was changed later.</summary>
    public IReadOnlyDictionary<string, string>? Folder { get; init; }

    /// <summary>Files of <see cref="Folder"/> that stay as they were in force, because somebody has to decide about them.</summary>
    public IReadOnlyCollection<string> Undecided { get; init; } = [];

    /// <summary>The file of the folder that somebody has decided about.</summary>
    public SettledFile? Settles { get; init; }
}

/// <summary>A file that was changed in the folder and in a browser, about which somebody has decided.</summary>
/// <param name="FolderText">As it stands in the folder; null: it was removed there.</param>
/// <param name="FolderWins">False: what is in force stays.</param>
public sealed record SettledFile(string Path, string? FolderText, bool FolderWins);

/// <summary>Content releases: what a case began with stays loadable to its end.</summary>
public sealed class ReleaseStore(Database database, WakeUps wakeUps)
{
    private const string Select = "select r.id, r.organisation_id, a.activated_at, a.activated_by from release_activations a join releases r on r.id = a.release_id";

    /// <summary>The one file that running cases follow as well: a change of it is a re-planning to be done (<see cref="Calendars.ReplanStore"/>).</summary>
    internal const string CalendarFile = "rules/calendars/cn.json";

    /// <summary>Hosts that publish or save drafts at once take turns, so that each is compared with what was there before it.</summary>
    internal const long PublishLock = 0x576F726B5075626C;

    /// <summary>
    /// Stores the release, unless it is there already, and makes it the one that new cases begin with. When its calendar differs from the one in force
    /// before, the re-planning of open deadlines is ordered in the same transaction, and one that was still going on is replaced by it. Announces <see cref="Wake.Content"/>.
    /// </summary>
    /// <param name="files">Repository-relative path to text.</param>
    public async Task PublishAsync(Release release, IReadOnlyDictionary<string, string> files, CancellationToken ct) => await PublishAsync(release, files, Publication.Plain, ct);

    /// <inheritdoc cref="PublishAsync(Release, IReadOnlyDictionary{string, string}, CancellationToken)"/>
    /// <returns>False: another release has come into force, or the draft is not what it was; nothing was published.</returns>
    public async Task<bool> PublishAsync(Release release, IReadOnlyDictionary<string, string> files, Publication publication, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        await transaction.RunAsync("select pg_advisory_xact_lock($1)", ct, PublishLock);
        if (publication.Over is { } over && await HistoryAsync(transaction, 1, ct) is var before && (before.Count == 0 || before[0].Id != over)) return false;

        await using var batch = transaction.Batch();
        var blobs = Rows.Insert("content_blobs", [new("hash", NpgsqlDbType.Bytea), new("content", NpgsqlDbType.Text)], "order by r.hash on conflict do nothing");
        var paths = Rows.Insert(
            "release_files", [new("release_id", NpgsqlDbType.Text), new("path", NpgsqlDbType.Text), new("hash", NpgsqlDbType.Bytea)], "on conflict do nothing");
        foreach (var (path, text) in files)
        {
            var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
            blobs.Add(hash, text);
            paths.Add(release.Id, path, hash);
        }

        blobs.AddTo(batch);
        batch.Add(
            "insert into releases values ($1, $2, $3, $4) on conflict do nothing", release.Id, release.OrganisationId, release.PublishedAt, release.PublishedBy);
        paths.AddTo(batch);
        batch.Add(
            """
            insert into calendar_replans (release_id, ordered_at)
            select $1, $2
            from (select release_id from release_activations order by sequence desc limit 1) before
            join release_files was on was.release_id = before.release_id and was.path = $3
            join release_files becomes on becomes.release_id = $1 and becomes.path = $3
            where was.hash <> becomes.hash
            """,
            release.Id, release.PublishedAt, CalendarFile);
        batch.Add(
            "update calendar_replans set finished_at = $1 where finished_at is null and sequence < (select max(sequence) from calendar_replans)", release.PublishedAt);
        batch.Add(
            "insert into release_activations (release_id, activated_at, activated_by) values ($1, $2, $3)", release.Id, release.PublishedAt, release.PublishedBy);
        await batch.ExecuteNonQueryAsync(ct);
        if (!await VersionStore.PublishAsync(transaction, release, publication, ct)) return false;
        await VersionStore.SyncAsync(transaction, publication, ct);
        if (publication is { Settles: { } settled, By: { } by }) await VersionStore.SettleAsync(transaction, settled, release.OrganisationId, by, publication.Reason, release.PublishedAt, ct);

        var told = new JsonObject { ["release"] = release.Id, ["by"] = release.PublishedBy };
        if (publication.DraftIds.Count > 0) told["drafts"] = new JsonArray([.. publication.DraftIds.Select(draft => JsonValue.Create(draft))]);
        if (publication.Reason is { } reason) told["reason"] = reason;
        await AuditChain.AppendAsync(transaction, "content", release.OrganisationId, "content published", StoredJson.Of(told)!, publication.By, release.PublishedAt, ct);
        await transaction.CommitAsync(ct);
        wakeUps.Announce(Wake.Content);
        return true;
    }

    /// <summary>The release that new cases begin with; <c>null</c> before the first.</summary>
    public async Task<Release?> CurrentAsync(CancellationToken ct) => await HistoryAsync(1, ct) is [var current, ..] ? current : null;

    /// <summary>The files of a release; <c>null</c> when it is unknown.</summary>
    public async Task<IReadOnlyDictionary<string, string>?> FilesAsync(string releaseId, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        return await FilesAsync(transaction, releaseId, ct);
    }

    /// <summary>Releases in the order they went live, newest first.</summary>
    public async Task<IReadOnlyList<Release>> HistoryAsync(int max, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        return await HistoryAsync(transaction, max, ct);
    }

    internal static async Task<IReadOnlyDictionary<string, string>?> FilesAsync(TenantBatch transaction, string releaseId, CancellationToken ct)
    {
        var files = await transaction.QueryAsync(
            "select f.path, b.content from release_files f join content_blobs b on b.hash = f.hash where f.release_id = $1",
            reader => KeyValuePair.Create(reader.GetString(0), reader.GetString(1)), ct, releaseId);
        return files.Count == 0 ? null : files.ToDictionary();
    }

    internal static async Task<IReadOnlyList<Release>> HistoryAsync(TenantBatch transaction, int max, CancellationToken ct) => await transaction.QueryAsync(
        $"{Select} order by a.sequence desc limit $1",
        reader => new Release(reader.GetString(0), reader.GetString(1), reader.Instant(2), reader.GetString(3)), ct, max);
}
