using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Workflows.Execution;

public enum InstanceStatus
{
    Running,
    Finished,
}

public enum InstanceSubStatus
{
    Pending,
    Executing,
    Suspended,
    Finished,
    Cancelled,
    Faulted,
}

/// <summary>One place where an instance waits. Its id is that of the effect that opened it.</summary>
/// <param name="Name">The activity's type: what kind of waiting this is.</param>
/// <param name="Payload">What is waited for: an event's name, a task's name, an instant.</param>
public sealed record Bookmark(string Id, string ActivityId, string Name, JsonObject? Payload);

/// <summary>A step that could not go on.</summary>
public sealed record Incident(string ActivityId, string ActivityType, string Message, DateTimeOffset At)
{
    /// <summary>Of the effect that raised it.</summary>
    public string Id { get; init; } = "";

    /// <summary>The step stands still until somebody decides (<see cref="Stimulus.IncidentResolved"/>); false for what is only told, and once it is settled.</summary>
    public bool IsOpen => Execution is not null && !IsSettled;

    /// <summary>The step had done its work when its way on failed, so that it can be neither repeated nor skipped.</summary>
    public bool HasEnded { get; init; }

    /// <summary>The step waits as it did before something arrived whose burst would not end.</summary>
    public bool IsStalled { get; init; }

    /// <summary>What arrived was beside the step's work, a reminder or an overdue limit; the step itself can go on.</summary>
    public bool IsAside { get; init; }

    /// <summary>What can be done about it; nothing where nothing stands still.</summary>
    public IReadOnlyList<IncidentDecision> Decisions => !IsOpen ? []
        : HasEnded ? Way is null ? [IncidentDecision.Cancel] : [IncidentDecision.Retry, IncidentDecision.Cancel]
        : IsStalled && Arrival is null ? [IncidentDecision.Skip, IncidentDecision.Cancel]
        : [IncidentDecision.Retry, IncidentDecision.Skip, IncidentDecision.Cancel];

    /// <summary>The execution that stands still.</summary>
    internal int? Execution { get; init; }

    internal bool IsSettled { get; init; }

    /// <summary>Of a step that has ended: the way on, if nothing of it was taken.</summary>
    internal FailedWay? Way { get; init; }

    /// <summary>Of a step that is stalled: what arrived, unless whoever sent it was told that it was not taken.</summary>
    internal KeptArrival? Arrival { get; init; }
}

/// <summary>Everything an instance remembers between bursts. A value: a burst works on a copy and hands back a new one.</summary>
public sealed class WorkflowState
{
    /// <summary>The schema that <see cref="ToJson"/> writes; older ones are lifted on reading.</summary>
    public const int CurrentSchemaVersion = 1;

    internal WorkflowState(Guid instanceId, string definitionId, int definitionVersion, CaseHeader? @case)
    {
        InstanceId = instanceId;
        DefinitionId = definitionId;
        DefinitionVersion = definitionVersion;
        Case = @case;
    }

    public int SchemaVersion { get; } = CurrentSchemaVersion;

    public Guid InstanceId { get; }

    public string DefinitionId { get; }

    public int DefinitionVersion { get; }

    /// <summary>0 before the first burst; each burst adds one. Guards the commit.</summary>
    public int Revision { get; internal init; }

    public InstanceStatus Status =>
        SubStatus is InstanceSubStatus.Finished or InstanceSubStatus.Cancelled or InstanceSubStatus.Faulted ? InstanceStatus.Finished : InstanceStatus.Running;

    public InstanceSubStatus SubStatus { get; internal init; } = InstanceSubStatus.Pending;

    public string? CorrelationId { get; internal init; }

    /// <summary>The name that the flow gave the instance (SetName).</summary>
    public string? Name { get; internal init; }

    public CaseHeader? Case { get; }

    /// <summary>The named outcome that closed the case; <c>null</c> while it is open.</summary>
    public string? Outcome { get; internal init; }

    public IReadOnlyList<Bookmark> Bookmarks { get; internal init; } = [];

    public IReadOnlyList<Incident> Incidents { get; internal init; } = [];

    /// <summary>The case's named clocks by name (review, correction, test).</summary>
    public IReadOnlyDictionary<string, NamedClock> Clocks { get; internal init; } = new Dictionary<string, NamedClock>();

    /// <summary>The workflow's outputs by name.</summary>
    public IReadOnlyDictionary<string, JsonNode?> Output => Outputs.ToDictionary(o => o.Key, o => Expressions.Conversion.ToJson(o.Value), StringComparer.Ordinal);

    internal IReadOnlyDictionary<string, object?> Outputs { get; init; } = new Dictionary<string, object?>();

    internal string? TriggerActivityId { get; init; }

    internal bool UsesTokens { get; init; }

    internal int NextInstanceId { get; init; }

    internal IReadOnlyDictionary<string, object?> Inputs { get; init; } = new Dictionary<string, object?>();

    internal IReadOnlyList<InstanceRecord> Instances { get; init; } = [];

    internal IReadOnlyList<CallbackRecord> Callbacks { get; init; } = [];

    internal IReadOnlyList<BookmarkRecord> BookmarkRecords { get; init; } = [];

    /// <summary>An instance that has not begun; <see cref="Stimulus.Start"/> begins it.</summary>
    public static WorkflowState New(Guid instanceId, WorkflowDefinition definition, CaseHeader? @case) =>
        new(instanceId, definition.DefinitionId, definition.Version, @case) { UsesTokens = definition.UsesTokens };

    /// <summary>The same with the flowchart mode chosen by the caller.</summary>
    internal static WorkflowState New(Guid instanceId, WorkflowDefinition definition, CaseHeader? @case, bool usesTokens) =>
        new(instanceId, definition.DefinitionId, definition.Version, @case) { UsesTokens = usesTokens };

    /// <summary>Everything that must come from outside before the instance goes on.</summary>
    public IReadOnlyList<Wait> Waits => Wait.Of(this);

    /// <summary>The workflow's variables by name, as they are kept.</summary>
    public IReadOnlyDictionary<string, JsonNode?> VariablesOf(WorkflowDefinition definition)
    {
        var values = Instances.FirstOrDefault(i => i.Parent is null && i.Side is null)?.Variables ?? new Dictionary<string, object?>();
        return definition.Variables.Where(v => values.ContainsKey(v.Id)).DistinctBy(v => v.Name).ToDictionary(v => v.Name, v => Expressions.Conversion.ToJson(StateCopy.Settle(values[v.Id], v.Type)), StringComparer.Ordinal);
    }

    /// <summary>Compact JSON that carries its <see cref="SchemaVersion"/>.</summary>
    public string ToJson() => StateJson.Write(this);

    /// <summary>Reads the JSON of this or any earlier released schema.</summary>
    /// <exception cref="FormatException">The text is not a state, or of a schema newer than this program.</exception>
    public static WorkflowState FromJson(string json) => StateJson.Read(json);
}
