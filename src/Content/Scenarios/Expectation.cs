namespace WorkflowEngine.Content.Scenarios;

/// <summary>What must be so after an act. Members that are null were not written and are not looked at.</summary>
public sealed record Expectation
{
    /// <summary>The case that is looked at.</summary>
    public required string Case { get; init; }

    /// <summary>1-based, in the file.</summary>
    public required int Line { get; init; }

    /// <summary>The act is refused, and the reason contains this; empty: whatever the reason.</summary>
    public string? Refused { get; init; }

    /// <summary>Exactly the open tasks.</summary>
    public IReadOnlyList<ExpectedTask>? Tasks { get; init; }

    /// <summary>Exactly what is offered without being work, by step.</summary>
    public IReadOnlyList<string>? Options { get; init; }

    /// <summary>Clocks by name, each as written.</summary>
    public IReadOnlyList<ExpectedClock>? Clocks { get; init; }

    /// <summary>Exactly the open warnings.</summary>
    public IReadOnlyList<ExpectedWarning>? Warnings { get; init; }

    /// <summary>Exactly the notices that were sent at the instant of the act.</summary>
    public IReadOnlyList<ExpectedNotice>? Notices { get; init; }

    /// <summary>Since the act before, and up to this instant, no notice was sent and no warning raised.</summary>
    public bool Quiet { get; init; }

    /// <summary>How the case ended; the value is null while it is open.</summary>
    public ExpectedOutcome? Outcome { get; init; }

    public ExpectedKeys? Keys { get; init; }

    public ExpectedTraffic? Traffic { get; init; }

    /// <summary>Who can open the case.</summary>
    public IReadOnlyList<Participant>? Readers { get; init; }

    /// <summary>For whom the case does not exist.</summary>
    public IReadOnlyList<Participant>? NotReaders { get; init; }

    /// <summary>The act opened another case, called this from here on.</summary>
    public string? Opens { get; init; }

    internal IEnumerable<Participant> People() =>
    [
        .. Notices?.Select(notice => notice.To) ?? [], .. Readers ?? [], .. NotReaders ?? [],
        .. (Tasks?.Select(task => task.Of) ?? []).OfType<Participant>(), .. (Warnings?.Select(warning => warning.Of) ?? []).OfType<Participant>(),
    ];
}

/// <summary>An open task. Start and due are dates in Asia/Shanghai.</summary>
/// <param name="Of">Whose it is; null: not looked at, as with every other member.</param>
/// <param name="HasNoLimit">The task has no due date.</param>
public sealed record ExpectedTask(string Step, Participant? Of, DateOnly? Start, DateOnly? Due, bool HasNoLimit, bool? Provisional);

/// <summary>A named clock, in working days.</summary>
/// <param name="Left">Allotted less used; below zero when late.</param>
public sealed record ExpectedClock(string Name, int? Used, int? Left, bool? Running);

/// <param name="Due">The last day for the answer.</param>
public sealed record ExpectedWarning(string Step, Participant? Of, DateOnly? Due);

/// <param name="Says">Texts that the letter contains.</param>
public sealed record ExpectedNotice(string Template, Participant To, IReadOnlyList<string> Says);

public sealed record ExpectedOutcome(string? Value);

/// <summary>How many keys of the case are good and how many are not any more.</summary>
public sealed record ExpectedKeys(int? Active, int? Revoked);

/// <summary>What the platform made of the messages of the act.</summary>
/// <param name="Answers">How often each answer code came.</param>
/// <param name="Stored">Requests that were taken as right.</param>
/// <param name="Findings">Fields that the findings name, at least these.</param>
public sealed record ExpectedTraffic(IReadOnlyDictionary<string, int>? Answers, int? Stored, IReadOnlyList<string> Findings);
