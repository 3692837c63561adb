namespace WorkflowEngine.Host.Clocks;

/// <summary>Real time, in a simulation as well: leases, sessions, retries, file stamps, the beat of the sweeper.</summary>
public sealed class SystemClock(TimeProvider time)
{
    /// <summary>The real instant, in UTC.</summary>
    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>For what wants a provider rather than an instant: timers, delays, back-off.</summary>
    public TimeProvider Time => time;
}
