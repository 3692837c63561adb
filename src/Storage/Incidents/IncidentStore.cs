using System.Text.Json;
using Npgsql;
using WorkflowEngine.Storage.Audit;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Incidents;

/// <summary>Something that went wrong inside the platform and that nobody has settled yet.</summary>
/// <param name="ActivityId">The step; null or empty when it is not about one.</param>
/// <param name="CaseNumber">办件编号; null for an instance without a case.</param>
/// <param name="AuthorityId">Whose case it is; without a case, whose instance.</param>
public sealed record OpenIncident(
    string Id, Guid? InstanceId, string? ActivityId, string Message, DateTimeOffset RaisedAt, string? CaseNumber, string? CaseTitle, string AuthorityId, string AuthorityName)
{
    /// <summary>It is about work that was set aside and can be tried again.</summary>
    public bool IsSetAside => SetAsideRows.Names(Id);
}

/// <summary>Open incidents, oldest first.</summary>
public sealed class IncidentStore(Database database)
{
    private const string Select = """
        select i.id, i.instance_id, i.activity_id, i.message, i.raised_at, c.number, c.title, coalesce(c.authority_id, i.organisation_id), o.name, count(*) over ()
        from incidents i left join cases c on c.instance_id = i.instance_id left join organisations o on o.id = coalesce(c.authority_id, i.organisation_id)
        where i.resolved_at is null
        """;

    /// <param name="tenant">Sees those of the cases that it may read; <see cref="Tenant.System"/>, for who looks after the installation, sees all.</param>
    public async Task<Page<OpenIncident>> ListAsync(Tenant tenant, int page, int pageSize, CancellationToken ct)
    {
        var rows = await QueryAsync(tenant, $"{Select} order by i.raised_at, i.id limit $1 offset $2", ct, pageSize, (long)page * pageSize);
        return new Page<OpenIncident>([.. rows.Select(row => row.Incident)], rows.Count == 0 ? 0 : rows[0].Total);
    }

    /// <summary>Those of one instance.</summary>
    public async Task<IReadOnlyList<OpenIncident>> OfInstanceAsync(Tenant tenant, Guid instance, CancellationToken ct) =>
        [.. (await QueryAsync(tenant, $"{Select} and i.instance_id = $1 order by i.raised_at, i.id", ct, instance)).Select(row => row.Incident)];

    /// <summary>How many this tenant sees, of one authority or of all.</summary>
    public async Task<int> CountAsync(Tenant tenant, string? authority, CancellationToken ct)
    {
        await using var transaction = await (tenant == Tenant.System ? database.Engine : database.App).BeginAsync(tenant, ct);
        var counted = await transaction.QueryAsync(
            """
            select count(*) from incidents i left join cases c on c.instance_id = i.instance_id
            where i.resolved_at is null and ($1 is null or coalesce(c.authority_id, i.organisation_id) = $1)
            """,
            row => (int)row.GetInt64(0), ct, Commands.Text(authority));
        return counted[0];
    }

    /// <summary>Settles one that no instance can take note of: there is none, or not any more. The organisation's own audit chain keeps who did, and why.</summary>
    /// <returns>False: it is settled already.</returns>
    public async Task<bool> SettleAsync(OpenIncident incident, IncidentEnd end, Actor by, string? reason, DateTimeOffset businessNow, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        var settled = await transaction.RunAsync(
            "update incidents set resolved_at = $2, ended = $3, resolved_by = $4, reason = $5 where id = $1 and resolved_at is null",
            ct, incident.Id, businessNow, end.ToString(), by.Name, Commands.Text(reason));
        if (settled == 0)
        {
            return false;
        }

        if (end == IncidentEnd.Retried)
        {
            await using var batch = transaction.Batch();
            SetAsideRows.Release(batch, [incident.Id]);
            await batch.ExecuteNonQueryAsync(ct);
        }

        var details = JsonSerializer.Serialize(new { incident = incident.Id, end = end.ToString(), reason }, StoredJson.Options);
        await AuditChain.AppendAsync(transaction, $"organisation:{incident.AuthorityId}", incident.AuthorityId, "incident settled", details, by, businessNow, ct);
        await transaction.CommitAsync(ct);
        return true;
    }

    /// <returns>Null when there is none of that id, it is settled, or it is not the tenant's to see.</returns>
    public async Task<OpenIncident?> FindAsync(Tenant tenant, string id, CancellationToken ct) =>
        (await QueryAsync(tenant, $"{Select} and i.id = $1", ct, id)).FirstOrDefault().Incident;

    private async Task<List<(OpenIncident Incident, int Total)>> QueryAsync(Tenant tenant, string sql, CancellationToken ct, params object?[] values)
    {
        await using var transaction = await (tenant == Tenant.System ? database.Engine : database.App).BeginAsync(tenant, ct);
        return await transaction.QueryAsync(sql, Read, ct, values);
    }

    private static (OpenIncident Incident, int Total) Read(NpgsqlDataReader row) => (
        new OpenIncident(
            row.GetString(0), row.IsDBNull(1) ? null : row.GetGuid(1), row.TextOrNull(2), row.GetString(3), row.GetFieldValue<DateTimeOffset>(4), row.TextOrNull(5),
            row.TextOrNull(6), row.GetString(7), row.TextOrNull(8) ?? row.GetString(7)),
        (int)row.GetInt64(9));
}
