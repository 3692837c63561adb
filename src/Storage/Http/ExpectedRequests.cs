using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Storage.Http;

/// <summary>An instance that waits for a request.</summary>
/// <param name="Key">What it is found by: the method and the path, parameters as <c>{}</c>.</param>
public sealed record ExpectedRequest(string BookmarkId, Guid InstanceId, string OrganisationId, string Key);

/// <summary>Who asks.</summary>
/// <param name="OrganisationId">Null: a stranger.</param>
/// <param name="SeesCases">Whether they read their organisation's cases at all.</param>
public sealed record RequestCaller(string? OrganisationId, bool SeesCases);

/// <summary>Finds the instances that wait for a request.</summary>
public sealed class ExpectedRequests(Database database)
{
    /// <summary>More than one is ambiguous already; the second is needed to tell.</summary>
    private const int Enough = 20;

    /// <param name="name">What such expectations are called.</param>
    /// <param name="keys">All that the request may be expected by.</param>
    /// <param name="caller">
    /// An organisation finds the instances that concern it: its own, and cases that it is applicant or authority of; a confidential one is its applicant's alone. For a
    /// stranger only what is asked for by name should be looked for.
    /// </param>
    /// <param name="correlationIds">Only instances that carry one of them; null asks for all.</param>
    /// <param name="instanceId">Only this one; null asks for all.</param>
    public async Task<IReadOnlyList<ExpectedRequest>> FindAsync(
        string name, IReadOnlyList<string> keys, RequestCaller caller, IReadOnlyList<string>? correlationIds, Guid? instanceId, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        return await transaction.QueryAsync(
            """
            select e.bookmark_id, e.instance_id, e.organisation_id, e.key
            from expectations e join instances i on i.id = e.instance_id left join cases c on c.instance_id = e.instance_id
            where e.name = $1 and e.key = any ($2) and i.status = 'Running'
              and ($3::text is null or e.organisation_id = $3 or c.applicant_id = $3 or c.authority_id = $3)
              and (c.confidential is not true or c.applicant_id = $3) and ($7 or c.instance_id is null)
              and ($4::text[] is null or i.correlation_id = any ($4)) and ($5::uuid is null or i.id = $5)
            order by array_position($2, e.key), e.bookmark_id limit $6
            """,
            reader => new ExpectedRequest(reader.GetString(0), reader.GetGuid(1), reader.GetString(2), reader.GetString(3)),
            ct, name, keys.ToArray(), Commands.Text(caller.OrganisationId),
            Commands.Nullable(NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Text, correlationIds?.ToArray()),
            Commands.Nullable(NpgsqlTypes.NpgsqlDbType.Uuid, instanceId), Enough, caller.SeesCases);
    }
}
