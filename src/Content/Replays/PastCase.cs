using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Calendars;

namespace WorkflowEngine.Content.Replays;

/// <summary>What was filed and done in a period. No personal data, no secrets, no letters.</summary>
/// <param name="Until">Business time up to which what falls due is carried out.</param>
/// <param name="Cases">In the order in which they were filed.</param>
public sealed record PastPeriod(DateTimeOffset Until, IReadOnlyList<PastCase> Cases)
{
    /// <summary>The calendars of the time, in the order in which they came into force; none: the one that is published counts throughout.</summary>
    public IReadOnlyList<CalendarInForce> Calendars { get; init; } = [];

    /// <summary>Cases that nobody opened with a form, so that they cannot be opened again.</summary>
    public int NotFiled { get; init; }
}

/// <param name="From">Business time.</param>
public sealed record CalendarInForce(DateTimeOffset From, WorkingDayCalendar Calendar);

/// <summary>A case as it really was: who filed what and when, and what people and devices did then.</summary>
public sealed record PastCase
{
    /// <summary>办件编号.</summary>
    public required string Number { get; init; }

    /// <summary>Definition id.</summary>
    public required string Flow { get; init; }

    /// <summary>Organisation id.</summary>
    public required string Authority { get; init; }

    /// <summary>Organisation id.</summary>
    public required string Applicant { get; init; }

    /// <summary><c>vendor</c> or <c>contractor</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Business time.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The open values of the form that opened it.</summary>
    public required JsonObject Values { get; init; }

    /// <summary>办件编号 of the case that was handed on (转办): this one was opened by the flow, not by its applicant.</summary>
    public string? Continues { get; init; }

    /// <summary>Replayed because others look at it (an earlier application, a complaint), and not counted.</summary>
    public bool IsContext { get; init; }

    /// <summary>Who filed it asked not to be named to the authority: not for a file.</summary>
    public bool IsConfidential { get; init; }

    /// <summary>In the order of time.</summary>
    public IReadOnlyList<PastAct> Acts { get; init; } = [];

    /// <summary>Requests of the case's keys, in the order of time.</summary>
    public IReadOnlyList<PastRequest> Requests { get; init; } = [];
}

/// <summary>A task that a person finished: a step of the case, the answer to a warning, or something that a party may do.</summary>
/// <param name="At">Business time.</param>
/// <param name="Organisation">Organisation id.</param>
/// <param name="Role">Of who finished it, who may be another than the task was for: a leader decides in the place of an officer.</param>
/// <param name="Values">The open values of its form.</param>
public sealed record PastAct(DateTimeOffset At, string Step, string Organisation, string Role, string Outcome, JsonObject Values);

/// <summary>Requests of one kind that devices sent at one moment, as they were judged then.</summary>
/// <param name="At">Business time.</param>
/// <param name="Key">Which of the case's keys, 1 is the oldest.</param>
/// <param name="Code">What was answered.</param>
/// <param name="Records">Records among them that had not come before, and <paramref name="Workers"/> likewise.</param>
public sealed record PastRequest(DateTimeOffset At, int Key, string Method, bool IsAccepted, string Code, int Times, int Records, int Workers);
