using NpgsqlTypes;

namespace WorkflowEngine.Storage.Commit;

/// <summary>Incidents about work that was set aside. One per piece of work: a second one about the same says nothing new.</summary>
internal static class IncidentRows
{
    public static Column[] Columns { get; } =
    [
        new("id", NpgsqlDbType.Text), new("instance_id", NpgsqlDbType.Uuid), new("organisation_id", NpgsqlDbType.Text), new("activity_id", NpgsqlDbType.Text),
        new("message", NpgsqlDbType.Text), new("raised_at", NpgsqlDbType.TimestampTz),
    ];

    public static Rows Insert() => Rows.Insert("incidents", Columns, OnConflict);

    /// <summary>What was tried again and set aside again is open again.</summary>
    public const string OnConflict = """
        on conflict (id) do update set message = excluded.message, raised_at = excluded.raised_at, resolved_at = null, ended = null, resolved_by = null, reason = null,
          told_at = null
        where incidents.ended = 'Retried'
        """;

    public static Rows Settle() => Rows.Update(
        "incidents",
        [
            new("id", NpgsqlDbType.Text), new("at", NpgsqlDbType.TimestampTz), new("ended", NpgsqlDbType.Text), new("by_name", NpgsqlDbType.Text),
            new("reason", NpgsqlDbType.Text),
        ],
        "resolved_at = r.at, ended = r.ended, resolved_by = r.by_name, reason = r.reason",
        "t.id = r.id and t.resolved_at is null");
}
