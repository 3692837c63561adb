using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Instances;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Signals;

namespace WorkflowEngine.Storage.Calendars;

/// <summary>An open task with a limit, as its people have been told it.</summary>
/// <param name="Due">Last day, in Asia/Shanghai.</param>
public sealed record OpenLimit(string TaskId, string Title, string Party, string OrganisationId, string Role, DateOnly Due, bool Provisional, string ActivityId);

/// <summary>
/// The re-planning of open deadlines that a changed calendar orders. The order and its cursor are a row, so a restart goes on where the last page was
/// committed, and whichever host holds the row does the next page.
/// </summary>
public sealed class ReplanStore(Database database, WakeUps wakeUps)
{
    /// <summary>
    /// Claims the next page of running instances with a deadline or a timer, in the order of their ids, and holds them in an open transaction.
    /// <c>null</c>: nothing is ordered, or another host is at it.
    /// </summary>
    public async Task<ClaimedReplan?> ClaimAsync(int max, CancellationToken ct)
    {
        var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        try
        {
            var orders = await transaction.QueryAsync(
                "select sequence, release_id, done_to from calendar_replans where finished_at is null order by sequence desc limit 1 for update skip locked",
                reader => (Sequence: reader.GetInt64(0), Release: reader.GetString(1), DoneTo: reader.GetGuid(2)), ct);
            if (orders is not [var order])
            {
                await transaction.DisposeAsync();
                return null;
            }

            // Each half walks its index from the cursor on and stops at the page's size, however many cases there are.
            var page = await transaction.QueryAsync(
                """
                select instance_id from (
                  (select distinct instance_id from timers where status = 'pending' and instance_id > $1 order by instance_id limit $2)
                  union
                  (select distinct instance_id from tasks where closed_at is null and due_date is not null and instance_id > $1 order by instance_id limit $2)
                ) open order by instance_id limit $2
                """,
                reader => reader.GetGuid(0), ct, order.DoneTo, max);
            // Held from before they are read until their new deadlines are committed, in the order in which every commit locks: no race can be lost.
            var held = await transaction.QueryAsync(
                "select id from instances where id = any ($1) order by id for no key update", reader => reader.GetGuid(0), ct, page.ToArray());
            var instances = await InstanceStore.LoadAsync(transaction, held, ct);
            var limits = await transaction.QueryAsync(
                """
                select id, title, party, organisation_id, role, due_date, provisional, activity_id from tasks
                where instance_id = any ($1) and closed_at is null and due_date is not null
                """,
                reader => new OpenLimit(
                    reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4),
                    reader.GetFieldValue<DateOnly>(5), reader.GetBoolean(6), reader.GetString(7)),
                ct, held.ToArray());
            return new ClaimedReplan(
                transaction, database, wakeUps, order.Sequence, order.Release, page.Count < max ? null : page[^1], instances,
                limits.ToDictionary(limit => limit.TaskId));
        }
        catch
        {
            await transaction.DisposeAsync();
            throw;
        }
    }
}

/// <summary>A page of instances whose deadlines are to be planned anew, held until <see cref="CommitAsync"/>. Disposed without it, the page is to be done again.</summary>
public sealed class ClaimedReplan : IAsyncDisposable
{
    private readonly TenantBatch _transaction;
    private readonly Database _database;
    private readonly WakeUps _wakeUps;
    private readonly long _sequence;
    private readonly Guid? _next;
    private readonly List<(Guid Instance, string Message)> _parked = [];

    internal ClaimedReplan(
        TenantBatch transaction, Database database, WakeUps wakeUps, long sequence, string releaseId, Guid? next,
        IReadOnlyDictionary<Guid, StoredInstance> instances, IReadOnlyDictionary<string, OpenLimit> limits)
    {
        _transaction = transaction;
        _database = database;
        _wakeUps = wakeUps;
        _sequence = sequence;
        _next = next;
        ReleaseId = releaseId;
        Instances = instances;
        Limits = limits;
    }

    /// <summary>The release whose calendar counts.</summary>
    public string ReleaseId { get; }

    /// <summary>Freshly loaded and locked, by id.</summary>
    public IReadOnlyDictionary<Guid, StoredInstance> Instances { get; }

    /// <summary>The open limits of these instances, by task.</summary>
    public IReadOnlyDictionary<string, OpenLimit> Limits { get; }

    /// <summary>Leaves an instance on its old dates because it cannot be planned; an incident tells the operator.</summary>
    public void Park(Guid instance, string message) => _parked.Add((instance, message));

    /// <summary>
    /// Commits the new deadlines and the cursor. An instance without a unit stays as it is; a <see cref="CommitResult.Failed"/> one is set aside with an incident.
    /// </summary>
    /// <param name="businessNow">Business time, recorded on incidents and on the order when this was its last page.</param>
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

        await using (var batch = _transaction.Batch())
        {
            var incidents = IncidentRows.Insert();
            foreach (var (instance, message) in _parked)
            {
                incidents.Add($"calendar:{_sequence}:{instance:N}", instance, Instances[instance].OrganisationId, null, message, businessNow);
            }

            incidents.AddTo(batch);
            if (_next is { } next)
            {
                batch.Add("update calendar_replans set done_to = $2 where sequence = $1", _sequence, next);
            }
            else
            {
                batch.Add("update calendar_replans set finished_at = $2 where sequence = $1", _sequence, businessNow);
            }

            await batch.ExecuteNonQueryAsync(ct);
        }

        await _transaction.CommitAsync(ct);
        _wakeUps.Announce(committer.Wake);
        return results;
    }

    public ValueTask DisposeAsync() => _transaction.DisposeAsync();
}
