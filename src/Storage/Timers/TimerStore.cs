using NpgsqlTypes;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Instances;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Signals;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Timers;

/// <summary>A timer whose instant has come. <paramref name="DueAt"/> is business time.</summary>
public sealed record DueTimer(string Id, Guid InstanceId, string BookmarkId, TimerKind Kind, DateTimeOffset DueAt);

/// <summary>The timer rows: the truth about every deadline, reminder and delay.</summary>
public sealed class TimerStore(Database database, WakeUps wakeUps)
{
    /// <summary>
    /// Claims due timers in due order and holds them, with their instances, in an open transaction. A timer that another sweeper holds is passed over,
    /// and so is every timer of an instance that is being committed elsewhere.
    /// </summary>
    public async Task<ClaimedTimers> ClaimDueAsync(DateTimeOffset businessNow, int max, CancellationToken ct)
    {
        var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        try
        {
            // The instance is locked as well and first: it is what every commit locks, so nobody waits for anybody, and of the timers of one instance
            // no two are ever held by different sweepers.
            var timers = await transaction.QueryAsync(
                """
                select t.id, t.instance_id, t.bookmark_id, t.kind, t.due_at
                from instances i join timers t on t.instance_id = i.id
                where t.status = 'pending' and t.due_at <= $1
                order by t.due_at, t.id limit $2
                for no key update of i, t skip locked
                """,
                reader => new DueTimer(
                    reader.GetString(0), reader.GetGuid(1), reader.GetString(2), Enum.Parse<TimerKind>(reader.GetString(3)), reader.Instant(4)),
                ct, businessNow, max);
            var instances = await InstanceStore.LoadAsync(transaction, [.. timers.Select(timer => timer.InstanceId).Distinct()], ct);
            return new ClaimedTimers(transaction, database, wakeUps, timers, instances, businessNow);
        }
        catch
        {
            await transaction.DisposeAsync();
            throw;
        }
    }

    /// <summary>When the next pending timer is due; <c>null</c> when none is.</summary>
    public async Task<DateTimeOffset?> NextDueAsync(CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        var next = await transaction.QueryAsync("select min(due_at) from timers where status = 'pending'", reader => reader.InstantOrNull(0), ct);
        return next[0];
    }
}

/// <summary>Due timers and their instances, held until <see cref="CommitAsync"/>. Disposed without it, they are due again at once.</summary>
public sealed class ClaimedTimers : IAsyncDisposable
{
    private readonly TenantBatch _transaction;
    private readonly Database _database;
    private readonly WakeUps _wakeUps;
    private readonly DateTimeOffset _businessNow;
    private readonly List<(DueTimer Timer, string Message)> _parked = [];

    internal ClaimedTimers(
        TenantBatch transaction, Database database, WakeUps wakeUps, IReadOnlyList<DueTimer> timers, IReadOnlyDictionary<Guid, StoredInstance> instances,
        DateTimeOffset businessNow)
    {
        _transaction = transaction;
        _database = database;
        _wakeUps = wakeUps;
        _businessNow = businessNow;
        Timers = timers;
        Instances = instances;
    }

    /// <summary>In due order.</summary>
    public IReadOnlyList<DueTimer> Timers { get; }

    /// <summary>The instances of the timers, freshly loaded and locked, by id.</summary>
    public IReadOnlyDictionary<Guid, StoredInstance> Instances { get; }

    /// <summary>Sets a timer aside that cannot be fired; an incident tells the operator.</summary>
    public void Park(DueTimer timer, string message) => _parked.Add((timer, message));

    /// <summary>
    /// Commits the units and the claim. A unit names the timers it answers in <see cref="CommitUnit.ConsumedTimers"/>; the timers of a
    /// <see cref="CommitResult.Failed"/> unit are parked with an incident. Timers that no unit names and whose instance did not wait for
    /// them any more must be given as <paramref name="notWaiting"/>; those of an instance that a failed step has stopped are held until it goes on.
    /// </summary>
    public async Task<IReadOnlyList<CommitResult>> CommitAsync(IReadOnlyList<CommitUnit> units, IReadOnlyList<DueTimer> notWaiting, CancellationToken ct)
    {
        var committer = new Committer(_transaction, _database.Envelope);
        var results = await committer.ApplyAsync(units, ct);
        for (var index = 0; index < units.Count; index++)
        {
            if (results[index] is CommitResult.Failed failed)
            {
                _parked.AddRange(Timers.Where(timer => units[index].ConsumedTimers.Contains(timer.Id)).Select(timer => (timer, failed.Message)));
            }
        }

        await using (var batch = _transaction.Batch())
        {
            var fired = Rows.Update(
                "timers", [new("id", NpgsqlDbType.Text), new("at", NpgsqlDbType.TimestampTz)], $"status = {HeldRows.StatusOr("fired")}, settled_at = r.at", "t.id = r.id");
            var parked = Rows.Update("timers", [new("id", NpgsqlDbType.Text), new("at", NpgsqlDbType.TimestampTz)], "status = 'parked', settled_at = r.at", "t.id = r.id");
            var incidents = IncidentRows.Insert();
            foreach (var timer in notWaiting)
            {
                fired.Add(timer.Id, _businessNow);
            }

            foreach (var (timer, message) in _parked)
            {
                parked.Add(timer.Id, _businessNow);
                incidents.Add(SetAsideRows.Timer + timer.Id, timer.InstanceId, Instances[timer.InstanceId].OrganisationId, null, message, _businessNow);
            }

            fired.AddTo(batch);
            parked.AddTo(batch);
            incidents.AddTo(batch);
            if (batch.BatchCommands.Count > 0)
            {
                await batch.ExecuteNonQueryAsync(ct);
            }
        }

        await _transaction.CommitAsync(ct);
        _wakeUps.Announce(committer.Wake);
        return results;
    }

    public ValueTask DisposeAsync() => _transaction.DisposeAsync();
}
