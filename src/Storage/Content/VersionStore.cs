using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;
using WorkflowEngine.Storage.Audit;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Content;

/// <summary>
/// The versions of the content's files. A draft is one row that each save replaces, under a new id; publishing is <see cref="ReleaseStore"/>'s, in whose transaction the
/// versions change their state. Nothing that was ever in force is deleted.
/// </summary>
public sealed class VersionStore(Database database)
{
    /// <summary>The chain of audit records that publishing stands on as well.</summary>
    private const string Chain = "content";

    private const int MostDrafts = 500;

    private const string Select =
        """
        select id, organisation_id, path, item, number, state, encode(hash, 'hex'), based_on, saved_at, saved_by, saved_by_name, published_at, retired_at, reason, release_id
        from content_versions
        """;

    /// <summary>A draft comes before what was published while it was written on, whichever was begun first.</summary>
    private const string NewestFirst = "state = 'draft' desc, number desc";

    /// <summary>All versions of files below a folder, the files in the order of their paths, the draft or the newest version first.</summary>
    public async Task<IReadOnlyList<FileVersion>> ListAsync(string folder, int max, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        return await transaction.QueryAsync($"{Select} where starts_with(path, $1) order by path, {NewestFirst} limit $2", Read, ct, folder, max);
    }

    /// <summary>Everything that is being written on, in the order of the paths.</summary>
    public async Task<IReadOnlyList<FileVersion>> DraftsAsync(CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        return await transaction.QueryAsync($"{Select} where state = 'draft' order by path limit $1", Read, ct, MostDrafts);
    }

    /// <summary>The versions of a file or of a flow, its draft first, then newest first.</summary>
    public async Task<IReadOnlyList<FileVersion>> HistoryAsync(string item, int max, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        return await HistoryAsync(transaction, item, max, ct);
    }

    public async Task<FileVersion?> FindAsync(string id, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        return await FindAsync(transaction, id, ct);
    }

    /// <summary>The version that a case of this release runs on; the newest where the same text was in force more than once.</summary>
    public async Task<FileVersion?> OfReleaseAsync(string releaseId, string path, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        return (await transaction.QueryAsync(
            $"{Select} where path = $2 and hash = (select f.hash from release_files f where f.release_id = $1 and f.path = $2) order by state = 'draft', number desc limit 1",
            Read, ct, releaseId, path)).FirstOrDefault();
    }

    /// <summary>The texts of these versions, by id.</summary>
    public async Task<IReadOnlyDictionary<string, string>> TextsAsync(IReadOnlyCollection<string> ids, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        return (await transaction.QueryAsync(
            "select v.id, coalesce(v.draft, b.content) from content_versions v left join content_blobs b on b.hash = v.hash where v.id = any ($1)",
            reader => KeyValuePair.Create(reader.GetString(0), reader.GetString(1)), ct, (object)ids.ToArray())).ToDictionary();
    }

    /// <summary>Keeps a text as the draft of its file, unless somebody has saved or published since it was seen.</summary>
    public async Task<SaveDraftResult> SaveAsync(DraftSave save, Actor by, DateTimeOffset at, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        // Who saves or publishes at the same moment waits, and then sees what was done.
        await transaction.RunAsync("select pg_advisory_xact_lock($1)", ct, ReleaseStore.PublishLock);
        var newest = (await transaction.QueryAsync($"{Select} where path = $1 order by {NewestFirst} limit 1", Read, ct, save.Path)).FirstOrDefault();
        if (newest?.Id != save.Over) return new SaveDraftResult.Overtaken(newest);

        var id = Guid.NewGuid().ToString("N");
        var hash = HashOf(save.Text);
        if (newest is { State: VersionState.Draft })
        {
            await transaction.RunAsync(
                "update content_versions set id = $2, hash = $3, draft = $4, saved_at = $5, saved_by = $6, saved_by_name = $7 where id = $1", ct,
                newest.Id, id, hash, save.Text, at, by.UserId, by.Name);
        }
        else
        {
            await transaction.RunAsync(
                """
                insert into content_versions (id, organisation_id, path, item, number, state, hash, draft, based_on, saved_at, saved_by, saved_by_name)
                values ($1, $2, $3, $4, $5, 'draft', $6, $7, (select id from content_versions where path = $3 and state = 'published'), $8, $9, $10)
                """, ct,
                id, save.OrganisationId, save.Path, save.Item, (newest?.Number ?? 0) + 1, hash, save.Text, at, by.UserId, by.Name);
        }

        var told = new JsonObject { ["path"] = save.Path, ["version"] = id, ["hash"] = Convert.ToHexStringLower(hash), ["over"] = newest?.Id };
        await AuditChain.AppendAsync(transaction, Chain, save.OrganisationId, "draft saved", StoredJson.Of(told)!, by, at, ct);
        var saved = await FindAsync(transaction, id, ct);
        await transaction.CommitAsync(ct);
        return new SaveDraftResult.Saved(saved!);
    }

    /// <summary>Throws a draft away.</summary>
    /// <returns>False: there is no such draft any more.</returns>
    public async Task<bool> DiscardAsync(FileVersion draft, Actor by, DateTimeOffset at, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        if (await transaction.RunAsync("delete from content_versions where id = $1 and state = 'draft'", ct, draft.Id) == 0) return false;

        var told = new JsonObject { ["path"] = draft.Path, ["version"] = draft.Id, ["hash"] = draft.Hash };
        await AuditChain.AppendAsync(transaction, Chain, draft.OrganisationId, "draft discarded", StoredJson.Of(told)!, by, at, ct);
        await transaction.CommitAsync(ct);
        return true;
    }

    /// <summary>Lets a draft stand on the version that is in force now: whoever writes on it has seen what it would undo.</summary>
    /// <returns>The draft under a new id; null: it is not there as it was.</returns>
    public async Task<FileVersion?> RebaseAsync(FileVersion draft, Actor by, DateTimeOffset at, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        await transaction.RunAsync("select pg_advisory_xact_lock($1)", ct, ReleaseStore.PublishLock);
        var id = Guid.NewGuid().ToString("N");
        if (await transaction.RunAsync(
            """
            update content_versions v set id = $2, number = (select max(o.number) from content_versions o where o.path = v.path) + 1,
              based_on = (select p.id from content_versions p where p.path = v.path and p.state = 'published')
            where v.id = $1 and v.state = 'draft'
            """, ct, draft.Id, id) == 0)
        {
            return null;
        }

        var rebased = (await FindAsync(transaction, id, ct))!;
        var told = new JsonObject { ["path"] = draft.Path, ["version"] = id, ["over"] = draft.Id, ["was"] = draft.BasedOn, ["now"] = rebased.BasedOn };
        await AuditChain.AppendAsync(transaction, Chain, draft.OrganisationId, "draft rebased", StoredJson.Of(told)!, by, at, ct);
        await transaction.CommitAsync(ct);
        return rebased;
    }

    /// <summary>Remembers the folder as one that says nothing new: what differs between it and the release in force was changed in a browser.</summary>
    public async Task SyncAsync(IReadOnlyDictionary<string, string> folder, IReadOnlyCollection<string> undecided, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        await transaction.RunAsync("select pg_advisory_xact_lock($1)", ct, ReleaseStore.PublishLock);
        await SyncAsync(transaction, Publication.Plain with { Folder = folder, Undecided = undecided }, ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Somebody has decided that what is in force stays, whatever the folder says of this file.</summary>
    public async Task SettleAsync(SettledFile settled, string organisationId, Actor by, string? reason, DateTimeOffset at, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        await transaction.RunAsync("select pg_advisory_xact_lock($1)", ct, ReleaseStore.PublishLock);
        await SettleAsync(transaction, settled, organisationId, by, reason, at, ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>The hashes (<see cref="FileVersion.Hash"/>) of the folder's files when they last came into force, by path; null: they never did since there are versions.</summary>
    public async Task<IReadOnlyDictionary<string, string>?> SyncedAsync(CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        var files = await transaction.QueryAsync(
            "select path, encode(hash, 'hex') from content_synced", reader => KeyValuePair.Create(reader.GetString(0), reader.GetString(1)), ct);
        return files.Count == 0 ? null : files.ToDictionary();
    }

    /// <summary>SHA-256 of a text as the database knows it.</summary>
    public static string Hash(string text) => Convert.ToHexStringLower(HashOf(text));

    /// <summary>Remembers which files of the folder are in force. The first change in a browser leaves behind what came from the folder until then.</summary>
    internal static async Task SyncAsync(TenantBatch transaction, Publication publication, CancellationToken ct)
    {
        if (publication.Folder is not { } folder)
        {
            await transaction.RunAsync(
                "insert into content_synced select path, hash from release_files where release_id = $1 and not exists (select from content_synced)", ct, Commands.Text(publication.Over));
            return;
        }

        var rows = Rows.Insert("content_synced", [new("path", NpgsqlDbType.Text), new("hash", NpgsqlDbType.Bytea)]);
        foreach (var (path, text) in folder.Where(file => !publication.Undecided.Contains(file.Key))) rows.Add(path, HashOf(text));
        await using var batch = transaction.Batch();
        batch.Add("delete from content_synced where path <> all ($1)", (object)publication.Undecided.ToArray());
        rows.AddTo(batch);
        await batch.ExecuteNonQueryAsync(ct);
    }

    internal static async Task SettleAsync(TenantBatch transaction, SettledFile settled, string organisationId, Actor by, string? reason, DateTimeOffset at, CancellationToken ct)
    {
        await transaction.RunAsync("delete from content_synced where path = $1", ct, settled.Path);
        if (settled.FolderText is { } text) await transaction.RunAsync("insert into content_synced values ($1, $2)", ct, settled.Path, HashOf(text));

        var told = new JsonObject { ["path"] = settled.Path, ["kept"] = settled.FolderWins ? "folder" : "in force", ["folder"] = settled.FolderText is null ? null : Hash(settled.FolderText), ["reason"] = reason };
        await AuditChain.AppendAsync(transaction, Chain, organisationId, "conflict settled", StoredJson.Of(told)!, by, at, ct);
    }

    /// <summary>Lets the versions follow a release that comes into force, under the lock of publishing.</summary>
    /// <returns>False: a draft that it was made from is not there as it was.</returns>
    internal static async Task<bool> PublishAsync(TenantBatch transaction, Release release, Publication publication, CancellationToken ct)
    {
        await using (var batch = transaction.Batch())
        {
            batch.Add(
                """
                update content_versions v set state = 'retired', retired_at = $2
                where v.state = 'published' and not exists (select from release_files f where f.release_id = $1 and f.path = v.path and f.hash = v.hash)
                """,
                release.Id, release.PublishedAt);
            await batch.ExecuteNonQueryAsync(ct);
        }

        if (publication.DraftIds.Count > 0 && await transaction.RunAsync(
            """
            update content_versions v set state = 'published', draft = null, hash = f.hash, published_at = $3, reason = $4, release_id = $1
            from release_files f
            where v.id = any ($2) and v.state = 'draft' and f.release_id = $1 and f.path = v.path
            """,
            ct, release.Id, publication.DraftIds.ToArray(), release.PublishedAt, Commands.Text(publication.Reason)) != publication.DraftIds.Count)
        {
            return false;
        }

        await transaction.RunAsync(
            """
            insert into content_versions (id, organisation_id, path, item, number, state, hash, saved_at, saved_by, saved_by_name, published_at, reason, release_id)
            select gen_random_uuid()::text, $2, f.path, coalesce(substring(b.content from '"definitionId"\s*:\s*"([^"]+)"'), f.path),
              coalesce((select max(o.number) from content_versions o where o.path = f.path), 0) + 1, 'published', f.hash, $3, $4, $5, $3, $6, $1
            from release_files f
            join content_blobs b on b.hash = f.hash
            where f.release_id = $1 and not exists (select from content_versions v where v.path = f.path and v.state = 'published')
            """,
            ct, release.Id, release.OrganisationId, release.PublishedAt, publication.By?.UserId ?? release.PublishedBy, publication.By?.Name ?? release.PublishedBy,
            Commands.Text(publication.Reason));
        return true;
    }

    private static async Task<IReadOnlyList<FileVersion>> HistoryAsync(TenantBatch transaction, string item, int max, CancellationToken ct) =>
        await transaction.QueryAsync($"{Select} where item = $1 or path = $1 order by {NewestFirst} limit $2", Read, ct, item, max);

    private static async Task<FileVersion?> FindAsync(TenantBatch transaction, string id, CancellationToken ct) =>
        (await transaction.QueryAsync($"{Select} where id = $1", Read, ct, id)).FirstOrDefault();

    private static byte[] HashOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private static FileVersion Read(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetInt32(4), Enum.Parse<VersionState>(row.GetString(5), ignoreCase: true), row.GetString(6),
        row.TextOrNull(7), row.Instant(8), row.GetString(9), row.GetString(10), row.InstantOrNull(11), row.InstantOrNull(12), row.TextOrNull(13), row.TextOrNull(14));
}
