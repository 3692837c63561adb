using WorkflowEngine.Storage.Attachments;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Sealing;
using WorkflowEngine.Storage.Signals;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Http;

/// <summary>A request that a flow wants sent.</summary>
/// <param name="Id">Stable over all attempts; the receiver tells a repeated request by it.</param>
/// <param name="OrganisationId">Whose instance it is: its list of addresses counts.</param>
/// <param name="Attempt">1 for the first attempt.</param>
/// <param name="IsOfEarlierEpoch">It was ordered before a backup was restored, and may have been sent then.</param>
public sealed record PendingRequest(string Id, Guid InstanceId, string OrganisationId, OutgoingRequest Request, int Attempt, bool IsOfEarlierEpoch);

/// <summary>Requests that were decided and have no result yet. At least once; each attempt is leased, so that a host that dies loses none.</summary>
public sealed class RequestStore(Database database, WakeUps wakeUps)
{
    /// <summary>Leases requests until <paramref name="lease"/> has passed; after that another host may take them. Times are system time.</summary>
    public async Task<IReadOnlyList<PendingRequest>> ClaimAsync(DateTimeOffset systemNow, TimeSpan lease, int max, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        var requests = await transaction.QueryAsync(
            """
            with claimed as (
              select id from http_requests where status = 'pending' and (not_before is null or not_before <= $1)
              order by not_before nulls first, id limit $3 for no key update skip locked)
            update http_requests q set attempts = q.attempts + 1, not_before = $2 from claimed where q.id = claimed.id
            returning q.id, q.instance_id, q.organisation_id, q.request::text, q.attempts, q.epoch < (select outbox_epoch from installation)
            """,
            reader => new PendingRequest(
                reader.GetString(0), reader.GetGuid(1), reader.GetString(2), StoredJson.Read<OutgoingRequest>(reader.GetString(3)), reader.GetInt32(4), reader.GetBoolean(5)),
            ct, systemNow, systemNow + lease, max);
        await transaction.CommitAsync(ct);
        return requests;
    }

    /// <summary>Tells the waiting instance what came of it. Of two hosts that tried, the first to say so counts; a cancelled request tells nobody.</summary>
    /// <param name="file">A file that the answer brought: kept when this result counts.</param>
    public async Task SettleAsync(PendingRequest request, RequestResult result, DateTimeOffset businessNow, CancellationToken ct, NewAttachment? file = null)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        if (file is not null)
        {
            await transaction.RunAsync(
                """
                insert into attachments (id, organisation_id, instance_id, name, content_type, size, sha256, content, stored_at, stored_by)
                select $2, organisation_id, instance_id, $3, $4, $5, $6, $7, $8, $9 from http_requests where id = $1 and status = 'pending' for no key update
                """,
                ct, request.Id, file.Id, file.Name, file.ContentType, (long)file.Content.Length, file.Sha256,
                database.Envelope.Seal(file.Content.Span, Places.Attachment(file.Id)), businessNow, file.StoredBy);
        }

        await transaction.RunAsync(
            """
            with settled as (
              update http_requests set status = 'settled', settled_at = $2, outcome = $3 where id = $1 and status = 'pending' returning id, instance_id, organisation_id)
            insert into signals (id, instance_id, organisation_id, kind, bookmark_id, name, payload, status, created_at)
            select 'http:' || id, instance_id, organisation_id, 'Message', id, 'http-response', $4, 'pending', $2 from settled
            """,
            ct, request.Id, businessNow, result.ToString(), Commands.Json(StoredJson.Of(result.ToJson())));
        await transaction.CommitAsync(ct);
        wakeUps.Announce(Wake.Signals);
    }

    /// <summary>Tries again at <paramref name="at"/> (system time).</summary>
    public async Task RetryAsync(PendingRequest request, string problem, DateTimeOffset at, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        await transaction.RunAsync("update http_requests set not_before = $2, outcome = $3 where id = $1 and status = 'pending'", ct, request.Id, at, problem);
        await transaction.CommitAsync(ct);
    }
}
