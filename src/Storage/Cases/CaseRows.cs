using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Cases;

/// <summary>A line of a task list.</summary>
/// <param name="CaseTitle"><c>null</c>, as the applicant's name, when the case is not the reader's to see: it was opened in confidence.</param>
/// <param name="DueDate">Last day, in Asia/Shanghai.</param>
/// <param name="Provisional">The due date may move when the next year's calendar is published.</param>
/// <param name="OverdueAt">The instant from which it is late.</param>
public sealed record TaskLine(
    string Id,
    Guid InstanceId,
    string? CaseNumber,
    string? CaseTitle,
    string? ApplicantName,
    TaskKind Kind,
    string Title,
    string OrganisationId,
    string OrganisationName,
    string Role,
    bool Open,
    DateTimeOffset OpenedAt,
    DateOnly? StartDate,
    DateOnly? DueDate,
    bool Provisional,
    DateTimeOffset? OverdueAt);

/// <summary>A task with everything its form needs, or, when it is closed, with what was decided.</summary>
public sealed record TaskDetail(
    TaskLine Line,
    string ActivityId,
    string Party,
    string FormId,
    IReadOnlyList<TaskOutcome> Outcomes,
    string? Clock,
    string? WarningId,
    JsonObject? Data,
    TaskEnd? End,
    string? Outcome,
    JsonObject? Values,
    string? ClosedBy,
    DateTimeOffset? ClosedAt,
    string ReleaseId)
{
    /// <summary>
    /// It is internal until a decision that was not taken: what was answered, and with which outcome, is not this reader's to see. What such a task was given
    /// stays with who does it and those above.
    /// </summary>
    public bool IsWithheld { get; init; }
}

/// <summary>Which tasks a list shows. Everything <c>null</c>: all open tasks of the tenant's own organisation.</summary>
public sealed record TaskFilter
{
    /// <summary>Tasks of these kinds; <c>null</c>: what somebody waits for, so no <see cref="TaskKind.Option"/>.</summary>
    public IReadOnlyList<TaskKind>? Kinds { get; init; }

    /// <summary>Tasks of this role only.</summary>
    public string? Role { get; init; }

    /// <summary>Tasks of this organisation (own or below); <c>null</c>: own.</summary>
    public string? OrganisationId { get; init; }

    /// <summary>Tasks of every organisation below as well.</summary>
    public bool WithSubordinates { get; init; }

    /// <summary><c>true</c> open, <c>false</c> closed.</summary>
    public bool Open { get; init; } = true;

    /// <summary>Only tasks that are late at this instant (business time).</summary>
    public DateTimeOffset? OverdueAt { get; init; }

    /// <summary>Only tasks due on this day or before.</summary>
    public DateOnly? DueBy { get; init; }

    /// <summary>Part of the case number, of the title or of the applicant's name.</summary>
    public string? Search { get; init; }

    /// <summary>From 0.</summary>
    public int Page { get; init; }

    /// <summary>At most 100.</summary>
    public int PageSize { get; init; } = 50;
}

/// <summary>A page of a longer list.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, int Total);

/// <summary>A line of a case list.</summary>
/// <param name="LinkedTo">办件编号 of the case that this one is about or continues.</param>
/// <param name="IsConfidential">The applicant is not named to the authority.</param>
public sealed record CaseLine(
    Guid InstanceId,
    string Number,
    string Title,
    string FlowId,
    string ApplicantId,
    string ApplicantName,
    string AuthorityId,
    string AuthorityName,
    DateTimeOffset SubmittedAt,
    string? Outcome,
    DateTimeOffset? ClosedAt,
    int OpenWarnings,
    string? LinkedTo = null,
    bool IsConfidential = false)
{
    /// <summary>The content that the case runs on.</summary>
    public string ReleaseId { get; init; } = "";
}

public sealed record CaseFilter
{
    /// <summary><c>true</c> open, <c>false</c> decided, <c>null</c> both.</summary>
    public bool? Open { get; init; }

    public string? FlowId { get; init; }

    /// <summary>Part of the number, of the title or of the applicant's name.</summary>
    public string? Search { get; init; }

    public int Page { get; init; }

    public int PageSize { get; init; } = 50;
}

/// <summary>Everything a case page shows.</summary>
/// <param name="Tasks">Open and closed, in the order they were opened.</param>
/// <param name="ReleaseId">The content the case runs on.</param>
public sealed record CaseView(
    CaseLine Line,
    string ReleaseId,
    int Revision,
    InstanceStatus Status,
    IReadOnlyList<TaskDetail> Tasks,
    IReadOnlyList<TimelineEntry> Timeline,
    IReadOnlyList<WarningLine> Warnings,
    IReadOnlyList<NoticeLine> Notices,
    IReadOnlyList<CredentialLine> Credentials,
    IReadOnlyList<ClockLine> Clocks,
    IReadOnlyList<SubmissionLine> Submissions,
    IReadOnlyList<IncidentLine> Incidents)
{
    /// <summary>Cases about this one, or that continue it, as the reader may see them; newest first, at most 50.</summary>
    public IReadOnlyList<CaseLine> Linked { get; init; } = [];
}

/// <summary>One journal entry, in order.</summary>
public sealed record TimelineEntry(
    int Revision,
    int Ordinal,
    DateTimeOffset At,
    string ActivityId,
    string ActivityType,
    string Event,
    IReadOnlyList<string>? Outcomes,
    JsonObject? Details,
    string? ByName,
    string? ByOrganisationId,
    string? ByRole);

public sealed record WarningLine(
    string Id,
    Guid InstanceId,
    string? CaseNumber,
    string? CaseTitle,
    string ActivityId,
    WarningColour Colour,
    OrganisationLevel Level,
    string OrganisationId,
    string OrganisationName,
    string? AboutTaskId,
    string Title,
    DateTimeOffset RaisedAt,
    DateOnly? AnswerDue,
    DateTimeOffset? AnsweredAt,
    string? AnsweredBy,
    JsonObject? Answer);

/// <summary>A notice in an inbox.</summary>
/// <param name="ReadAt">When this user read it; <c>null</c>: not yet.</param>
public sealed record NoticeLine(
    string Id,
    Guid? InstanceId,
    string? CaseNumber,
    string Template,
    string OrganisationId,
    string OrganisationName,
    string? Role,
    string Subject,
    DateTimeOffset SentAt,
    DateTimeOffset? ReadAt);

/// <summary>A notice opened. <paramref name="Html"/> was escaped when it was rendered.</summary>
public sealed record NoticeView(NoticeLine Line, string Html, string Text);

/// <summary>A key as it may be shown at any time: without its secret.</summary>
public sealed record CredentialLine(
    string Id,
    string KeyId,
    Guid InstanceId,
    string? CaseNumber,
    CredentialStage Stage,
    string Label,
    string SigningProfile,
    string HolderId,
    string HolderName,
    string AuthorityId,
    string AuthorityName,
    DateTimeOffset IssuedAt,
    DateTimeOffset? RevealedAt,
    DateTimeOffset? RevokedAt,
    string? RevokeReason)
{
    /// <summary>Construction permit of the one project that it may send for; null: any.</summary>
    public string? Permit { get; init; }
}

/// <summary>A named clock of a case (working days).</summary>
public sealed record ClockLine(string Name, int Allotted, int Used, DateOnly? RunningSince);

public sealed record SubmissionLine(Guid Id, string FormId, string OrganisationId, JsonObject Values, DateTimeOffset SubmittedAt, string SubmittedBy);

public sealed record IncidentLine(string Id, Guid? InstanceId, string? ActivityId, string Message, DateTimeOffset RaisedAt, DateTimeOffset? ResolvedAt);

/// <summary>One request of a credential, with what was found in it.</summary>
/// <param name="Times">How many requests it stands for; more than one where they were turned away alike.</param>
public sealed record ConformanceLine(
    Guid Id,
    string Method,
    bool Accepted,
    string Code,
    string Message,
    DateTimeOffset ReceivedAt,
    int Records,
    int NewRecords,
    int Times,
    IReadOnlyList<Ingest.IngestFinding> Findings);

/// <summary>What a credential's test traffic looked like.</summary>
public sealed record ConformanceView(CredentialLine Credential, JsonObject Summary, Page<ConformanceLine> Requests);
