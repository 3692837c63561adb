using System.Text.Json;
using Npgsql;
using WorkflowEngine.Rules;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Cases;

/// <summary>
/// The register of cases as flows read it (<see cref="FactKind.Cases"/>): every case, confidential ones too, whoever's burst asks.
/// It is the engine's; what of it a person learns is the flow's to say.
/// </summary>
public sealed class CaseRegister(Database database)
{
    /// <summary>
    /// Newest first; empty when there is none or the key is none that exists: <c>applicant/ORGANISATION/FLOW</c>, <c>linked/NUMBER</c> (cases about that one),
    /// <c>number/NUMBER</c> (that one), <c>at/AUTHORITY/ORGANISATION</c> (what an organisation has at an authority, but for what it asked to keep confidential).
    /// </summary>
    public async Task<IReadOnlyList<FactObject>> EntriesAsync(string key, DateTimeOffset businessNow, CancellationToken ct)
    {
        var (where, values) = key.Split('/', 3) switch
        {
            ["applicant", var applicant, var flow] => ("c.applicant_id = $2 and c.flow_id = $3", new[] { applicant, flow }),
            ["at", var authority, var applicant] => ("c.authority_id = $2 and c.applicant_id = $3 and not c.confidential", new[] { authority, applicant }),
            ["linked", var number] => ("c.linked_number = $2", new[] { number }),
            ["number", var number] => ("c.number = $2", new[] { number }),
            _ => ("", []),
        };
        if (values.Length == 0) return [];

        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        var entries = await transaction.QueryAsync(
            $"""
            select c.number, c.flow_id, c.title, c.applicant_id, c.authority_id, coalesce(a.name, c.authority_id), c.submitted_at, c.closed_at, c.outcome, c.linked_number,
              c.confidential, opening.answers::text, steps.open, steps.overdue, k.id, k.issued_at, k.revoked_at,
              traffic.accepted, traffic.rejected, traffic.first_at, traffic.last_at, traffic.codes::text
            from cases c
            left join organisations a on a.id = c.authority_id
            left join submissions opening on opening.instance_id = c.instance_id and opening.opens_case
            left join lateral (
              select coalesce(array_agg(t.activity_id order by t.opened_at, t.id), array[]::text[]) as open,
                coalesce(array_agg(t.activity_id order by t.opened_at, t.id) filter (where t.overdue_at <= $1), array[]::text[]) as overdue
              from tasks t where t.instance_id = c.instance_id and t.closed_at is null and t.kind = 'Work') steps on true
            left join lateral (
              select k.id, k.issued_at, k.revoked_at from credentials k where k.instance_id = c.instance_id order by k.issued_at desc, k.id desc limit 1) k on true
            left join lateral (
              select sum(f.accepted)::bigint as accepted, sum(f.rejected)::bigint as rejected, min(f.first_at) as first_at,
                max(greatest(f.last_accepted_at, f.last_rejected_at)) as last_at,
                (select json_agg(r) from (
                   select q.code, q.message, sum(q.times) as count from ingest_requests q
                   where q.credential_id = k.id and not q.accepted group by q.code, q.message order by sum(q.times) desc, q.code, q.message limit {RegisterEntry.MaxCodes}) r) as codes
              from conformance f where f.credential_id = k.id having count(*) > 0) traffic on true
            where {where}
            order by c.submitted_at desc, c.number desc limit {RegisterEntry.MaxEntries}
            """,
            Read, ct, [businessNow, .. values]);
        return RegisterEntry.List(entries);
    }

    /// <summary>办件编号 of the open case of this unit (<see cref="NewInstance.Unit"/>); <c>null</c> when there is none.</summary>
    public async Task<string?> OpenOneAsync(string flowId, string applicantId, string authorityId, string unit, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        var found = await transaction.QueryAsync(
            "select number from cases where flow_id = $1 and applicant_id = $2 and authority_id = $3 and unit = $4 and outcome is null",
            reader => reader.GetString(0), ct, flowId, applicantId, authorityId, unit);
        return found is [var number] ? number : null;
    }

    private static RegisterEntry Read(NpgsqlDataReader row) => new()
    {
        Number = row.GetString(0),
        Flow = row.GetString(1),
        Title = row.GetString(2),
        Applicant = row.GetString(3),
        Authority = row.GetString(4),
        AuthorityName = row.GetString(5),
        SubmittedAt = row.Instant(6),
        ClosedAt = row.InstantOrNull(7),
        Outcome = row.TextOrNull(8),
        LinkedTo = row.TextOrNull(9),
        IsConfidential = row.GetBoolean(10),
        Values = FactJson.Plain(StoredJson.Object(row.TextOrNull(11))) as FactObject ?? FactObject.Empty,
        OpenSteps = row.GetFieldValue<string[]>(12),
        OverdueSteps = row.GetFieldValue<string[]>(13),
        Key = row.IsDBNull(14) ? null : new RegisterKey(row.GetString(14), row.Instant(15), row.InstantOrNull(16)),
        Traffic = row.IsDBNull(17) ? null : new RegisterTraffic(
            row.GetInt64(17), row.GetInt64(18), row.Instant(19), row.InstantOrNull(20), row.TextOrNull(21) is { } codes ? JsonSerializer.Deserialize<RejectionCount[]>(codes, JsonSerializerOptions.Web)! : []),
    };
}
