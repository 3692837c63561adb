using Npgsql;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Storage.Reconciliation;

/// <summary>
/// Compares what instances wait for with the rows that could end those waits, and the other way round. One statement sees one snapshot, and every commit is whole
/// in it or absent: so what is found is wrong, however busy the instance, and nothing needs to be locked for looking.
/// </summary>
internal static class OrphanSearch
{
    private const string Live = "(i.status = 'Running' or i.sub_status = 'Faulted')";

    /// <summary>{0}: which instances i; {1}: which rows t. Every wait is looked up by the key of its row: the cost is that of the page, whatever else there is.</summary>
    private const string Sql = $$"""
        select w.instance_id, f.found, w.id from (
          select i.id as instance_id, split_part(x, ':', 1) as kind, substr(x, strpos(x, ':') + 1) as id
          from instances i cross join unnest(i.waits) x where {{Live}} and {0} and i.waits_of = i.revision) w
        cross join lateral (select case w.kind
          when 'timer' then coalesce((
            select case when t.status in ('pending', 'held') then ''
              when t.status <> 'parked' then 'TimerSettled'
              when t.kind in ('Reminder', 'Overdue') then ''
              else coalesce((select case when n.resolved_at is null then '' else 'GivenUp' end from incidents n where n.id = 'timer:' || t.id), 'TimerSettled') end
            from timers t where t.id = w.id), 'TimerMissing')
          when 'task' then coalesce((select case when t.closed_at is null then '' else 'TaskClosed' end from tasks t where t.id = w.id), 'TaskMissing')
          when 'messages' then coalesce((select '' from expectations e where e.bookmark_id = w.id), 'ExpectationMissing')
          when 'message' then coalesce((
            select case when exists (select from signals s where s.bookmark_id = w.id and s.kind = 'Expected' and s.status = 'pending') then ''
              else coalesce((
                select case s.status when 'held' then ''
                  when 'parked' then coalesce((select case when n.resolved_at is null then '' else 'GivenUp' end from incidents n where n.id = 'signal:' || s.id), 'Undelivered ' || s.id)
                  else 'Undelivered ' || s.id end
                from signals s where s.bookmark_id = w.id and s.kind = 'Expected' and s.status <> 'pending' order by s.sequence desc limit 1), '') end
            from expectations e where e.bookmark_id = w.id), 'ExpectationMissing')
          when 'request' then coalesce((
            select case q.status when 'pending' then '' when 'cancelled' then 'RequestCancelled'
              else coalesce((
                select case when s.status in ('pending', 'held') then ''
                  when s.status = 'parked' then coalesce((select case when n.resolved_at is null then '' else 'GivenUp' end from incidents n where n.id = 'signal:' || s.id), 'Undelivered ' || s.id)
                  else 'Undelivered ' || s.id end
                from signals s where s.id = 'http:' || w.id), 'AnswerMissing') end
            from http_requests q where q.id = w.id), 'RequestMissing')
          when 'child' then coalesce(
            (select case when s.status in ('pending', 'held') then ''
               when s.status = 'parked' then coalesce((select case when n.resolved_at is null then '' else 'GivenUp' end from incidents n where n.id = 'signal:' || s.id), 'Undelivered ' || s.id)
               else 'Undelivered ' || s.id end
             from signals s where s.id = 'child:' || substr(w.id, 7)),
            (select '' from instances c where c.id = substr(w.id, 7)::uuid),
            (select case when s.status in ('pending', 'held') then ''
               when s.status = 'parked' then coalesce((select case when n.resolved_at is null then '' else 'GivenUp' end from incidents n where n.id = 'signal:' || s.id), 'Undelivered ' || s.id)
               else 'Undelivered ' || s.id end
             from signals s where s.kind = 'StartChild' and s.instance_id = substr(w.id, 7)::uuid limit 1),
            'ChildMissing')
          when 'decision' then coalesce((select case when n.resolved_at is null then '' else 'DecisionMissing' end from incidents n where n.id = w.id), 'DecisionMissing')
          else '' end as found) f
        where f.found <> ''
        union all
        select i.id, 'EndUntold', c.id::text from instances i join instances c on c.parent_id = i.id and c.parent_bookmark_id is not null and c.status <> 'Running'
        where {{Live}} and {0} and i.waits_of = i.revision and i.waits && array['child:' || c.parent_bookmark_id, 'children:' || c.parent_bookmark_id]
          and not exists (select from signals s where s.id = 'child:' || replace(c.id::text, '-', ''))
        union all
        select i.id, 'StaleTask', t.id from tasks t join instances i on i.id = t.instance_id
        where t.closed_at is null and {1} and i.waits_of = i.revision and not i.waits && array['task:' || t.id, 'standing:' || t.id]
        union all
        select i.id, 'StaleTimer', t.id from timers t join instances i on i.id = t.instance_id
        where t.status = 'pending' and {1} and i.waits_of = i.revision and not i.waits && array['timer:' || t.id, 'standing:' || t.id]
        union all
        select i.id, 'StaleExpectation', t.bookmark_id from expectations t join instances i on i.id = t.instance_id
        where {1} and i.waits_of = i.revision and not i.waits && array['message:' || t.bookmark_id, 'messages:' || t.bookmark_id, 'standing:' || t.bookmark_id]
        union all
        select i.id, 'StaleRequest', t.id from http_requests t join instances i on i.id = t.instance_id
        where t.status = 'pending' and {1} and i.waits_of = i.revision and not i.waits && array['request:' || t.id, 'standing:' || t.id]
        union all
        select i.id, 'Held', '' from instances i
        where i.sub_status <> 'Faulted' and i.id in (
          select t.instance_id from timers t where t.status = 'held' and {1} union all select t.instance_id from signals t where t.status = 'held' and {1})
        union all
        select i.id, 'Asleep', i.revision::text from instances i
        where i.status = 'Running' and {0} and i.waits_of = i.revision and i.waits = '{}'
          and not exists (select from incidents n where n.instance_id = i.id and (n.resolved_at is null or n.id = 'asleep:' || replace(i.id::text, '-', '') || '.' || i.revision))
        """;

    private static readonly string OfRange = Scoped("i.id > $1 and i.id <= $2", "t.instance_id > $1 and t.instance_id <= $2");

    private static readonly string OfInstances = Scoped("i.id = any ($1)", "t.instance_id = any ($1)");

    /// <summary>Everything that is wrong with instances after <paramref name="from"/> up to <paramref name="to"/>, and with rows of theirs.</summary>
    public static Task<List<Orphan>> InRangeAsync(TenantBatch transaction, Guid from, Guid to, CancellationToken ct) =>
        transaction.QueryAsync(OfRange, Read, ct, from, to);

    public static Task<List<Orphan>> OfAsync(TenantBatch transaction, IReadOnlyCollection<Guid> instances, CancellationToken ct) =>
        transaction.QueryAsync(OfInstances, Read, ct, instances.ToArray());

    /// <summary>A finding may name its subject; else it is the wait itself.</summary>
    private static Orphan Read(NpgsqlDataReader reader)
    {
        var found = reader.GetString(1).Split(' ', 2);
        return new Orphan(reader.GetGuid(0), Enum.Parse<OrphanKind>(found[0]), found.Length == 2 ? found[1] : reader.GetString(2));
    }

    private static string Scoped(string instances, string rows) =>
        Sql.Replace("{0}", instances, StringComparison.Ordinal).Replace("{1}", rows, StringComparison.Ordinal);
}
