using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Storage.Signals;

/// <summary>What there is to do, somewhere among the hosts.</summary>
[Flags]
public enum Wake
{
    None = 0,
    Timers = 1,
    Signals = 2,
    Outbox = 4,
    Content = 8,
}

/// <summary>
/// Tells all hosts that there is work. Sent after commit and coalesced, because <c>NOTIFY</c> inside a transaction serialises commits. A lost one is
/// harmless: sweepers also look by themselves.
/// </summary>
public sealed class WakeUps(Database database)
{
    private readonly List<Action<Wake>> _handlers = [];

    /// <summary>Calls the handler for every announcement: of this process at once, of the others by <c>LISTEN</c>. It must return quickly and not throw.</summary>
    public void OnWake(Action<Wake> handler) => _handlers.Add(handler);

    public void Announce(Wake work) => _handlers.ForEach(handler => handler(work));

    /// <summary>Listens for other hosts' announcements until cancelled; reconnects by itself.</summary>
    public Task ListenAsync(CancellationToken ct) => throw new NotSupportedException($"Follows on {database}.");
}
