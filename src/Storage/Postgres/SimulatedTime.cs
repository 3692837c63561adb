namespace WorkflowEngine.Storage.Postgres;

/// <summary>The business time of a simulated database. It is stored, and it never goes back.</summary>
public sealed class SimulatedTime(Database database)
{
    /// <summary><c>null</c> before the first <see cref="AdvanceAsync"/>.</summary>
    public Task<DateTimeOffset?> NowAsync(CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");

    /// <summary>Moves to the instant, or stays when it is not later; the time it is then.</summary>
    public Task<DateTimeOffset> AdvanceAsync(DateTimeOffset to, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");
}
