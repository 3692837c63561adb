using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Cases;

/// <summary>A person decides about an incident.</summary>
public sealed record ResolveIncident
{
    public required string IncidentId { get; init; }

    public required IncidentDecision Decision { get; init; }

    /// <summary>By which outcome the flow goes on from a skipped step; null where there is only one.</summary>
    public string? Outcome { get; init; }

    /// <summary>Why; must be given for everything but a retry.</summary>
    public string? Reason { get; init; }

    /// <summary>Names this act: a second click with the same key gets the first answer and does nothing.</summary>
    public required string IdempotencyKey { get; init; }
}

/// <summary>What came of the decision.</summary>
public abstract record ResolveIncidentResult
{
    private ResolveIncidentResult()
    {
    }

    /// <summary>Carried out. The step may have failed again, which is another incident.</summary>
    /// <param name="CaseNumber">Null for an instance without a case.</param>
    public sealed record Resolved(string? CaseNumber, bool FailedAgain) : ResolveIncidentResult;

    /// <summary>There is no such open incident for this person: unknown, settled, or of another organisation; which of these is not told.</summary>
    public sealed record NotFound : ResolveIncidentResult;

    /// <summary>The key named another act before.</summary>
    public sealed record KeyReused : ResolveIncidentResult;

    /// <summary>It may not or cannot be done; the message (zh-CN) says why and what to do.</summary>
    public sealed record Refused(string Message) : ResolveIncidentResult;
}

/// <summary>An open incident as the person who looks at it may see it and act on it.</summary>
/// <param name="CaseTitle">Null for who reads no cases.</param>
/// <param name="Step">Its name on the drawing; null when the incident is not about a step.</param>
/// <param name="Decisions">What this person may decide; none when nothing stands still, or it is for others.</param>
/// <param name="Outcomes">By which a skipped step may go on, when there are several.</param>
/// <param name="Advice">zh-CN.</param>
public sealed record IncidentView(
    string Id, string? CaseNumber, string? CaseTitle, string Flow, string? Step, string Authority, string Message, DateTimeOffset RaisedAt, bool StandsStill,
    IReadOnlyList<IncidentDecision> Decisions, IReadOnlyList<OutcomeChoice> Outcomes, string Advice);

/// <summary>A way on from a step.</summary>
/// <param name="Name">In the flow.</param>
/// <param name="Label">As people know it (zh-CN); the name where it has no other.</param>
public sealed record OutcomeChoice(string Name, string Label);
