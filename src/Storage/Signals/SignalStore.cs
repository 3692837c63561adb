using System.Text.Json.Nodes;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Instances;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Storage.Signals;

public enum SignalKind
{
    /// <summary>Wakes a bookmark of an instance.</summary>
    Message,

    /// <summary>Starts a child instance, whose id is <see cref="PendingSignal.InstanceId"/>.</summary>
    StartChild,

    /// <summary>Tells a parent that its child has ended.</summary>
    ChildFinished,
}

/// <summary>Something one instance, or the ingest, tells another. The only way in which instances talk.</summary>
/// <param name="BookmarkId">The bookmark to wake; <c>null</c>: the one that waits for <paramref name="Name"/>.</param>
/// <param name="Payload">The message; for <see cref="SignalKind.StartChild"/> <c>{definitionId, correlationId, input, parent, bookmarkId}</c>; for
/// <see cref="SignalKind.ChildFinished"/> <c>{child, faulted, output}</c>.</param>
public sealed record PendingSignal(string Id, SignalKind Kind, Guid InstanceId, string? BookmarkId, string Name, JsonNode? Payload);

/// <summary>The signal rows.</summary>
public sealed class SignalStore(Database database)
{
    /// <summary>Claims pending signals, oldest first, and holds them with their instances in an open transaction.</summary>
    public Task<ClaimedSignals> ClaimAsync(int max, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");

    /// <summary>
    /// Tells every instance that expects <paramref name="name"/> for <paramref name="key"/>; the number of instances told.
    /// A signal that is still pending for the same bookmark is not repeated: whoever answers it reads the facts afresh.
    /// </summary>
    public Task<int> SendToExpectingAsync(string name, string key, JsonNode? payload, DateTimeOffset businessNow, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");
}

/// <summary>Pending signals and their instances, held until <see cref="CommitAsync"/>. Disposed without it, they are pending again at once.</summary>
public sealed class ClaimedSignals : IAsyncDisposable
{
    internal ClaimedSignals()
    {
    }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<PendingSignal> Signals { get; } = [];

    /// <summary>The addressed instances that exist, freshly loaded and locked, by id.</summary>
    public IReadOnlyDictionary<Guid, StoredInstance> Instances { get; } = new Dictionary<Guid, StoredInstance>();

    /// <summary>Sets a signal aside that cannot be delivered; an incident tells the operator.</summary>
    public void Park(PendingSignal signal, string message) => throw new NotSupportedException($"Follows for {signal}, {message}.");

    /// <summary>As <see cref="Timers.ClaimedTimers.CommitAsync"/>, with <see cref="CommitUnit.ConsumedSignals"/>.</summary>
    public Task<IReadOnlyList<CommitResult>> CommitAsync(IReadOnlyList<CommitUnit> units, IReadOnlyList<PendingSignal> notWaiting, CancellationToken ct) =>
        throw new NotSupportedException("Follows.");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
