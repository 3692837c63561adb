using System.Text.Json.Nodes;
using WorkflowEngine.Storage.Attachments;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Commit;

/// <summary>
/// What one instance wants committed: its bursts since it was loaded and everything that must become true with them or not at all.
/// Units of one call are committed in one transaction and succeed or fail each on its own.
/// </summary>
public sealed record CommitUnit
{
    public required Guid InstanceId { get; init; }

    /// <summary>The revision that the bursts were computed from; 0 for a new instance. Another one in the database means a lost race.</summary>
    public required int ExpectedRevision { get; init; }

    /// <summary>One or more bursts, each continuing the one before; the last one's state is stored.</summary>
    public required IReadOnlyList<Burst> Bursts { get; init; }

    /// <summary>Business time, recorded on every row of this unit.</summary>
    public required DateTimeOffset BusinessNow { get; init; }

    /// <summary>Set when the instance does not exist yet.</summary>
    public NewInstance? New { get; init; }

    /// <summary>Timers that these bursts answer. One that is not pending any more means a lost race.</summary>
    public IReadOnlyList<string> ConsumedTimers { get; init; } = [];

    /// <summary>Signals that these bursts answer. One that is not pending any more means a lost race.</summary>
    public IReadOnlyList<string> ConsumedSignals { get; init; } = [];

    public IdempotencyKey? IdempotencyKey { get; init; }

    /// <summary>The rendered letter of every <see cref="Effect.QueueNotice"/>, by the effect's id.</summary>
    public IReadOnlyDictionary<EffectId, NoticeLetter> Letters { get; init; } = new Dictionary<EffectId, NoticeLetter>();

    /// <summary>The secret of every <see cref="Effect.IssueCredential"/>, by the effect's id. Sealed on its way into the database.</summary>
    public IReadOnlyDictionary<EffectId, IssuedSecret> Secrets { get; init; } = new Dictionary<EffectId, IssuedSecret>();

    /// <summary>The form that a person handed in with this stimulus.</summary>
    public NewSubmission? Submission { get; init; }

    /// <summary>Attachments handed in with this stimulus: they now belong to the case.</summary>
    public IReadOnlyList<Guid> Attachments { get; init; } = [];

    /// <summary>Files that came with this stimulus and are stored with it.</summary>
    public IReadOnlyList<NewAttachment> Files { get; init; } = [];

    /// <summary>Who caused it; <c>null</c> for timers and signals.</summary>
    public Actor? Actor { get; init; }
}

/// <summary>Facts about an instance that is committed for the first time.</summary>
/// <param name="ReleaseId">The content release it runs on to its end.</param>
/// <param name="OrganisationId">Whose instance it is: the authority of its case, or the organisation that owns the flow.</param>
/// <param name="ParentInstanceId">The instance that started it, if one did.</param>
/// <param name="ParentBookmarkId">The bookmark at which the parent waits for its end.</param>
public sealed record NewInstance(
    string DefinitionId,
    int DefinitionVersion,
    string ReleaseId,
    string OrganisationId,
    Guid? ParentInstanceId = null,
    string? ParentBookmarkId = null)
{
    /// <summary>What the case is an application for, among those of its applicant to its authority: while one is open there is no second (D-27).</summary>
    public string? Unit { get; init; }

    /// <summary>The running instances that keep it from starting; null when none do.</summary>
    public ActivationExclusion? Exclusion { get; init; }

    /// <summary>How many cases its applicant may have in this flow; null: any number.</summary>
    public FilingLimit? Limit { get; init; }

    /// <summary>When the party filed it, if that was before: a case that was handed on keeps the day it was filed first. Business time.</summary>
    public DateTimeOffset? SubmittedAt { get; init; }

    /// <summary>办件编号 of the case that this one takes over: what the applicant handed in there is read here too.</summary>
    public string? Continues { get; init; }
}

/// <summary>How many cases of one flow an applicant may have open, and may have filed since a day began.</summary>
/// <param name="MaxOpen"><c>null</c>: any number, as for <paramref name="MaxPerDay"/>.</param>
/// <param name="DayBegan">Business time.</param>
public sealed record FilingLimit(int? MaxOpen, int? MaxPerDay, DateTimeOffset DayBegan);

/// <summary>
/// A caller's own name for one intent. The first commit under it stores <paramref name="Answer"/>; the same key with the same body gets that answer again.
/// </summary>
/// <param name="Scope">Whose key it is, usually the organisation and user: keys of different scopes never meet.</param>
/// <param name="Key">Not blank, at most 200 characters.</param>
/// <param name="BodyHash">SHA-256 of what was asked.</param>
public sealed record IdempotencyKey(string Scope, string Key, byte[] BodyHash, string Answer);

/// <summary>A notice as it is read: in the inbox of its organisation, and by every other way that it goes.</summary>
/// <param name="Deliveries">None means inbox only.</param>
public sealed record NoticeLetter(string Subject, string Html, string Text, IReadOnlyList<Delivery> Deliveries)
{
    /// <summary>What it was written from; null when the letter is a substitute.</summary>
    public JsonObject? Model { get; init; }
}

/// <summary>A signing secret as it was made. It leaves this process only sealed, or once to its holder.</summary>
/// <param name="KeyId">The public half: the <c>appid</c> that messages name.</param>
public sealed record IssuedSecret(string KeyId, string Secret);

/// <summary>A filled-in form.</summary>
/// <param name="OrganisationId">Who handed it in.</param>
/// <param name="Values">Non-personal values.</param>
/// <param name="Personal">Personal values: sealed, never in flow state, journal or notice.</param>
public sealed record NewSubmission(Guid Id, string FormId, string OrganisationId, JsonObject Values, JsonObject Personal);
