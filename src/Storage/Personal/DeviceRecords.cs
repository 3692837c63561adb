using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;
using WorkflowEngine.Storage.Audit;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Sealing;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Personal;

/// <summary>A record that a device sent.</summary>
/// <param name="Values">Its fields without personal ones.</param>
/// <param name="Personal">Its personal fields, opened; <c>null</c>: they were destroyed with their month. Not to be shown as they are but in a view that is recorded.</param>
public sealed record DeviceRecord(Guid RequestId, int Ordinal, string Method, DateTimeOffset ReceivedAt, JsonObject Values, JsonObject? Personal)
{
    public override string ToString() => $"Record {RequestId:N}.{Ordinal}";
}

/// <summary>What came of asking for a record's personal values.</summary>
public abstract record PersonalView
{
    private PersonalView()
    {
    }

    /// <summary>The asking is recorded.</summary>
    public sealed record Shown(DeviceRecord Record) : PersonalView;

    /// <summary>There is no such record, or not for this organisation.</summary>
    public sealed record NotFound : PersonalView;

    /// <summary>Destroyed with their month; nothing was recorded.</summary>
    public sealed record Destroyed : PersonalView;

    /// <summary>The person has looked at as many as one may within an hour.</summary>
    public sealed record TooMany : PersonalView;
}

/// <summary>What devices sent, for people of the authority that gave out the key and of those above it.</summary>
public sealed class DeviceRecords(Database database)
{
    /// <summary>Records that one person may look at in full within an hour.</summary>
    public const int MostViewsAnHour = 30;

    private const string Columns = "r.request_id, r.ordinal, r.method, q.received_at, r.fields::text, r.personal, r.credential_id";

    /// <summary>The newest request's first; none for a key that is not the tenant's to see.</summary>
    public async Task<Page<DeviceRecord>> ListAsync(Tenant tenant, string credentialId, int page, int pageSize, CancellationToken ct)
    {
        await using var transaction = await database.App.BeginAsync(tenant, ct);
        var total = await transaction.QueryAsync(
            "select coalesce(sum(new_records), 0)::bigint from ingest_requests where credential_id = $1 and accepted", reader => reader.GetInt64(0), ct, credentialId);
        var rows = await transaction.QueryAsync(
            $"""
            select {Columns} from ingest_requests q join ingest_records r on r.request_id = q.id and r.accepted
            where q.credential_id = $1 and q.accepted and q.new_records > 0 order by q.sequence desc, r.ordinal limit $2 offset $3
            """,
            Read, ct, credentialId, pageSize, page * pageSize);
        return new Page<DeviceRecord>(await OpenAsync(rows, ct), checked((int)total[0]));
    }

    /// <summary>Those of these that are the tenant's to see.</summary>
    public async Task<IReadOnlyList<DeviceRecord>> FindAsync(Tenant tenant, IReadOnlyCollection<(Guid RequestId, int Ordinal)> places, CancellationToken ct)
    {
        await using var transaction = await database.App.BeginAsync(tenant, ct);
        return await OpenAsync(await RowsAsync(transaction, places, ct), ct);
    }

    /// <summary>One record of a key; <c>null</c> when there is none, or it is not the tenant's to see.</summary>
    public async Task<DeviceRecord?> FindAsync(Tenant tenant, string credentialId, Guid requestId, int ordinal, CancellationToken ct)
    {
        await using var transaction = await database.App.BeginAsync(tenant, ct);
        return await OneAsync(transaction, credentialId, requestId, ordinal, ct);
    }

    /// <summary>A record's personal values for a person who says why. Each look is recorded in the person's audit chain, with the reason and without the values.</summary>
    /// <param name="credentialId">Of the key that the record was sent with.</param>
    /// <param name="reason">At most 200 characters, without personal data.</param>
    public async Task<PersonalView> ViewAsync(
        Tenant tenant, string credentialId, Guid requestId, int ordinal, string reason, Actor by, DateTimeOffset businessNow, CancellationToken ct)
    {
        await using var transaction = await database.App.BeginAsync(tenant, ct);
        if (await OneAsync(transaction, credentialId, requestId, ordinal, ct) is not { } record) return new PersonalView.NotFound();

        if (record.Personal is null) return new PersonalView.Destroyed();

        var chain = $"personal-view:{by.UserId}";
        await AuditChain.AppendAsync(
            transaction, chain, tenant.OrganisationId, "personal data viewed",
            StoredJson.Of(new JsonObject
            {
                ["credential"] = credentialId, ["request"] = requestId.ToString("N"), ["record"] = ordinal, ["method"] = record.Method, ["reason"] = reason,
                ["fields"] = new JsonArray([.. record.Personal.Select(field => (JsonNode)field.Key)]),
            })!,
            by, businessNow, ct);
        // The chain's head is locked: of two looks at once the second sees the first.
        var before = await transaction.QueryAsync(
            $"select at from audit where chain = $1 order by sequence desc offset {MostViewsAnHour} limit 1", reader => reader.Instant(0), ct, chain);
        if (before is [var at] && at > businessNow.AddHours(-1)) return new PersonalView.TooMany();

        await transaction.CommitAsync(ct);
        return new PersonalView.Shown(record);
    }

    private async Task<DeviceRecord?> OneAsync(TenantBatch transaction, string credentialId, Guid requestId, int ordinal, CancellationToken ct)
    {
        var rows = await RowsAsync(transaction, [(requestId, ordinal)], ct);
        return rows is [var row] && row.CredentialId == credentialId ? (await OpenAsync([row], ct))[0] : null;
    }

    private static Task<List<Row>> RowsAsync(TenantBatch transaction, IReadOnlyCollection<(Guid RequestId, int Ordinal)> places, CancellationToken ct) => transaction.QueryAsync(
        $"""
        select {Columns} from unnest($1, $2) as p(request_id, ordinal) join ingest_records r on r.request_id = p.request_id and r.ordinal = p.ordinal and r.accepted
        join ingest_requests q on q.id = r.request_id
        """,
        Read, ct,
        new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid, Value = places.Select(place => place.RequestId).ToArray() },
        new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer, Value = places.Select(place => place.Ordinal).ToArray() });

    private static Row Read(NpgsqlDataReader reader) => new(
        reader.GetGuid(0), reader.GetInt32(1), reader.GetString(2), reader.Instant(3), StoredJson.Object(reader.GetString(4))!, reader.IsDBNull(5) ? null : reader.GetFieldValue<byte[]>(5),
        reader.GetString(6));

    private async Task<IReadOnlyList<DeviceRecord>> OpenAsync(IReadOnlyList<Row> rows, CancellationToken ct)
    {
        var opened = await SealedRecords.OpenAsync(database, [.. rows.Select(row => new SealedRecord(row.Personal, Places.IngestRecord(row.RequestId, row.Ordinal)))], ct);
        return [.. rows.Zip(opened, (row, personal) => new DeviceRecord(row.RequestId, row.Ordinal, row.Method, row.ReceivedAt, row.Values, personal))];
    }

    private sealed record Row(Guid RequestId, int Ordinal, string Method, DateTimeOffset ReceivedAt, JsonObject Values, byte[]? Personal, string CredentialId);
}
