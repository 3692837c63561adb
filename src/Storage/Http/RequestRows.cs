using NpgsqlTypes;
using WorkflowEngine.Storage.Commit;

namespace WorkflowEngine.Storage.Http;

/// <summary>The rows that a commit writes for requests.</summary>
internal static class RequestRows
{
    public static Rows Insert() => Rows.Insert("http_requests",
    [
        new("id", NpgsqlDbType.Text), new("instance_id", NpgsqlDbType.Uuid), new("organisation_id", NpgsqlDbType.Text), new("activity_id", NpgsqlDbType.Text),
        new("request", NpgsqlDbType.Json), new("epoch", NpgsqlDbType.Integer, "(select outbox_epoch from installation)"), new("status", NpgsqlDbType.Text),
        new("attempts", NpgsqlDbType.Integer), new("queued_at", NpgsqlDbType.TimestampTz),
    ]);

    public static Rows Cancel() => Rows.Update("http_requests",
        [new("id", NpgsqlDbType.Text), new("at", NpgsqlDbType.TimestampTz)], "status = 'cancelled', settled_at = r.at", "t.id = r.id and t.status = 'pending'");
}
