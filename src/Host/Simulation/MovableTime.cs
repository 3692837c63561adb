namespace WorkflowEngine.Host.Simulation;

/// <summary>Business time that stands still until it is moved, and never moves back.</summary>
public sealed class MovableTime(DateTimeOffset start) : TimeProvider
{
    private long _utcTicks = start.UtcTicks;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _utcTicks), TimeSpan.Zero);

    /// <exception cref="ArgumentOutOfRangeException">The instant lies before the present one.</exception>
    public void MoveTo(DateTimeOffset instant)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(instant, GetUtcNow());
        Interlocked.Exchange(ref _utcTicks, instant.UtcTicks);
    }
}
