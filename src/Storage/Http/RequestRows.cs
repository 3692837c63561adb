using NpgsqlTypes;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Http;

/// <summary>The rows that a commit writes for requests of flows.</summary>
internal sealed class RequestRows
{
    public Rows Ordered { get; } = Rows.Insert("http_requests",
    [
        new("id", NpgsqlDbType.Text), new("instance_id", NpgsqlDbType.Uuid), new("organisation_id", NpgsqlDbType.Text), new("activity_id", NpgsqlDbType.Text),
        new("request", NpgsqlDbType.Json), new("epoch", NpgsqlDbType.Integer, "(select outbox_epoch from installation)"), new("status", NpgsqlDbType.Text),
        new("attempts", NpgsqlDbType.Integer), new("queued_at", NpgsqlDbType.TimestampTz),
    ]);

    public Rows Cancelled { get; } = Rows.Update("http_requests",
        [new("id", NpgsqlDbType.Text), new("at", NpgsqlDbType.TimestampTz)], "status = 'cancelled', settled_at = r.at", "t.id = r.id and t.status = 'pending'");

    public void Add(Effect.SendRequest order, string organisation, DateTimeOffset now) => Ordered.Add(
        order.Id.ToString(), order.Id.InstanceId, organisation, order.ActivityId, StoredJson.Of(order.Request), null, "pending", 0, now);
}
