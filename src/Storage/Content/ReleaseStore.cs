using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using NpgsqlTypes;
using WorkflowEngine.Storage.Audit;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Signals;

namespace WorkflowEngine.Storage.Content;

/// <summary>A published state of all content. <paramref name="Id"/> is the hash over its files, so the same content is the same release.</summary>
/// <param name="PublishedAt">Business time: from when new cases begin with it.</param>
public sealed record Release(string Id, string OrganisationId, DateTimeOffset PublishedAt, string PublishedBy);

/// <summary>Content releases: what a case began with stays loadable to its end.</summary>
public sealed class ReleaseStore(Database database, WakeUps wakeUps)
{
    private const string Select = "select r.id, r.organisation_id, a.activated_at, a.activated_by from release_activations a join releases r on r.id = a.release_id";

    /// <summary>The one file that running cases follow as well: a change of it is a re-planning to be done (<see cref="Calendars.ReplanStore"/>).</summary>
    internal const string CalendarFile = "rules/calendars/cn.json";

    /// <summary>Hosts that publish at once take turns, so that each is compared with what was in force before it.</summary>
    private const long PublishLock = 0x576F726B5075626C;

    /// <summary>
    /// Stores the release, unless it is there already, and makes it the one that new cases begin with. When its calendar differs from the one in force
    /// before, the re-planning of open deadlines is ordered in the same transaction, and one that was still going on is replaced by it. Announces <see cref="Wake.Content"/>.
    /// </summary>
    /// <param name="files">Repository-relative path to text.</param>
    public async Task PublishAsync(Release release, IReadOnlyDictionary<string, string> files, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
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

        batch.Add("select pg_advisory_xact_lock($1)", PublishLock);
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
        await AuditChain.AppendAsync(
            transaction, "content", release.OrganisationId, "content published",
            StoredJson.Of(new JsonObject { ["release"] = release.Id, ["by"] = release.PublishedBy })!, null, release.PublishedAt, ct);
        await transaction.CommitAsync(ct);
        wakeUps.Announce(Wake.Content);
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
