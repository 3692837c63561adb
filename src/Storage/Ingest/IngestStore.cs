using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Npgsql;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Signals;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Ingest;

/// <summary>The receipt of a request, as its sender may ask for it later.</summary>
public sealed record IngestReceipt(
    Guid Id, string CredentialId, string Method, bool Accepted, string Code, string Message, byte[] BodySha256, DateTimeOffset ReceivedAt,
    IReadOnlyList<IngestFinding> Findings)
{
    /// <summary>The number that the platform gave to what the request brought: of a project or a team. Null: it gave none.</summary>
    public string? Allotted { get; init; }

    /// <summary>The flows that handled it, each as <c>definition@version</c>, with a blank between; null: none begins with its kind.</summary>
    public string? Flow { get; init; }
}

/// <summary>What devices and vendors' servers send. Written with the insert-only role.</summary>
public sealed class IngestStore(Database database, WakeUps wakeUps)
{
    /// <summary>What instances expect of a credential whose figures changed: <c>ExpectMessage(Name "conformance", Key credential id)</c>.</summary>
    public const string ConformanceName = "conformance";

    /// <summary>What instances expect that wait for messages of a kind: <c>ExpectMessage(Name "ingest", Key method or credential id/method)</c>.</summary>
    public const string MessageName = "ingest";

    /// <summary>Deadlocks cannot come from our own order of rows; from an operator's session they can.</summary>
    private const int Attempts = 5;

    /// <summary>A credential never changes hands.</summary>
    private readonly ConcurrentDictionary<string, Parties> _parties = new();

    /// <summary>One request by itself.</summary>
    public async Task<IngestResult> StoreAsync(IngestDelivery delivery, CancellationToken ct) => (await StoreAsync([delivery], ct))[0];

    /// <summary>
    /// What arrived together, in one transaction: nonces, requests, records, findings, the register, the credentials' conformance figures and the signals to whoever waits for them. One result
    /// for each, in their order: what storing them one after the other would have given. One that the database refuses does not keep the others out.
    /// </summary>
    public async Task<IReadOnlyList<IngestResult>> StoreAsync(IReadOnlyList<IngestDelivery> deliveries, CancellationToken ct)
    {
        var arrived = await ToStoreAsync(deliveries, ct);
        var results = new IngestResult?[deliveries.Count];
        while (true)
        {
            // Of one nonce the first request counts; the others wait for what becomes of it.
            List<int> chosen = [.. Enumerable.Range(0, deliveries.Count).Where(index => results[index] is null)
                .DistinctBy(index => deliveries[index].Nonce is { } nonce ? (deliveries[index].CredentialId, nonce) : ("", index.ToString(CultureInfo.InvariantCulture)))];
            if (chosen.Count == 0) return results!;

            try
            {
                await WriteAsync(arrived, chosen, results, ct);
            }
            catch (PostgresException taken) when (taken.SqlState == DeliveryRows.NonceTaken)
            {
                // Another host was faster: which nonce it is stands there now.
            }

            List<int> left = [.. Enumerable.Range(0, deliveries.Count).Where(index => results[index] is null && deliveries[index].Nonce is not null)];
            if (left.Count == 0) continue;

            var earlier = await EarlierAsync([.. left.Select(index => (deliveries[index].CredentialId, deliveries[index].Nonce!))], ct);
            foreach (var index in left)
            {
                if (earlier.GetValueOrDefault((deliveries[index].CredentialId, deliveries[index].Nonce!)) is { } receipt) results[index] = new IngestResult.Replayed(receipt);
            }
        }
    }

    /// <summary>Writes the chosen in one transaction; when the database refuses one of them, each half by itself, until it is alone.</summary>
    private async Task WriteAsync(IReadOnlyList<StoredDelivery> deliveries, List<int> chosen, IngestResult?[] results, CancellationToken ct)
    {
        try
        {
            var stored = await WriteAsync([.. chosen.Select(index => deliveries[index])], ct);
            for (var at = 0; at < chosen.Count; at++)
            {
                var delivery = deliveries[chosen[at]].Delivery;
                results[chosen[at]] = new IngestResult.Stored(stored[at], delivery.Records.Count(record => record.Accepted) - stored[at]);
            }
        }
        catch (PostgresException refused) when (DatabaseTrouble.IsOfTheData(refused))
        {
            if (chosen.Count == 1)
            {
                results[chosen[0]] = new IngestResult.Failed($"{refused.SqlState} {refused.MessageText} ({refused.TableName} {refused.ConstraintName})");
                return;
            }

            var middle = chosen.Count / 2;
            await WriteAsync(deliveries, chosen[..middle], results, ct);
            await WriteAsync(deliveries, chosen[middle..], results, ct);
        }
    }

    /// <summary>
    /// Somebody else was in the way, or a month was opened while the rows were on their way into the table of the rest: the table says that they no longer belong there, without naming a constraint.
    /// </summary>
    private static bool IsContested(PostgresException refused) => refused.SqlState switch
    {
        PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure => true,
        PostgresErrorCodes.CheckViolation => string.IsNullOrEmpty(refused.ConstraintName),
        _ => false,
    };

    /// <returns>New records of each.</returns>
    private async Task<int[]> WriteAsync(IReadOnlyList<StoredDelivery> deliveries, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var connection = await database.Ingest.OpenConnectionAsync(ct);
                // No BEGIN and no COMMIT: a batch is one transaction by itself, and one way to the server and back.
                await using var batch = new NpgsqlBatch(connection);
                DeliveryRows.AddTo(batch, deliveries, database.Envelope);
                int told;
                int[] stored;
                await using (var reader = await batch.ExecuteReaderAsync(ct))
                {
                    await reader.NextResultAsync(ct);
                    await reader.ReadAsync(ct);
                    (told, stored) = (reader.GetInt32(0), reader.GetFieldValue<int[]>(1));
                    // To the end: only then is it committed.
                    while (await reader.NextResultAsync(ct))
                    {
                    }
                }

                if (told > 0 || deliveries.Any(one => one.Delivery.Orders.Count > 0)) wakeUps.Announce(Wake.Signals);
                return stored;
            }
            catch (PostgresException contested) when (attempt < Attempts && IsContested(contested))
            {
                // Everything was rolled back; the same is written again.
                continue;
            }
        }
    }

    /// <summary>The receipt, only for the credential that sent the request.</summary>
    public async Task<IngestReceipt?> FindReceiptAsync(string credentialId, Guid id, CancellationToken ct) =>
        (await FindReceiptsAsync([id], ct)).SingleOrDefault(receipt => receipt.CredentialId == credentialId);

    /// <summary>The requests that used these nonces before. A nonce and the row of its request were committed together.</summary>
    public async Task<IReadOnlyDictionary<(string CredentialId, string Nonce), IngestReceipt>> EarlierAsync(
        IReadOnlyList<(string CredentialId, string Nonce)> nonces, CancellationToken ct)
    {
        var used = await database.Engine.QueryAsync(
            Tenant.System,
            "select n.credential_id, n.nonce, n.request_id from ingest_nonces n join unnest($1, $2) as k(credential, nonce) on n.credential_id = k.credential and n.nonce = k.nonce",
            reader => (CredentialId: reader.GetString(0), Nonce: reader.GetString(1), Request: reader.GetGuid(2)),
            ct, nonces.Select(one => one.CredentialId).ToArray(), nonces.Select(one => one.Nonce).ToArray());
        if (used.Count == 0) return new Dictionary<(string CredentialId, string Nonce), IngestReceipt>();

        var receipts = (await FindReceiptsAsync([.. used.Select(one => one.Request).Distinct()], ct)).ToDictionary(receipt => receipt.Id);
        return used.DistinctBy(one => (one.CredentialId, one.Nonce)).ToDictionary(
            one => (one.CredentialId, one.Nonce),
            one => receipts.GetValueOrDefault(one.Request) ?? throw new InvalidOperationException($"Request {one.Request} left its nonce and no receipt."));
    }

    private async Task<List<IngestReceipt>> FindReceiptsAsync(Guid[] ids, CancellationToken ct)
    {
        var found = await LookForReceiptsAsync(ids, ct);
        // While a month is opened, its rows move from one table to another: who was about to look into the first finds them in neither.
        return found.Count == ids.Length ? found : await LookForReceiptsAsync(ids, ct);
    }

    /// <summary>Requests before findings, in which order new months are opened as well: neither waits for the other crosswise.</summary>
    private async Task<List<IngestReceipt>> LookForReceiptsAsync(Guid[] ids, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        var requests = await transaction.QueryAsync(
            """
            select id, credential_id, method, accepted, code, message, body_sha256, received_at,
              coalesce((select project_code from register_projects p where p.request_id = r.id), (select team_sys_no::text from register_teams t where t.request_id = r.id)), flow
            from ingest_requests r where id = any ($1)
            """,
            reader => new IngestReceipt(
                reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetBoolean(3), reader.GetString(4), reader.GetString(5), reader.GetFieldValue<byte[]>(6),
                reader.Instant(7), []) { Allotted = reader.TextOrNull(8), Flow = reader.TextOrNull(9) },
            ct, ids);
        var findings = (await transaction.QueryAsync(
            "select record_ordinal, path, field, rule, level, message, basis, advice, request_id from ingest_findings where request_id = any ($1) order by request_id, ordinal",
            reader => (Request: reader.GetGuid(8), Finding: ReadFinding(reader)), ct, ids)).ToLookup(one => one.Request, one => one.Finding);
        return requests.ConvertAll(receipt => receipt with { Findings = [.. findings[receipt.Id]] });
    }

    /// <summary>The fact that rules read; <see cref="ConformanceFigures.Summary"/> tells its members.</summary>
    public async Task<JsonObject> SummaryAsync(string credentialId, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        return await SummaryAsync(transaction, credentialId, ct);
    }

    internal static async Task<JsonObject> SummaryAsync(TenantBatch transaction, string credentialId, CancellationToken ct)
    {
        var methods = await transaction.QueryAsync(
            $"""
            select c.method, c.accepted, c.rejected, c.records, c.workers, c.first_at, c.last_accepted_at, c.last_rejected_at, (
              select count(*) from (
                select from ingest_requests r where r.credential_id = $1 and r.method = c.method and r.sequence > coalesce((
                  select max(b.sequence) from ingest_requests b where b.credential_id = $1 and b.method = c.method and not b.accepted), 0)
                limit {ConformanceFigures.MostCounted}) good)
            from (
              select method, sum(accepted)::bigint as accepted, sum(rejected)::bigint as rejected, sum(records)::bigint as records, sum(workers)::bigint as workers,
                min(first_at) as first_at, max(last_accepted_at) as last_accepted_at, max(last_rejected_at) as last_rejected_at
              from conformance where credential_id = $1 group by method) c
            order by c.method
            """,
            reader => new MethodFigures(
                reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(8), reader.Instant(5), reader.InstantOrNull(6),
                reader.InstantOrNull(7)),
            ct, credentialId);
        return ConformanceFigures.Summary(credentialId, methods);
    }

    internal static IngestFinding ReadFinding(NpgsqlDataReader reader) => new(
        reader.IsDBNull(0) ? null : reader.GetInt32(0), reader.GetString(1), reader.GetString(2), reader.GetString(3),
        Enum.Parse<FindingLevel>(reader.GetString(4)), reader.GetString(5), reader.GetString(6), reader.GetString(7));

    /// <summary>
    /// Forgets nonces that were seen before an instant (business time), the oldest first. Returns how many. A request of that age is refused by its timestamp,
    /// so that its nonce has nothing left to guard.
    /// </summary>
    public async Task<int> ForgetNoncesAsync(DateTimeOffset before, int max, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        var forgotten = await transaction.RunAsync(
            """
            delete from ingest_nonces n using (
              select credential_id, nonce from ingest_nonces where seen_at < $1 order by seen_at limit $2) old
            where n.credential_id = old.credential_id and n.nonce = old.nonce
            """,
            ct, before, max);
        await transaction.CommitAsync(ct);
        return forgotten;
    }

    /// <summary>Whose each is, and the key that seals what it says of persons.</summary>
    private async Task<IReadOnlyList<StoredDelivery>> ToStoreAsync(IReadOnlyList<IngestDelivery> deliveries, CancellationToken ct)
    {
        string[] unknown = [.. deliveries.Select(delivery => delivery.CredentialId).Where(id => !_parties.ContainsKey(id)).Distinct(StringComparer.Ordinal)];
        if (unknown.Length > 0)
        {
            foreach (var (id, parties) in await database.Engine.QueryAsync(
                Tenant.System,
                "select c.id, c.holder_id, coalesce(split_part(o.path, '/', 1), c.authority_id) from credentials c left join organisations o on o.id = c.authority_id where c.id = any ($1)",
                reader => (reader.GetString(0), new Parties(reader.GetString(1), reader.GetString(2))), ct, (object)unknown))
            {
                _parties.TryAdd(id, parties);
            }
        }

        var stored = new StoredDelivery[deliveries.Count];
        for (var index = 0; index < deliveries.Count; index++)
        {
            var delivery = deliveries[index];
            var parties = _parties.GetValueOrDefault(delivery.CredentialId)
                ?? throw new InvalidOperationException($"Credential {delivery.CredentialId} does not exist: whoever checked the request found it.");
            stored[index] = new StoredDelivery(
                delivery, parties.Holder, delivery.Records.Any(record => record.Personal.Count > 0) ? await database.MonthKeys.ForAsync(parties.Province, delivery.BusinessNow, ct) : null);
        }

        return stored;
    }

    /// <summary>Of a credential.</summary>
    /// <param name="Holder">Whose rows its deliveries are.</param>
    /// <param name="Province">Of the authority that gave it out: whose month key its personal values are sealed under.</param>
    private sealed record Parties(string Holder, string Province);
}
