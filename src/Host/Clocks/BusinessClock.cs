namespace WorkflowEngine.Host.Clocks;

/// <summary>
/// The time that the procedures run on: deadlines, signature windows, validity, the date of an act. In a simulation it
/// stands still and moves only when told to. Never use it for leases, sessions or retries: those belong to <see cref="SystemClock"/>.
/// </summary>
public sealed class BusinessClock(TimeProvider time)
{
    /// <summary>China Standard Time. The mainland has had no daylight saving since 1991, and no flow reaches back that far.</summary>
    public static readonly TimeSpan Offset = TimeSpan.FromHours(8);

    /// <summary>The business instant, in +08:00.</summary>
    public DateTimeOffset Now => time.GetUtcNow().ToOffset(Offset);

    /// <summary>The calendar date in Asia/Shanghai: the date an act counts for, whatever the hour.</summary>
    public DateOnly Today => DateOnly.FromDateTime(Now.DateTime);
}
