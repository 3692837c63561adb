using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Sealing;
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
}

/// <summary>What devices and vendors' servers send. Written with the insert-only role.</summary>
public sealed class IngestStore(Database database, WakeUps wakeUps)
{
    /// <summary>What instances expect of a credential whose figures changed: <c>ExpectMessage(Name "conformance", Key credential id)</c>.</summary>
    public const string ConformanceName = "conformance";

    /// <summary>What instances expect that wait for messages of a kind: <c>ExpectMessage(Name "ingest", Key method or credential id/method)</c>.</summary>
    public const string MessageName = "ingest";

    private const NpgsqlDbType Text = NpgsqlDbType.Text;
    private const NpgsqlDbType Number = NpgsqlDbType.Integer;

    /// <summary>A credential never changes hands.</summary>
    private readonly ConcurrentDictionary<string, Parties> _parties = new();

    /// <summary>
    /// Nonce, request, records, findings, the credential's conformance figures and the signals to whoever waits for them, in one transaction.
    /// </summary>
    public async Task<IngestResult> StoreAsync(IngestDelivery delivery, CancellationToken ct)
    {
        var (holder, province) = await PartiesOfAsync(delivery.CredentialId, ct);
        var key = delivery.Records.Any(record => record.Personal.Count > 0) ? await database.MonthKeys.ForAsync(province, delivery.BusinessNow, ct) : null;
        // The rows belong to the holder of the credential, and the ingest role may insert for one organisation at a time.
        await using var transaction = await database.Ingest.BeginAsync(new Tenant(holder, ""), ct);
        if (await InsertAsync(transaction, delivery, holder, key, ct) is not var (newWorkers, newRecords))
        {
            await transaction.DisposeAsync();
            return new IngestResult.Replayed(await EarlierAsync(delivery, ct));
        }

        var acceptedRecords = delivery.Records.Count(record => record.Accepted);
        await using (var batch = transaction.Batch())
        {
            batch.Add(
                """
                insert into ingest_requests
                  (id, credential_id, organisation_id, method, accepted, code, message, body_sha256, release_id, records, new_records, received_at, times)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
                """,
                delivery.Id, delivery.CredentialId, holder, delivery.Method, delivery.Accepted, delivery.Code, delivery.Message, delivery.BodySha256,
                delivery.ReleaseId, delivery.Records.Count, newRecords, delivery.BusinessNow, delivery.Times);
            if (newRecords > 0)
            {
                batch.Add("select register_delivery($1, $2, $3, $4)", delivery.Id, delivery.CredentialId, delivery.Method, delivery.BusinessNow);
            }

            foreach (var signal in delivery.Signals)
            {
                batch.Add("select signal_delivery($1, $2, $3, $4)", signal.Name, signal.Key, Commands.Json(StoredJson.Of(signal.Payload)), delivery.BusinessNow);
            }

            batch.Add(
                "select signal_delivery($1, $2, null, $3)", ConformanceName, delivery.CredentialId, delivery.BusinessNow);
            // Last, because it holds a row that other deliveries of the same credential may want.
            batch.Add(
                "select count_delivery($1, $2, $3, $4, $5, $6, $7)",
                delivery.CredentialId, delivery.Method, delivery.Accepted, delivery.Times, newRecords, newWorkers, delivery.BusinessNow);
            await batch.ExecuteNonQueryAsync(ct);
        }

        await transaction.CommitAsync(ct);
        wakeUps.Announce(Wake.Signals);
        return new IngestResult.Stored(newRecords, acceptedRecords - newRecords);
    }

    /// <summary>The receipt, only for the credential that sent the request.</summary>
    public async Task<IngestReceipt?> FindReceiptAsync(string credentialId, Guid id, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        var findings = await transaction.QueryAsync(
            """
            select record_ordinal, path, field, rule, level, message, basis, advice from ingest_findings
            where request_id = $1 and credential_id = $2 order by ordinal
            """,
            ReadFinding, ct, id, credentialId);
        var found = await transaction.QueryAsync(
            """
            select method, accepted, code, message, body_sha256, received_at,
              coalesce((select project_code from register_projects p where p.request_id = r.id), (select team_sys_no::text from register_teams t where t.request_id = r.id))
            from ingest_requests r where id = $1 and credential_id = $2
            """,
            reader => new IngestReceipt(
                id, credentialId, reader.GetString(0), reader.GetBoolean(1), reader.GetString(2), reader.GetString(3), reader.GetFieldValue<byte[]>(4),
                reader.Instant(5), findings) { Allotted = reader.TextOrNull(6) },
            ct, id, credentialId);
        return found.Count == 0 ? null : found[0];
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

    /// <summary>The request that used the nonce before. Its nonce and its own row were committed together.</summary>
    private async Task<IngestReceipt> EarlierAsync(IngestDelivery delivery, CancellationToken ct)
    {
        List<Guid> used;
        await using (var transaction = await database.Engine.BeginAsync(Tenant.System, ct))
        {
            used = await transaction.QueryAsync(
                "select request_id from ingest_nonces where credential_id = $1 and nonce = $2", reader => reader.GetGuid(0), ct, delivery.CredentialId, delivery.Nonce);
        }

        return await FindReceiptAsync(delivery.CredentialId, used.Single(), ct)
            ?? throw new InvalidOperationException($"Request {used[0]} left its nonce and no receipt.");
    }

    private async Task<Parties> PartiesOfAsync(string credentialId, CancellationToken ct)
    {
        if (_parties.TryGetValue(credentialId, out var known))
        {
            return known;
        }

        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        var found = await transaction.QueryAsync(
            "select c.holder_id, coalesce(split_part(o.path, '/', 1), c.authority_id) from credentials c left join organisations o on o.id = c.authority_id where c.id = $1",
            reader => new Parties(reader.GetString(0), reader.GetString(1)), ct, credentialId);
        return found is [var parties]
            ? _parties.GetOrAdd(credentialId, parties)
            : throw new InvalidOperationException($"Credential {credentialId} does not exist: whoever checked the request found it.");
    }

    /// <summary>Null when the nonce was used before; the transaction is then of no use.</summary>
    private async Task<(int Workers, int Records)?> InsertAsync(
        TenantBatch transaction, IngestDelivery delivery, string holder, MonthKey? key, CancellationToken ct)
    {
        await using var batch = transaction.Batch();
        var nonceAt = batch.BatchCommands.Count;
        if (delivery.Nonce is not null)
        {
            // Waits for another delivery with the nonce, then counts no row: a repeated request is everyday, not an error of the database.
            batch.Add("insert into ingest_nonces values ($1, $2, $3, $4, $5) on conflict do nothing", delivery.CredentialId, delivery.Nonce, holder, delivery.Id, delivery.BusinessNow);
        }

        var workers = Rows.Insert(
            "ingest_workers", [new("credential_id", Text), new("id_index", NpgsqlDbType.Bytea), new("organisation_id", Text)],
            // In order, so that two deliveries of the same workers do not wait for each other crosswise; so below.
            "order by r.id_index on conflict do nothing");
        var records = Rows.Insert(
            "ingest_records",
            [
                new("request_id", NpgsqlDbType.Uuid), new("ordinal", Number), new("credential_id", Text), new("organisation_id", Text), new("method", Text),
                new("key", Text), new("accepted", NpgsqlDbType.Boolean), new("fields", NpgsqlDbType.Json), new("personal", NpgsqlDbType.Bytea),
                new("id_index", NpgsqlDbType.Bytea), new("card_index", NpgsqlDbType.Bytea),
            ],
            "order by r.key on conflict do nothing");
        var refused = Rows.Insert(
            "ingest_records",
            [
                new("request_id", NpgsqlDbType.Uuid), new("ordinal", Number), new("credential_id", Text), new("organisation_id", Text), new("method", Text),
                new("key", Text), new("accepted", NpgsqlDbType.Boolean), new("fields", NpgsqlDbType.Json), new("personal", NpgsqlDbType.Bytea),
            ]);
        foreach (var record in delivery.Records)
        {
            var personal = record.Personal.Count == 0
                ? null
                : key!.Seal(StoredJson.Of(record.Personal)!, Places.IngestRecord(delivery.Id, record.Ordinal));
            var fields = StoredJson.Of(record.Values);
            if (record.Accepted)
            {
                var index = record.IdNumber is null ? null : database.Envelope.BlindIndex(record.IdNumber.ToUpperInvariant());
                records.Add(delivery.Id, record.Ordinal, delivery.CredentialId, holder, delivery.Method, record.Key, true, fields, personal, index,
                    record.WageCard is null ? null : database.Envelope.BlindIndex(record.WageCard));
                if (index is not null)
                {
                    workers.Add(delivery.CredentialId, index, holder);
                }
            }
            else
            {
                refused.Add(delivery.Id, record.Ordinal, delivery.CredentialId, holder, delivery.Method, record.Key, false, fields, personal);
            }
        }

        var findings = Rows.Insert(
            "ingest_findings",
            [
                new("request_id", NpgsqlDbType.Uuid), new("ordinal", Number), new("credential_id", Text), new("organisation_id", Text), new("record_ordinal", Number),
                new("path", Text), new("field", Text), new("rule", Text), new("level", Text), new("message", Text), new("basis", Text), new("advice", Text),
            ]);
        for (var ordinal = 0; ordinal < delivery.Findings.Count; ordinal++)
        {
            var finding = delivery.Findings[ordinal];
            findings.Add(
                delivery.Id, ordinal, delivery.CredentialId, holder, finding.RecordOrdinal, finding.Path, finding.Field, finding.Rule,
                finding.Level.ToString(), finding.Message, finding.Basis, finding.Advice);
        }

        var workersAt = batch.BatchCommands.Count;
        workers.AddTo(batch);
        var recordsAt = batch.BatchCommands.Count;
        records.AddTo(batch);
        refused.AddTo(batch);
        findings.AddTo(batch);
        await batch.ExecuteNonQueryAsync(ct);
        if (delivery.Nonce is not null && batch.BatchCommands[nonceAt].RecordsAffected == 0) return null;

        return (
            workers.Count == 0 ? 0 : checked((int)batch.BatchCommands[workersAt].RecordsAffected),
            records.Count == 0 ? 0 : checked((int)batch.BatchCommands[recordsAt].RecordsAffected));
    }

    /// <summary>Of a credential.</summary>
    /// <param name="Holder">Whose rows its deliveries are.</param>
    /// <param name="Province">Of the authority that gave it out: whose month key its personal values are sealed under.</param>
    private sealed record Parties(string Holder, string Province);
}
