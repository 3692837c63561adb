namespace WorkflowEngine.Storage.Postgres;

/// <summary>The business time of a simulated database. It is stored, and it never goes back.</summary>
public sealed class SimulatedTime(Database database)
{
    /// <summary><c>null</c> before the first <see cref="AdvanceAsync"/>.</summary>
    public async Task<DateTimeOffset?> NowAsync(CancellationToken ct)
    {
        await using var command = database.Engine.CreateCommand("select simulated_now from installation");
        return await command.ExecuteScalarAsync(ct) is DateTime now ? new DateTimeOffset(now, TimeSpan.Zero) : null;
    }

    /// <summary>Moves to the instant, or stays when it is not later; the time it is then.</summary>
    /// <exception cref="InvalidOperationException">The database is not a simulated one.</exception>
    public async Task<DateTimeOffset> AdvanceAsync(DateTimeOffset to, CancellationToken ct)
    {
        await using var command = database.Engine.CreateCommand(
            "update installation set simulated_now = greatest(simulated_now, $1) where simulated returning simulated_now");
        command.Parameters.Add(new() { Value = to.UtcDateTime });
        return await command.ExecuteScalarAsync(ct) is DateTime now
            ? new DateTimeOffset(now, TimeSpan.Zero)
            : throw new InvalidOperationException("Business time can be moved in a simulated database only.");
    }
}
