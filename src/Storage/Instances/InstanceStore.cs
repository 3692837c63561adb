using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Instances;

/// <summary>An instance as it was last committed.</summary>
public sealed record StoredInstance(
    WorkflowState State,
    int Revision,
    string DefinitionId,
    int DefinitionVersion,
    string ReleaseId,
    string OrganisationId,
    Guid? ParentInstanceId,
    string? ParentBookmarkId);

/// <summary>A release on which instances of a flow are running.</summary>
/// <param name="PublishedAt">Business time.</param>
public sealed record PopulatedRelease(string ReleaseId, int DefinitionVersion, long Instances, DateTimeOffset PublishedAt);

/// <summary>Loads instances for the engine.</summary>
public sealed class InstanceStore(Database database)
{
    private const string Select =
        "select id, state, revision, definition_id, definition_version, release_id, organisation_id, parent_id, parent_bookmark_id from instances where id = any ($1)";

    /// <summary>Those that exist, by id.</summary>
    public async Task<IReadOnlyDictionary<Guid, StoredInstance>> LoadAsync(IReadOnlyCollection<Guid> ids, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        return await LoadAsync(transaction, ids, ct);
    }

    /// <summary>The releases on which running instances of a flow are, the most populated first.</summary>
    public async Task<IReadOnlyList<PopulatedRelease>> ReleasesAsync(string definitionId, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        return await transaction.QueryAsync(
            """
            select i.release_id, i.definition_version, count(*), r.published_at from instances i join releases r on r.id = i.release_id
            where i.definition_id = $1 and i.status = 'Running' group by 1, 2, 4 order by 3 desc, 1
            """,
            reader => new PopulatedRelease(reader.GetString(0), reader.GetInt32(1), reader.GetInt64(2), reader.Instant(3)), ct, definitionId);
    }

    /// <summary>Running instances of a flow on a release, in the order of their ids.</summary>
    /// <param name="after">The last one of the page before; <see cref="Guid.Empty"/> for the first page.</param>
    public async Task<IReadOnlyList<Guid>> RunningAsync(string definitionId, string releaseId, Guid after, int max, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        return await transaction.QueryAsync(
            "select id from instances where definition_id = $1 and status = 'Running' and release_id = $2 and id > $3 order by id limit $4",
            reader => reader.GetGuid(0), ct, definitionId, releaseId, after, max);
    }

    /// <summary>The instance of a case number, as the tenant may see it; <c>null</c> when there is none or it is not theirs.</summary>
    public async Task<Guid?> FindByCaseNumberAsync(Tenant tenant, string caseNumber, CancellationToken ct)
    {
        await using var transaction = await database.App.BeginAsync(tenant, ct);
        var found = await transaction.QueryAsync("select instance_id from cases where number = $1", reader => reader.GetGuid(0), ct, caseNumber);
        return found.Count == 0 ? null : found[0];
    }

    internal static async Task<IReadOnlyDictionary<Guid, StoredInstance>> LoadAsync(TenantBatch transaction, IReadOnlyCollection<Guid> ids, CancellationToken ct)
    {
        var rows = await transaction.QueryAsync(
            Select,
            reader => (Id: reader.GetGuid(0), Instance: new StoredInstance(
                WorkflowState.FromJson(reader.GetString(1)),
                reader.GetInt32(2),
                reader.GetString(3),
                reader.GetInt32(4),
                reader.GetString(5),
                reader.GetString(6),
                reader.IsDBNull(7) ? null : reader.GetGuid(7),
                reader.TextOrNull(8))),
            ct,
            ids.ToArray());
        return rows.ToDictionary(row => row.Id, row => row.Instance);
    }
}
