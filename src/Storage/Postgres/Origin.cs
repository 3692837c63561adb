using Npgsql;

namespace WorkflowEngine.Storage.Postgres;

/// <summary>
/// Where the data lies: the cluster and its timeline. Whoever restores a backup, by whatever tool, begins a new timeline or another cluster, and so does a standby that takes
/// over. What was sent after the backup was made, or never reached the standby, must not be sent again: the epoch is raised (ADR 0014).
/// </summary>
internal static class Origin
{
    // Of the log that is being written: the control file still names the old timeline for a while after a restore.
    public const string Sql = "(select system_identifier::text from pg_control_system()) || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8)";

    /// <summary>Notes where the data is, and raises the epoch when it was elsewhere. Of hosts that start at once, one does.</summary>
    /// <returns>True: it was elsewhere.</returns>
    public static async Task<bool> CheckAsync(NpgsqlDataSource engine, CancellationToken ct)
    {
        await using var command = engine.CreateCommand(
            $"""
            with here as (select {Sql} as origin),
            before as (select i.origin from installation i for update)
            update installation i set origin = here.origin, outbox_epoch = i.outbox_epoch + (case when before.origin is null then 0 else 1 end)
            from here, before where i.origin is distinct from here.origin
            returning before.origin is not null
            """);
        return await command.ExecuteScalarAsync(ct) is true;
    }
}
