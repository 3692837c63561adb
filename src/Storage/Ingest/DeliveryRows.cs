using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Sealing;

namespace WorkflowEngine.Storage.Ingest;

/// <summary>A delivery on its way into the tables.</summary>
/// <param name="Holder">Whose rows they are.</param>
/// <param name="Key">Seals what it says of persons; null: it says nothing of any.</param>
internal sealed record StoredDelivery(IngestDelivery Delivery, string Holder, MonthKey? Key);

/// <summary>
/// What arrived together as statements of one transaction: records and findings set-wise, then one call that claims the nonces and does everything else. A nonce that is taken fails all of it
/// with <see cref="NonceTaken"/>.
/// </summary>
internal static class DeliveryRows
{
    /// <summary>The state that <c>settle_deliveries</c> fails with.</summary>
    public const string NonceTaken = "IN001";

    private const NpgsqlDbType Text = NpgsqlDbType.Text;
    private const NpgsqlDbType Number = NpgsqlDbType.Integer;

    private static readonly Column[] RecordColumns =
    [
        new("request_id", NpgsqlDbType.Uuid), new("ordinal", Number), new("credential_id", Text), new("organisation_id", Text), new("method", Text), new("key", Text),
        new("accepted", NpgsqlDbType.Boolean), new("fields", NpgsqlDbType.Json), new("personal", NpgsqlDbType.Bytea), new("id_index", NpgsqlDbType.Bytea),
        new("card_index", NpgsqlDbType.Bytea), new("manager_index", NpgsqlDbType.Bytea),
    ];

    private static readonly Column[] FindingColumns =
    [
        new("request_id", NpgsqlDbType.Uuid), new("ordinal", Number), new("credential_id", Text), new("organisation_id", Text), new("record_ordinal", Number),
        new("path", Text), new("field", Text), new("rule", Text), new("level", Text), new("message", Text), new("basis", Text), new("advice", Text),
    ];

    /// <param name="deliveries">In the order of arrival.</param>
    /// <remarks>The first statement with rows after the holders answers how many expectations were told and how many records of each delivery are new.</remarks>
    public static void AddTo(NpgsqlBatch batch, IReadOnlyList<StoredDelivery> deliveries, Envelope envelope)
    {
        batch.Add("select set_config('workflow.holders', $1, true), set_config('plan_cache_mode', 'force_generic_plan', true)", string.Join(',', deliveries.Select(one => one.Holder).Distinct(StringComparer.Ordinal)));
        RecordsOf(deliveries, envelope).AddTo(batch);
        FindingsOf(deliveries).AddTo(batch);
        AddSettling(batch, [.. deliveries.Select(one => one.Delivery)]);
        AddOrders(batch, [.. deliveries.SelectMany(one => one.Delivery.Orders.Select(order => (order, one.Delivery)))]);
    }

    private static Rows RecordsOf(IReadOnlyList<StoredDelivery> deliveries, Envelope envelope)
    {
        // In one order on every host, so that two groups with the same records do not wait for each other crosswise; of the same record twice the one that came first counts.
        var rows = Rows.Insert("ingest_records", RecordColumns, "on conflict do nothing");
        foreach (var (delivery, holder, key, record) in deliveries
            .SelectMany(one => one.Delivery.Records.Select(record => (one.Delivery, one.Holder, one.Key, Record: record)))
            .OrderBy(one => one.Delivery.CredentialId, StringComparer.Ordinal).ThenBy(one => one.Delivery.Method, StringComparer.Ordinal).ThenBy(one => one.Record.Key, StringComparer.Ordinal))
        {
            var personal = record.Personal.Count == 0 ? null : key!.Seal(StoredJson.Of(record.Personal)!, Places.IngestRecord(delivery.Id, record.Ordinal));
            rows.Add(
                delivery.Id, record.Ordinal, delivery.CredentialId, holder, delivery.Method, record.Key, record.Accepted, StoredJson.Of(record.Values), personal,
                record.Accepted && record.IdNumber is { } number ? envelope.BlindIndex(number.ToUpperInvariant()) : null,
                record.Accepted && record.WageCard is { } card ? envelope.BlindIndex(card) : null,
                record.Accepted && record.Manager is { } manager ? envelope.BlindIndex(manager.ToUpperInvariant()) : null);
        }

        return rows;
    }

    private static Rows FindingsOf(IReadOnlyList<StoredDelivery> deliveries)
    {
        var rows = Rows.Insert("ingest_findings", FindingColumns);
        foreach (var (delivery, holder, _) in deliveries)
        {
            for (var ordinal = 0; ordinal < delivery.Findings.Count; ordinal++)
            {
                var finding = delivery.Findings[ordinal];
                rows.Add(
                    delivery.Id, ordinal, delivery.CredentialId, holder, finding.RecordOrdinal, finding.Path, finding.Field, finding.Rule, finding.Level.ToString(), finding.Message,
                    finding.Basis, finding.Advice);
            }
        }

        return rows;
    }

    private static void AddSettling(NpgsqlBatch batch, IReadOnlyList<IngestDelivery> deliveries)
    {
        List<(IngestSignal Signal, DateTimeOffset At)> told =
        [
            .. deliveries.SelectMany(delivery => delivery.Signals.Select(signal => (signal, delivery.BusinessNow))),
            .. deliveries.DistinctBy(delivery => delivery.CredentialId).Select(delivery => (new IngestSignal(IngestStore.ConformanceName, delivery.CredentialId, null), delivery.BusinessNow)),
        ];
        batch.Add(
            "select told, new_records from settle_deliveries($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
            Array(NpgsqlDbType.Uuid, deliveries, delivery => delivery.Id), Array(Text, deliveries, delivery => delivery.CredentialId), Array(Text, deliveries, delivery => delivery.Nonce),
            Array(Text, deliveries, delivery => delivery.Method), Array(NpgsqlDbType.Boolean, deliveries, delivery => delivery.Accepted), Array(Number, deliveries, delivery => delivery.Times),
            Array(Text, deliveries, delivery => delivery.Code), Array(Text, deliveries, delivery => delivery.Message), Array(NpgsqlDbType.Bytea, deliveries, delivery => delivery.BodySha256),
            Array(Text, deliveries, delivery => delivery.ReleaseId), Array(Text, deliveries, delivery => delivery.Flow), Array(Number, deliveries, delivery => delivery.Records.Count),
            Array(NpgsqlDbType.TimestampTz, deliveries, delivery => delivery.BusinessNow.UtcDateTime),
            Array(Text, told, one => one.Signal.Name), Array(Text, told, one => one.Signal.Key), Array(Text, told, one => StoredJson.Of(one.Signal.Payload)),
            Array(NpgsqlDbType.TimestampTz, told, one => one.At.UtcDateTime));
    }

    /// <summary>As <see cref="Signals.SignalKind.StartChild"/>, of no parent.</summary>
    private static void AddOrders(NpgsqlBatch batch, IReadOnlyList<(FlowOrder Order, IngestDelivery Delivery)> orders)
    {
        if (orders.Count == 0) return;

        batch.Add(
            "select order_flows($1, $2, $3, $4, $5, $6)",
            Array(Text, orders, one => one.Order.InstanceId.ToString("N")), Array(NpgsqlDbType.Uuid, orders, one => one.Order.InstanceId),
            Array(Text, orders, one => one.Delivery.CredentialId),
            Array(Text, orders, one => StoredJson.Of(new JsonObject
            {
                ["definitionId"] = one.Order.DefinitionId, ["trigger"] = one.Order.TriggerActivityId, ["input"] = one.Order.Input.DeepClone(), ["releaseId"] = one.Order.ReleaseId,
                ["organisationId"] = one.Order.OrganisationId,
            })),
            Array(Text, orders, one => one.Order.Fault), Array(NpgsqlDbType.TimestampTz, orders, one => one.Delivery.BusinessNow.UtcDateTime));
    }

    private static NpgsqlParameter Array<TItem, T>(NpgsqlDbType type, IReadOnlyList<TItem> items, Func<TItem, T> value) =>
        new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = items.Select(value).ToArray() };
}
