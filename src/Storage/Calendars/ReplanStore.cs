using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Instances;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Signals;
using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Calendars;

/// <summary>
/// The re-planning of open deadlines that a changed calendar orders. The order and its cursor are a row, so a restart goes on after the last page that was
/// done, and whichever host holds the row does the next page. Instances of a page are held and committed some at a time, in transactions of their own; a page
/// that was left in the middle is done again, and what had moved already does not move twice.
/// </summary>
public sealed class ReplanStore(Database database, WakeUps wakeUps)
{
    /// <summary>A reminder comes so many days before the end of a limit at most.</summary>
    private const int LongestReminder = 400;

    /// <summary>Claims what is ordered and holds it in an open transaction. <c>null</c>: nothing is ordered, or another host is at it.</summary>
    public async Task<ClaimedReplan?> ClaimAsync(CancellationToken ct)
    {
        var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        try
        {
            // An order that was replaced before its end has left cases on a calendar before the one before.
            var orders = await transaction.QueryAsync(
                """
                select o.sequence, o.release_id, o.done_to, (
                  select b.release_id from release_activations a
                  join release_activations b on b.sequence = (select max(sequence) from release_activations where sequence < a.sequence)
                  where a.release_id = o.release_id and a.activated_at = o.ordered_at and not exists (
                    select from calendar_replans p where p.sequence = (select max(sequence) from calendar_replans where sequence < o.sequence) and p.finished_at = o.ordered_at)
                  order by a.sequence limit 1)
                from calendar_replans o where o.finished_at is null order by o.sequence desc limit 1 for update of o skip locked
                """,
                reader => new ClaimedReplan(transaction, reader.GetInt64(0), reader.GetString(1), reader.GetGuid(2), reader.TextOrNull(3)), ct);
            if (orders is [var order])
            {
                return order;
            }

            await transaction.DisposeAsync();
            return null;
        }
        catch
        {
            await transaction.DisposeAsync();
            throw;
        }
    }

    /// <summary>Holds some instances of a page in a transaction of their own. Held from before they are read until their new deadlines are committed: no race can be lost.</summary>
    public async Task<HeldReplan> HoldAsync(ClaimedReplan claimed, IReadOnlyList<Guid> page, CancellationToken ct)
    {
        var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        try
        {
            // In the order in which every commit locks.
            var held = await transaction.QueryAsync(
                "select id from instances where id = any ($1) order by id for no key update", reader => reader.GetGuid(0), ct, page.ToArray());
            var instances = await InstanceStore.LoadAsync(transaction, held, ct);
            var limits = await LimitsAsync(transaction, held, ct);
            return new HeldReplan(transaction, database, wakeUps, claimed.Sequence, instances, limits);
        }
        catch
        {
            await transaction.DisposeAsync();
            throw;
        }
    }

    /// <summary>Running instances that a changed day may move, and their open limits, as they are just now: nothing is held and nothing will be changed.</summary>
    /// <param name="after">The last one that was looked at; <see cref="Guid.Empty"/> for the first page.</param>
    public async Task<(IReadOnlyDictionary<Guid, StoredInstance> Instances, IReadOnlyDictionary<string, OpenLimit> Limits, Guid? Last)> LookAsync(
        Guid after, int max, IReadOnlyList<DayRun>? changes, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        var page = await PageAsync(transaction, after, max, changes, ct);
        return (await InstanceStore.LoadAsync(transaction, page, ct), await LimitsAsync(transaction, page, ct), page.Count < max ? null : page[^1]);
    }

    /// <summary>The next instances with a limit or a timer that a changed day may move, in the order of their ids; fewer than <paramref name="max"/> are the last.</summary>
    internal static async Task<IReadOnlyList<Guid>> PageAsync(TenantBatch transaction, Guid after, int max, IReadOnlyList<DayRun>? changes, CancellationToken ct)
    {
        if (changes is null)
        {
            // Each half walks its index from the cursor on and stops at the page's size, however many cases there are.
            return await transaction.QueryAsync(
                """
                select instance_id from (
                  (select distinct instance_id from timers where status = 'pending' and instance_id > $1 order by instance_id limit $2)
                  union
                  (select distinct instance_id from tasks where closed_at is null and due_date is not null and instance_id > $1 order by instance_id limit $2)
                ) open order by instance_id limit $2
                """,
                reader => reader.GetGuid(0), ct, after, max);
        }

        if (changes.Count == 0)
        {
            return [];
        }

        // A limit moves with a day that it spans, or with one between its reminder and its end. Where a wait without a task began is not in its row: any day before its end may move it.
        return await transaction.QueryAsync(
            """
            select instance_id from (
              (select distinct t.instance_id from timers t
               where t.status = 'pending' and t.instance_id > $1 and (t.due_at at time zone 'Asia/Shanghai')::date >= $5
                 and not exists (select from tasks k where k.id = t.bookmark_id and k.closed_at is null)
               order by t.instance_id limit $2)
              union
              (select distinct k.instance_id from tasks k
               where k.closed_at is null and k.due_date is not null and k.instance_id > $1
                 and exists (select from unnest($3, $4) c(first, last) where c.first <= k.due_date and c.last >= least(k.start_date, k.due_date - $6))
               order by k.instance_id limit $2)
            ) open order by instance_id limit $2
            """,
            reader => reader.GetGuid(0), ct, after, max, changes.Select(run => run.First).ToArray(), changes.Select(run => run.Last).ToArray(), changes[0].First, LongestReminder);
    }

    private static async Task<IReadOnlyDictionary<string, OpenLimit>> LimitsAsync(TenantBatch transaction, IReadOnlyList<Guid> held, CancellationToken ct) =>
        (await transaction.QueryAsync(
            """
            select id, title, party, organisation_id, role, due_date, provisional, activity_id from tasks
            where instance_id = any ($1) and closed_at is null and due_date is not null
            """,
            reader => new OpenLimit(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4),
                reader.GetFieldValue<DateOnly>(5), reader.GetBoolean(6), reader.GetString(7)),
            ct, held.ToArray())).ToDictionary(limit => limit.TaskId);
}

/// <summary>An order that this host holds until <see cref="FinishPageAsync"/>. Disposed without it, its page is to be done again.</summary>
public sealed class ClaimedReplan : IAsyncDisposable
{
    private readonly TenantBatch _transaction;
    private readonly Guid _doneTo;

    internal ClaimedReplan(TenantBatch transaction, long sequence, string releaseId, Guid doneTo, string? beforeReleaseId)
    {
        _transaction = transaction;
        _doneTo = doneTo;
        Sequence = sequence;
        ReleaseId = releaseId;
        BeforeReleaseId = beforeReleaseId;
    }

    /// <summary>The release whose calendar counts.</summary>
    public string ReleaseId { get; }

    /// <summary>The release by whose calendar all open deadlines are dated; <c>null</c> when they may be dated by several.</summary>
    public string? BeforeReleaseId { get; }

    internal long Sequence { get; }

    /// <summary>The next instances with a limit or a timer that a changed day may move, in the order of their ids; fewer than <paramref name="max"/> are the last.</summary>
    /// <param name="changes">The days that changed; <c>null</c>: any may have.</param>
    public Task<IReadOnlyList<Guid>> PageAsync(int max, IReadOnlyList<DayRun>? changes, CancellationToken ct) => ReplanStore.PageAsync(_transaction, _doneTo, max, changes, ct);

    /// <summary>Tells the server that this host is still at it: a transaction that stands still is ended.</summary>
    public Task StayAsync(CancellationToken ct) => _transaction.QueryAsync("select 1", reader => reader.GetInt32(0), ct);

    /// <summary>Everything of the page is committed: moves the cursor, or ends the order.</summary>
    /// <param name="last">The page's last instance; <c>null</c> when there is no further page.</param>
    /// <param name="businessNow">Business time, recorded on the order.</param>
    public async Task FinishPageAsync(Guid? last, DateTimeOffset businessNow, CancellationToken ct)
    {
        if (last is { } next)
        {
            await _transaction.RunAsync("update calendar_replans set done_to = $2 where sequence = $1", ct, Sequence, next);
        }
        else
        {
            await _transaction.RunAsync("update calendar_replans set finished_at = $2 where sequence = $1", ct, Sequence, businessNow);
        }

        await _transaction.CommitAsync(ct);
    }

    public ValueTask DisposeAsync() => _transaction.DisposeAsync();
}

/// <summary>Instances whose deadlines are to be planned anew, held until <see cref="CommitAsync"/>. Disposed without it, they are as they were.</summary>
public sealed class HeldReplan : IAsyncDisposable
{
    private readonly TenantBatch _transaction;
    private readonly Database _database;
    private readonly WakeUps _wakeUps;
    private readonly long _sequence;
    private readonly List<(Guid Instance, string Message)> _parked = [];

    internal HeldReplan(
        TenantBatch transaction, Database database, WakeUps wakeUps, long sequence, IReadOnlyDictionary<Guid, StoredInstance> instances, IReadOnlyDictionary<string, OpenLimit> limits)
    {
        _transaction = transaction;
        _database = database;
        _wakeUps = wakeUps;
        _sequence = sequence;
        Instances = instances;
        Limits = limits;
    }

    /// <summary>Freshly loaded and locked, by id.</summary>
    public IReadOnlyDictionary<Guid, StoredInstance> Instances { get; }

    /// <summary>The open limits of these instances, by task.</summary>
    public IReadOnlyDictionary<string, OpenLimit> Limits { get; }

    /// <summary>Leaves an instance on its old dates because it cannot be planned; an incident tells the operator.</summary>
    public void Park(Guid instance, string message) => _parked.Add((instance, message));

    /// <summary>Commits the new deadlines. An instance without a unit stays as it is; a <see cref="CommitResult.Failed"/> one is set aside with an incident.</summary>
    /// <param name="businessNow">Business time, recorded on incidents.</param>
    public async Task<IReadOnlyList<CommitResult>> CommitAsync(IReadOnlyList<CommitUnit> units, DateTimeOffset businessNow, CancellationToken ct)
    {
        var committer = new Committer(_transaction, _database.Envelope);
        var results = await committer.ApplyAsync(units, ct);
        for (var index = 0; index < units.Count; index++)
        {
            switch (results[index])
            {
                case CommitResult.Failed failed:
                    _parked.Add((units[index].InstanceId, failed.Message));
                    break;
                case CommitResult.LostRace:
                    throw new InvalidOperationException($"Instance {units[index].InstanceId:N} is held for re-planning and was decided on from another revision than the one held.");
            }
        }

        if (_parked.Count > 0)
        {
            await using var batch = _transaction.Batch();
            var incidents = IncidentRows.Insert();
            foreach (var (instance, message) in _parked)
            {
                incidents.Add($"calendar:{_sequence}:{instance:N}", instance, Instances[instance].OrganisationId, null, message, businessNow);
            }

            incidents.AddTo(batch);
            await batch.ExecuteNonQueryAsync(ct);
        }

        await _transaction.CommitAsync(ct);
        _wakeUps.Announce(committer.Wake);
        return results;
    }

    public ValueTask DisposeAsync() => _transaction.DisposeAsync();
}
