using Npgsql;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Storage.Commit;

/// <summary>
/// What fell due or arrived while an instance stood because a step had failed: it is neither lost nor early. It waits in status <c>held</c> and is pending again
/// in the commit with which the instance goes on.
/// </summary>
internal static class HeldRows
{
    /// <summary>The status of what its instance did not take: held while the instance stands, else <paramref name="settled"/>.</summary>
    public static string StatusOr(string settled) =>
        $"case when (select i.sub_status from instances i where i.id = t.instance_id) = 'Faulted' then 'held' else '{settled}' end";

    /// <summary>Of several wake-ups of one bookmark the last counts, as it does among pending ones.</summary>
    public static void Release(NpgsqlBatch batch, IReadOnlyCollection<Guid> instances)
    {
        if (instances.Count == 0)
        {
            return;
        }

        batch.Add("update timers set status = 'pending', settled_at = null where instance_id = any ($1) and status = 'held'", instances.ToArray());
        batch.Add(
            """
            update signals s set status = case when s.kind <> 'Expected' or not exists (
                select from signals later where later.bookmark_id = s.bookmark_id and later.kind = 'Expected' and later.status in ('pending', 'held') and later.sequence > s.sequence)
              then 'pending' else 'consumed' end
            where s.instance_id = any ($1) and s.status = 'held'
            """,
            instances.ToArray());
    }
}
