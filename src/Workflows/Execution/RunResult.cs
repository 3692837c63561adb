using System.Text.Json.Nodes;

namespace WorkflowEngine.Workflows.Execution;

/// <summary>What came of a stimulus.</summary>
public abstract record RunResult
{
    private RunResult()
    {
    }

    /// <summary>The burst ran until nothing more could run. Nothing has happened yet: commit it.</summary>
    public sealed record Ran(Burst Burst) : RunResult
    {
        /// <summary>The stimulus led in a circle and has had no effect: the burst holds no more than the incident that says so. Who is waiting for an answer must be told.</summary>
        public bool IsTakenBack { get; init; }
    }

    /// <summary>The burst reads facts that were not given. Load them and run again from the same state.</summary>
    public sealed record NeedFacts(IReadOnlyList<FactKey> Keys) : RunResult;

    /// <summary>The stimulus is understood and not allowed. <paramref name="Message"/> (zh-CN) tells the person why and what to do.</summary>
    public sealed record Refused(string Code, string Message) : RunResult;

    /// <summary>What the stimulus speaks of does not wait any more (answered, cancelled, fired already). Nothing happens.</summary>
    public sealed record NotWaiting : RunResult
    {
        public static NotWaiting Instance { get; } = new();
    }
}

/// <summary>The outcome of one burst: the new state, what is remembered, what is to be done.</summary>
public sealed record Burst(WorkflowState State, IReadOnlyList<JournalEntry> Journal, IReadOnlyList<Effect> Effects)
{
    /// <summary>First bursts of child instances that ran inside this one; only where the runner was asked to run them so.</summary>
    internal IReadOnlyList<ChildBurst> Children { get; init; } = [];
}

/// <summary>A child instance's first burst.</summary>
/// <param name="At">How many effects of the parent's burst precede it.</param>
/// <param name="BookmarkId">Where the parent waits for the child's end, when the child has not ended and the parent waits.</param>
internal sealed record ChildBurst(int At, Definitions.WorkflowDefinition Definition, Burst Burst, string? BookmarkId);

/// <summary>
/// One remembered event of an activity. <paramref name="Event"/> is Started, Resumed, Suspended, Completed, Faulted, Canceled, Fired (a side port), or what a person decided about a failed step: Retried, Skipped, GivenUp.
/// </summary>
/// <param name="Ordinal">Place within the burst.</param>
/// <param name="Outcomes">Of a completion that named its outcomes; <c>null</c> means the default, Done.</param>
public sealed record JournalEntry(
    int Ordinal,
    DateTimeOffset At,
    string ActivityId,
    string ActivityType,
    string Event,
    IReadOnlyList<string>? Outcomes,
    JsonObject? Details,
    Actor? By);
