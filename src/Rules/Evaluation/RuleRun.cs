namespace WorkflowEngine.Rules;

/// <summary>What a run needs to know besides its facts. Time comes from the caller: rules have no clock.</summary>
public sealed record RuleRun
{
    /// <summary>The date that decides which rules are in force, in the business zone (Asia/Shanghai).</summary>
    public required DateOnly BusinessDate { get; init; }

    /// <summary>
    /// The answer to <c>DateTime.Now</c>, <c>UtcNow</c> and <c>Today</c> inside expressions, in the business zone's offset.
    /// Null: midnight of <see cref="BusinessDate"/> at +08:00.
    /// </summary>
    public DateTimeOffset? Now { get; init; }

    internal DateTimeOffset Instant =>
        Now ?? new DateTimeOffset(BusinessDate.ToDateTime(TimeOnly.MinValue), TimeSpan.FromHours(8));
}
