using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Content.Scenarios.Playing;

/// <summary>A case as everybody together sees it at one moment, whichever platform it is on: what expectations are held against.</summary>
/// <param name="JournalLength">Entries of the journal.</param>
/// <param name="Clocks">One whose work is done stands at the date on which it was done.</param>
public sealed record CaseSight(
    string Number, string Flow, Guid InstanceId, string ReleaseId, int Revision, int JournalLength, string? Outcome, DateTimeOffset? ClosedAt, IReadOnlyList<TaskSight> Tasks,
    IReadOnlyList<WarningSight> Warnings, IReadOnlyList<NoticeSight> Notices, IReadOnlyList<KeySight> Keys, IReadOnlyList<NamedClock> Clocks, IReadOnlyList<IncidentSight> Incidents)
{
    public IEnumerable<TaskSight> Open(TaskKind kind) => Tasks.Where(task => task.IsOpen && task.Kind == kind);

    /// <param name="doneAt">When the last task on the clock was closed; null: it is open.</param>
    public static NamedClock ClockOf(string name, int allotted, int used, DateOnly? runningSince, DateTimeOffset? doneAt) =>
        new(name, allotted, used, runningSince, StoppedOn: doneAt is { } at ? Deadlines.DateOf(at) : null);
}

/// <summary>A task, open or closed. Dates are those of Asia/Shanghai.</summary>
/// <param name="OverdueAt">The instant from which it is late.</param>
/// <param name="Outcomes">What a person may choose.</param>
public sealed record TaskSight(
    string Id, string Step, TaskKind Kind, string Title, string OrganisationId, string OrganisationName, string Role, DateOnly? Start, DateOnly? Due, bool Provisional,
    DateTimeOffset? OverdueAt, DateTimeOffset OpenedAt, DateTimeOffset? ClosedAt, string? Outcome, string? ClosedBy, IReadOnlyList<TaskOutcome> Outcomes)
{
    public bool IsOpen => ClosedAt is null;
}

public sealed record WarningSight(
    string Id, string Step, string Title, WarningColour Colour, string OrganisationId, string OrganisationName, DateTimeOffset RaisedAt, DateOnly? AnswerDue, DateTimeOffset? AnsweredAt);

public sealed record NoticeSight(string Id, string Template, string OrganisationId, string OrganisationName, string? Role, string Subject, DateTimeOffset SentAt);

/// <summary>A key, without its secret.</summary>
/// <param name="KeyId">The <c>appid</c>.</param>
public sealed record KeySight(string Id, string KeyId, DateTimeOffset IssuedAt, DateTimeOffset? RevokedAt);

/// <summary>Something that went wrong inside the platform.</summary>
public sealed record IncidentSight(string Id, string? Step, string Message);

/// <summary>A request that devices sent, with what the platform found in it.</summary>
public sealed record RequestSight(string Id, string Method, bool IsAccepted, string Code, DateTimeOffset ReceivedAt, IReadOnlyList<FindingTold> Findings);
