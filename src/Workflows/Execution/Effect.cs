using System.Text.Json.Nodes;
using WorkflowEngine.Rules;

namespace WorkflowEngine.Workflows.Execution;

/// <summary>
/// Something the host must do because a burst decided it. Effects are data: they are committed in the transaction that stores the
/// instance's new state, each under its own <see cref="EffectId"/>, and carried out afterwards or by being a row.
/// </summary>
public abstract record Effect(EffectId Id)
{
    /// <summary>A person of an organisation has something to decide or to answer. The task's id is the effect's id.</summary>
    /// <param name="Party">The party of the case by name: <c>applicant</c>, <c>authority</c>, <c>province</c>.</param>
    /// <param name="OrganisationId">The organisation that the party was when the task was opened.</param>
    /// <param name="Clock">The named clock the task runs on; <c>null</c> when it has a limit of its own or none.</param>
    /// <param name="StartDate">First day of the running limit, itself not counted (T2). Date in Asia/Shanghai.</param>
    /// <param name="DueDate">Last day of the limit, until 24:00 (T3). Date in Asia/Shanghai.</param>
    /// <param name="Provisional">The limit reaches into a year whose calendar is not published yet (T9).</param>
    /// <param name="OverdueAt">00:00 of the day after <paramref name="DueDate"/> (T5).</param>
    /// <param name="WarningId">For <see cref="TaskKind.Warning"/>: the warning that this task answers.</param>
    public sealed record OpenTask(
        EffectId Id,
        TaskKind Kind,
        string ActivityId,
        string Title,
        string Party,
        string OrganisationId,
        string Role,
        string FormId,
        IReadOnlyList<TaskOutcome> Outcomes,
        string? Clock,
        DateOnly? StartDate,
        DateOnly? DueDate,
        bool Provisional,
        DateTimeOffset? OverdueAt,
        string? WarningId,
        JsonObject? Data) : Effect(Id)
    {
        /// <summary>
        /// The decisions (<c>step.Outcome</c>) until which what is answered is for the organisation and its superiors only, and <see cref="Data"/> for good;
        /// none: for everybody who reads the case.
        /// </summary>
        public IReadOnlyList<string> InternalUntil { get; init; } = [];
    }

    /// <summary>
    /// An open task in the words of another version of the flow, which is the one that will judge the answer. Whose it is, since when and until when stays as it was told.
    /// </summary>
    public sealed record RestateTask(EffectId Id, string TaskId, string ActivityId, string Title, string FormId, IReadOnlyList<TaskOutcome> Outcomes, string? Clock) : Effect(Id);

    /// <summary>The instance runs on another release from now on.</summary>
    /// <param name="Renamed">Steps that go by another id now, old to new: rows that name a step which still matters name it so.</param>
    public sealed record ChangeVersion(
        EffectId Id, string FromRelease, string ToRelease, int Version, IReadOnlyDictionary<string, string> Renamed, string Reason) : Effect(Id);

    /// <summary>A task is done, or nobody need do it any more.</summary>
    public sealed record CloseTask(EffectId Id, string TaskId, string? Outcome, TaskEnd End, Actor? By, JsonObject? Values) : Effect(Id)
    {
        /// <summary>The step, when what was answered is internal (<see cref="OpenTask.InternalUntil"/>).</summary>
        public string? InternalStep { get; init; }
    }

    /// <summary>A decision was taken: what was answered last in the tasks that prepared it is now everybody's who reads the case. Drafts that were sent back stay internal.</summary>
    /// <param name="Decision"><c>step.Outcome</c>, as <see cref="OpenTask.InternalUntil"/> names it.</param>
    public sealed record Disclose(EffectId Id, string Decision) : Effect(Id);

    /// <summary>An open task's due date moved: the calendar changed or its clock did (T7, T9).</summary>
    public sealed record ChangeDeadline(
        EffectId Id, string TaskId, DateOnly? OldDue, DateOnly? NewDue, string Reason, bool Provisional = false, DateTimeOffset? OverdueAt = null) : Effect(Id);

    /// <summary>Wake the instance with <see cref="Stimulus.TimerFired"/> at <paramref name="DueAt"/> (business time). The timer's id is the effect's id.</summary>
    public sealed record ArmTimer(EffectId Id, TimerKind Kind, string BookmarkId, DateTimeOffset DueAt) : Effect(Id);

    /// <summary>The timer is not wanted any more.</summary>
    public sealed record CancelTimer(EffectId Id, string TimerId) : Effect(Id);

    /// <summary>自动预警: somebody is late. The warning's id is the effect's id; its answering task follows in the same burst.</summary>
    /// <param name="AboutTaskId">The task that is late, when there is one.</param>
    /// <param name="AnswerDue">Last day to verify and answer (T6). Date in Asia/Shanghai.</param>
    public sealed record RaiseWarning(
        EffectId Id,
        string ActivityId,
        WarningColour Colour,
        OrganisationLevel Level,
        string OrganisationId,
        string? AboutTaskId,
        string Title,
        DateOnly? AnswerDue) : Effect(Id);

    /// <summary>核实反馈: the warning was verified and answered.</summary>
    public sealed record AnswerWarning(EffectId Id, string WarningId, Actor By, JsonObject Values) : Effect(Id);

    /// <summary>Make a key, seal it, show it once to its holder. The credential's id is the effect's id; the secret is never in flow state.</summary>
    public sealed record IssueCredential(
        EffectId Id, CredentialStage Stage, string HolderId, string AuthorityId, string SigningProfile, string Label) : Effect(Id)
    {
        /// <summary>Construction permit of the one project that it may send for; null: any.</summary>
        public string? Permit { get; init; }
    }

    /// <summary>The credential signs nothing from now on.</summary>
    public sealed record RevokeCredential(EffectId Id, string CredentialId, string Reason) : Effect(Id);

    /// <summary>Send notice <paramref name="Notice"/> (a template's name) to an organisation: always to its inbox, by mail when it has an address.</summary>
    /// <param name="Told">All that the notice may be told; a letter uses little of it, and it is stored nowhere.</param>
    public sealed record QueueNotice(
        EffectId Id, string Notice, string Party, string OrganisationId, string? Role, FactObject Told) : Effect(Id);

    /// <summary>
    /// Wake the instance with <see cref="Stimulus.MessageArrived"/> when something named <paramref name="Name"/> arrives for <paramref name="Key"/>
    /// (conformance of a credential, messages of a kind, an event with a correlation id). The bookmark's id is the effect's id.
    /// </summary>
    public sealed record ExpectMessage(EffectId Id, string Name, string Key) : Effect(Id);

    /// <summary>
    /// Send a request to another system, after this burst is committed and at least once; every attempt carries the effect's id, by which the receiver tells a
    /// repeated one. What comes of it wakes the bookmark of that id with <see cref="Stimulus.MessageArrived"/>, as <see cref="RequestResult"/>.
    /// </summary>
    public sealed record SendRequest(EffectId Id, string ActivityId, OutgoingRequest Request) : Effect(Id);

    /// <summary>Nobody waits for the request's answer any more; it is not sent if it has not been.</summary>
    public sealed record CancelRequest(EffectId Id, string RequestId) : Effect(Id);

    /// <summary>Answer the request that this burst began with, once the burst is committed. Kept under the request's idempotency key, if it has one.</summary>
    public sealed record WriteResponse(EffectId Id, HttpReply Reply) : Effect(Id);

    /// <summary>The instance does not wait for this message any more.</summary>
    public sealed record StopExpecting(EffectId Id, string BookmarkId) : Effect(Id);

    /// <summary>Start an instance of another definition; when <paramref name="BookmarkId"/> is set, tell it of the end with <see cref="Stimulus.ChildFinished"/>.</summary>
    /// <param name="Case">Set when the child is a case of its own; the host gives it its number.</param>
    public sealed record StartChild(
        EffectId Id, Guid ChildInstanceId, string DefinitionId, string? CorrelationId, JsonObject Input, string? BookmarkId, TransferredCase? Case = null) : Effect(Id);

    /// <summary>Tell another instance something. The only way in which instances talk.</summary>
    public sealed record SendSignal(EffectId Id, Guid TargetInstance, string Name, JsonNode? Payload) : Effect(Id);

    /// <summary>Tell every instance that waits for the event, and start every definition it triggers.</summary>
    public sealed record PublishEvent(EffectId Id, string Name, string? CorrelationId, JsonNode? Payload, bool Local = false) : Effect(Id);

    /// <summary>The case has its outcome. Side scopes (an unanswered warning) may still be open.</summary>
    public sealed record CloseCase(EffectId Id, string Outcome) : Effect(Id);

    /// <summary>A step cannot go on; somebody must look.</summary>
    public sealed record RaiseIncident(EffectId Id, string ActivityId, string Message) : Effect(Id);

    /// <summary>An incident needs nobody any more. The activity may fail again, which is another incident.</summary>
    public sealed record SettleIncident(EffectId Id, string IncidentId, IncidentEnd End, Actor? By, string? Reason) : Effect(Id);

    /// <summary>A line of text, for people who try flows out.</summary>
    public sealed record WriteLine(EffectId Id, string Text) : Effect(Id);
}

public enum TaskKind
{
    /// <summary>A step of the case.</summary>
    Work,

    /// <summary>Verifying and answering a warning (核实反馈).</summary>
    Warning,

    /// <summary>Something a party may do and nobody waits for, such as withdrawing: offered on the case, not counted as work.</summary>
    Option,
}

/// <summary>A case that goes on at another authority (转办, D-7).</summary>
/// <param name="AuthorityId">The organisation that receives it.</param>
/// <param name="SubmittedAt">When the party filed it first (ISO 8601 with offset); kept and shown.</param>
/// <param name="From">办件编号 of the case that it continues.</param>
/// <param name="IsConfidential">Its applicant stays unnamed to the receiving authority too.</param>
public sealed record TransferredCase(
    string Title, IReadOnlyDictionary<string, string> Parties, string AuthorityId, string SubmittedAt, string From, bool IsConfidential = false);

/// <summary>One way to finish a task: the outcome's name in the flow and the words on the button (zh-CN).</summary>
public sealed record TaskOutcome(string Name, string Label);

public enum TaskEnd
{
    Completed,
    Cancelled,

    /// <summary>An event decided it in the place of a person.</summary>
    Superseded,
}

/// <summary>How an incident came to need nobody any more.</summary>
public enum IncidentEnd
{
    Retried,
    Skipped,
    Cancelled,

    /// <summary>The step was not needed any more: its flow ended or went another way.</summary>
    Overtaken,

    /// <summary>It kept no step from going on; somebody has looked into it.</summary>
    Acknowledged,
}

public enum TimerKind
{
    /// <summary>临期提醒 (T4).</summary>
    Reminder,

    /// <summary>自动预警 (T5).</summary>
    Overdue,

    /// <summary>A wait that the flow asked for: Delay, Timer, StartAt, Cron, WorkingDayTimer.</summary>
    Delay,

    /// <summary>No wait: an activity that runs apart has its turn as soon as the burst that came to it is committed.</summary>
    Apart,
}

public enum WarningColour
{
    Yellow,
    Red,
}

public enum CredentialStage
{
    /// <summary>测试密钥.</summary>
    Test,

    /// <summary>正式密钥.</summary>
    Formal,
}

public enum OrganisationLevel
{
    Province,
    City,
    County,
    Enterprise,
}
