using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Instances;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Timers;

/// <summary>A timer whose instant has come. <paramref name="DueAt"/> is business time.</summary>
public sealed record DueTimer(string Id, Guid InstanceId, string BookmarkId, TimerKind Kind, DateTimeOffset DueAt);

/// <summary>The timer rows: the truth about every deadline, reminder and delay.</summary>
public sealed class TimerStore(Database database)
{
    /// <summary>
    /// Claims due timers in due order and holds them, with their instances, in an open transaction. A timer that another sweeper holds is passed over,
    /// and so is every timer of an instance that is being committed elsewhere.
    /// </summary>
    public Task<ClaimedTimers> ClaimDueAsync(DateTimeOffset businessNow, int max, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");

    /// <summary>When the next pending timer is due; <c>null</c> when none is.</summary>
    public Task<DateTimeOffset?> NextDueAsync(CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");
}

/// <summary>Due timers and their instances, held until <see cref="CommitAsync"/>. Disposed without it, they are due again at once.</summary>
public sealed class ClaimedTimers : IAsyncDisposable
{
    internal ClaimedTimers()
    {
    }

    /// <summary>In due order.</summary>
    public IReadOnlyList<DueTimer> Timers { get; } = [];

    /// <summary>The instances of the timers, freshly loaded and locked, by id.</summary>
    public IReadOnlyDictionary<Guid, StoredInstance> Instances { get; } = new Dictionary<Guid, StoredInstance>();

    /// <summary>Sets a timer aside that cannot be fired; an incident tells the operator.</summary>
    public void Park(DueTimer timer, string message) => throw new NotSupportedException($"Follows for {timer}, {message}.");

    /// <summary>
    /// Commits the units and the claim. A unit names the timers it answers in <see cref="CommitUnit.ConsumedTimers"/>; the timers of a
    /// <see cref="CommitResult.Failed"/> unit are parked with an incident. Timers that no unit names and whose instance did not wait for
    /// them any more must be given as <paramref name="notWaiting"/>.
    /// </summary>
    public Task<IReadOnlyList<CommitResult>> CommitAsync(IReadOnlyList<CommitUnit> units, IReadOnlyList<DueTimer> notWaiting, CancellationToken ct) =>
        throw new NotSupportedException("Follows.");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
