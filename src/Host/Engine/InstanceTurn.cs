using WorkflowEngine.Content;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Instances;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Engine;

/// <summary>
/// One instance on its way through one or more stimuli, from a fresh load to the unit that commits all of it. Holds what
/// the bursts decided and what was made for them (letters, secrets); nothing has happened until the unit is committed.
/// </summary>
public sealed class InstanceTurn
{
    private readonly List<Burst> _bursts = [];
    private readonly List<string> _timers = [];
    private readonly List<string> _signals = [];

    private InstanceTurn(WorkflowState state, WorkflowDefinition definition, ContentSet content, string organisationId, NewInstance? @new)
    {
        State = state;
        ExpectedRevision = state.Revision;
        Definition = definition;
        Content = content;
        OrganisationId = organisationId;
        New = @new;
    }

    /// <summary>The state after the last burst.</summary>
    public WorkflowState State { get; private set; }

    public int ExpectedRevision { get; }

    public WorkflowDefinition Definition { get; }

    /// <summary>The release that the instance is pinned to.</summary>
    public ContentSet Content { get; }

    /// <summary>Whose instance it is.</summary>
    public string OrganisationId { get; }

    public NewInstance? New { get; private set; }

    public Dictionary<EffectId, NoticeLetter> Letters { get; } = [];

    public Dictionary<EffectId, IssuedSecret> Secrets { get; } = [];

    /// <summary>Facts that are not stored yet because they arrive with the stimulus (the submission being filed).</summary>
    public Dictionary<FactKey, object> Brought { get; } = [];

    /// <summary>The form that the stimulus hands in, when it was not a person who did.</summary>
    public NewSubmission? Submission { get; set; }

    public IReadOnlyList<Burst> Bursts => _bursts;

    public bool HasRun => _bursts.Count > 0;

    /// <summary>Goes on with a stored instance.</summary>
    /// <exception cref="EngineContentException">The instance's release lacks its flow.</exception>
    public static InstanceTurn Resume(StoredInstance stored, ContentSet content) =>
        new(stored.State, FlowOf(content, stored.DefinitionId), content, stored.OrganisationId, @new: null);

    /// <summary>Begins an instance on the given release.</summary>
    public static InstanceTurn Begin(Guid instanceId, NewInstance @new, ContentSet content, CaseHeader? header)
    {
        var flow = FlowOf(content, @new.DefinitionId);
        return new(WorkflowState.New(instanceId, flow, header), flow, content, @new.OrganisationId, @new);
    }

    /// <summary>Notes what keeps the instance from starting under this correlation id; the commit looks for it.</summary>
    public void StartsUnder(string? correlationId) => New = New! with { Exclusion = ActivationExclusion.Of(Definition, correlationId) };

    /// <summary>Takes a burst over. <paramref name="timer"/> or <paramref name="signal"/> is what it answers.</summary>
    public void Add(Burst burst, string? timer = null, string? signal = null)
    {
        _bursts.Add(burst);
        State = burst.State;
        if (timer is not null) _timers.Add(timer);
        if (signal is not null) _signals.Add(signal);
    }

    public CommitUnit ToUnit(DateTimeOffset businessNow, Actor? actor = null) => new()
    {
        InstanceId = State.InstanceId,
        ExpectedRevision = ExpectedRevision,
        Bursts = _bursts,
        BusinessNow = businessNow,
        New = New,
        ConsumedTimers = _timers,
        ConsumedSignals = _signals,
        Letters = Letters,
        Secrets = Secrets,
        Actor = actor,
        Submission = Submission,
    };

    private static WorkflowDefinition FlowOf(ContentSet content, string definitionId) =>
        content.Flows.TryGetValue(definitionId, out var flow)
            ? flow
            : throw new EngineContentException($"Release {content.Id} has no flow '{definitionId}'.");
}

/// <summary>Content that a running instance needs is not in its release: a defect of publishing, not of the case.</summary>
public sealed class EngineContentException(string message) : Exception(message);
