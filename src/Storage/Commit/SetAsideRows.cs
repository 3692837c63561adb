using Npgsql;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Storage.Commit;

/// <summary>Timers, signals and mails that could not be carried out and were set aside, each with an incident that names it.</summary>
internal static class SetAsideRows
{
    public const string Timer = "timer:";
    public const string Signal = "signal:";
    public const string Mail = "outbox:";

    /// <summary>The incident is about such work, which can be tried again.</summary>
    public static bool Names(string incidentId) => new[] { Timer, Signal, Mail }.Any(kind => incidentId.StartsWith(kind, StringComparison.Ordinal));

    /// <summary>Has it tried again.</summary>
    public static void Release(NpgsqlBatch batch, IReadOnlyCollection<string> incidents)
    {
        Add(Timer, "update timers set status = 'pending', settled_at = null where id = any ($1) and status = 'parked'");
        // A later wake-up of the same bookmark says all that this one would.
        Add(Signal, """
            update signals s set settled_at = null, status = case when s.kind = 'Expected' and exists (
                select from signals other where other.bookmark_id = s.bookmark_id and other.kind = 'Expected' and other.status = 'pending') then 'consumed' else 'pending' end
            where id = any ($1) and status = 'parked'
            """);
        // Whoever has it tried again decides that it is sent, even if it was parked before a backup was restored.
        Add(Mail, "update outbox set status = 'pending', epoch = (select outbox_epoch from installation), attempts = 0, not_before = null where id = any ($1) and status = 'parked'");

        void Add(string kind, string sql)
        {
            var ids = incidents.Where(incident => incident.StartsWith(kind, StringComparison.Ordinal)).Select(incident => incident[kind.Length..]).ToArray();
            if (ids.Length > 0)
            {
                batch.Add(sql, (object)ids);
            }
        }
    }
}
