using WorkflowEngine.Storage.Audit;

namespace WorkflowEngine.Bench.Chaos;

/// <summary>When an act was asked for and acknowledged, on the rig's clock.</summary>
internal sealed record Answered(TimeSpan Asked, TimeSpan At);

/// <summary>The mark of an intent, found in a form or a message that the database keeps.</summary>
/// <param name="Case">Null where the row belongs to no case.</param>
internal sealed record FoundMark(string Mark, string? Case);

/// <summary>A case as the database has it.</summary>
/// <param name="Shape">Its tasks, steps, letters, timers, keys, requests and children, counted, a line each.</param>
internal sealed record StoredCase(string? Outcome, string Shape);

/// <summary>An instance as the database has it.</summary>
/// <param name="IsAwaited">Something will wake it: a task, a timer, a signal, an expectation, a request or a child.</param>
/// <param name="Revision">Of its state.</param>
/// <param name="Revisions">Of the bursts that the audit trail recorded, in the order in which they were committed.</param>
internal sealed record StoredRun(string Id, string Definition, bool IsRunning, bool IsAwaited, int Revision, IReadOnlyList<int> Revisions);

internal sealed record StoredSignal(string Id, string Name, string Status);

internal sealed record StoredTimer(string Id, string Status, DateTimeOffset DueAt, DateTimeOffset? SettledAt);

/// <param name="Error">Empty: none.</param>
internal sealed record QueuedMail(string MessageId, string Status, string Error);

internal sealed record StoredRequest(string Id, string Status);

/// <summary>All that is known when a run is over: what clients were told, what the database holds, and what came out of it.</summary>
internal sealed record Evidence
{
    public required LedgerContents Ledger { get; init; }

    public required IReadOnlyList<FoundMark> Marks { get; init; }

    /// <summary>By task: its outcome.</summary>
    public required IReadOnlyDictionary<string, string?> ClosedTasks { get; init; }

    /// <summary>By number.</summary>
    public required IReadOnlyDictionary<string, StoredCase> Cases { get; init; }

    public required IReadOnlyList<StoredRun> Runs { get; init; }

    public required IReadOnlyList<string> Incidents { get; init; }

    public required IReadOnlyList<StoredSignal> Signals { get; init; }

    public required IReadOnlyList<StoredTimer> Timers { get; init; }

    public required IReadOnlyList<QueuedMail> Mails { get; init; }

    /// <summary>By Message-ID: when the mail server took it, on the rig's clock.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<TimeSpan>> Received { get; init; }

    public required IReadOnlyList<StoredRequest> Requests { get; init; }

    /// <summary>The idempotency key of each request that the other system got.</summary>
    public required IReadOnlyList<string> Asked { get; init; }

    public required AuditReport Audit { get; init; }

    /// <summary>That the reconciler found.</summary>
    public required long Orphans { get; init; }

    public required IReadOnlyList<Fault> Faults { get; init; }

    public required IReadOnlyList<Answered> Answers { get; init; }

    /// <summary>Answers that no client should have got.</summary>
    public required IReadOnlyList<string> Surprises { get; init; }

    /// <summary>By host: times it ended although nobody killed it, after it had begun to serve.</summary>
    public required IReadOnlyDictionary<string, int> EndedByItself { get; init; }

    /// <summary>System time at which the database was read.</summary>
    public required DateTimeOffset ReadAt { get; init; }

    /// <summary>From the last client's end until nothing was on its way any more.</summary>
    public required TimeSpan Drained { get; init; }

    /// <summary>Over HTTP.</summary>
    public required int Tries { get; init; }

    /// <summary>Intents that went to both hosts at once.</summary>
    public required int Doubled { get; init; }
}
