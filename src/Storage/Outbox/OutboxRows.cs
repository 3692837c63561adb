using System.Globalization;
using NpgsqlTypes;
using WorkflowEngine.Storage.Commit;

namespace WorkflowEngine.Storage.Outbox;

/// <summary>What is on its way out. Whoever writes a letter writes these beside it, in one transaction.</summary>
internal sealed class OutboxRows
{
    /// <summary>Of this installation and epoch: a backup that is restored sends nothing of before (ADR 0014).</summary>
    public Rows Rows { get; } = Rows.Insert("outbox",
    [
        new("id", NpgsqlDbType.Text), new("notice_id", NpgsqlDbType.Text), new("organisation_id", NpgsqlDbType.Text), new("message_id", NpgsqlDbType.Text), new("outlet", NpgsqlDbType.Text),
        new("recipient", NpgsqlDbType.Text), new("daily", NpgsqlDbType.Boolean), new("epoch", NpgsqlDbType.Integer, "(select outbox_epoch from installation)"), new("status", NpgsqlDbType.Text),
        new("attempts", NpgsqlDbType.Integer), new("queued_at", NpgsqlDbType.TimestampTz),
    ]);

    /// <param name="id">Of the row, and the left half of its Message-ID: the same however often it is sent.</param>
    /// <param name="businessNow">Business time.</param>
    public void Add(string id, string noticeId, string organisationId, Delivery delivery, DateTimeOffset businessNow) =>
        Rows.Add(id, noticeId, organisationId, $"{id}@workflow-engine", delivery.Outlet.ToString(), delivery.Recipient, delivery.Daily, null, "pending", 0, businessNow);

    /// <summary>One for each way that a letter goes out.</summary>
    public void Add(string noticeId, string organisationId, IReadOnlyList<Delivery> deliveries, DateTimeOffset businessNow)
    {
        for (var index = 0; index < deliveries.Count; index++)
        {
            Add(string.Create(CultureInfo.InvariantCulture, $"{noticeId}.{index + 1}"), noticeId, organisationId, deliveries[index], businessNow);
        }
    }
}
