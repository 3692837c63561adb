using NpgsqlTypes;

namespace WorkflowEngine.Storage.Commit;

/// <summary>Incidents about work that was set aside. One per piece of work: a second one about the same says nothing new.</summary>
internal static class IncidentRows
{
    public static Rows Insert() => Rows.Insert(
        "incidents",
        [
            new("id", NpgsqlDbType.Text), new("instance_id", NpgsqlDbType.Uuid), new("organisation_id", NpgsqlDbType.Text), new("activity_id", NpgsqlDbType.Text),
            new("message", NpgsqlDbType.Text), new("raised_at", NpgsqlDbType.TimestampTz),
        ],
        "on conflict (id) do nothing");
}
