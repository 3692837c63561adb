using System.Text.Json.Nodes;

namespace WorkflowEngine.Workflows.Execution;

/// <summary>What wakes an instance. One stimulus makes one burst.</summary>
public abstract record Stimulus
{
    private Stimulus()
    {
    }

    /// <summary>
    /// Begin. <paramref name="TriggerActivityId"/> names the trigger that was met, if the flow has several; <paramref name="Request"/> is what an endpoint was met with.
    /// </summary>
    public sealed record Start(string? TriggerActivityId, JsonObject Input, string? CorrelationId, IncomingRequest? Request = null) : Stimulus;

    /// <summary>A person finished a task. <paramref name="Values"/> holds the form's values without personal data.</summary>
    public sealed record TaskCompleted(string TaskId, string Outcome, JsonObject Values, Actor By) : Stimulus;

    /// <summary>A timer's instant has come.</summary>
    public sealed record TimerFired(string TimerId) : Stimulus;

    /// <summary>What a bookmark waited for has arrived: a message, an event, an external task's result, a signal.</summary>
    public sealed record MessageArrived(string BookmarkId, JsonNode? Payload) : Stimulus;

    /// <summary>A child instance that was waited for has ended.</summary>
    public sealed record ChildFinished(string BookmarkId, Guid ChildInstanceId, bool Faulted, JsonObject Output) : Stimulus;

    /// <summary>Somebody ends the case from outside the flow: withdrawal by right, an operator's order.</summary>
    public sealed record Cancel(string Reason, Actor By) : Stimulus;

    /// <summary>Somebody decides about a step that could not go on.</summary>
    /// <param name="IncidentId">Id of the <see cref="Effect.RaiseIncident"/>.</param>
    /// <param name="Outcome">Of a skipped step: the outcome by which the flow goes on; null where there is only one.</param>
    public sealed record IncidentResolved(string IncidentId, IncidentDecision Decision, string? Outcome, string? Reason, Actor By) : Stimulus;

    /// <summary>Somebody dealt with an incident that keeps no step from going on; the instance may be over.</summary>
    /// <param name="ActivityId">What it is about; null or unknown: the instance as a whole.</param>
    /// <param name="End"><see cref="IncidentEnd.Acknowledged"/>, or <see cref="IncidentEnd.Retried"/> where the host tries again what it had set aside.</param>
    public sealed record IncidentNoted(string IncidentId, string? ActivityId, IncidentEnd End, string? Reason, Actor By) : Stimulus;

    /// <summary>
    /// What these waits opened outside the state is gone. It is opened again under its old id where the execution remembers what it was; else the step stands still
    /// until somebody decides.
    /// </summary>
    public sealed record WaitsLost(IReadOnlyList<LostWait> Lost) : Stimulus;

    /// <summary>The working-day calendar was imported anew: open deadlines are planned again (T9).</summary>
    public sealed record CalendarChanged : Stimulus;

    /// <summary>
    /// The instance goes on in another version of its flow: the state was carried over (<see cref="Migration.CaseMigration"/>), and the definition is the new one. Nothing runs, ends or begins; what people
    /// see of open tasks is told anew.
    /// </summary>
    /// <param name="Renamed">Steps that go by another id now, old to new.</param>
    public sealed record VersionChanged(string FromRelease, string ToRelease, int FromVersion, IReadOnlyDictionary<string, string> Renamed, string Reason, Actor By) : Stimulus;
}

/// <summary>A wait that nothing can end any more.</summary>
/// <param name="MayBeOpenedAgain">False: it was answered, or given up, and the answer is gone; to open it again would ask twice.</param>
public sealed record LostWait(string BookmarkId, bool MayBeOpenedAgain);

/// <summary>What may be done about an incident.</summary>
public enum IncidentDecision
{
    /// <summary>Do it again from its beginning.</summary>
    Retry,

    /// <summary>Go on as if it had ended.</summary>
    Skip,

    /// <summary>Give its branch up; the others go on.</summary>
    Cancel,

    /// <summary>Take note of what keeps no step from going on.</summary>
    Acknowledge,
}

/// <summary>Who did it, for the journal and the audit. <paramref name="Name"/> is the display name, never an id number.</summary>
public sealed record Actor(string UserId, string Name, string OrganisationId, string Role);
