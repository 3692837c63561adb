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
public sealed record Incident(string ActivityId, string ActivityType, string Message, DateTimeOffset At);

/// <summary>
/// Everything an instance remembers between bursts. A value to everyone but the runner: a burst works on a copy and hands back a new one.
/// </summary>
public sealed class WorkflowState
{
    /// <summary>The schema that <see cref="ToJson"/> writes; older ones are lifted on reading.</summary>
    public const int CurrentSchemaVersion = 1;

    private WorkflowState(Guid instanceId, string definitionId, int definitionVersion, CaseHeader? @case)
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
    public int Revision { get; internal set; }

    public InstanceStatus Status { get; internal set; } = InstanceStatus.Running;

    public InstanceSubStatus SubStatus { get; internal set; } = InstanceSubStatus.Pending;

    public string? CorrelationId { get; internal set; }

    public CaseHeader? Case { get; }

    /// <summary>The named outcome that closed the case; <c>null</c> while it is open.</summary>
    public string? Outcome { get; internal set; }

    public IReadOnlyList<Bookmark> Bookmarks { get; internal set; } = [];

    public IReadOnlyList<Incident> Incidents { get; internal set; } = [];

    /// <summary>The case's named clocks by name (review, correction, test).</summary>
    public IReadOnlyDictionary<string, NamedClock> Clocks { get; internal set; } = new Dictionary<string, NamedClock>();

    /// <summary>The workflow's variables by name.</summary>
    public IReadOnlyDictionary<string, JsonNode?> Variables { get; internal set; } = new Dictionary<string, JsonNode?>();

    /// <summary>The workflow's outputs by name.</summary>
    public IReadOnlyDictionary<string, JsonNode?> Output { get; internal set; } = new Dictionary<string, JsonNode?>();

    /// <summary>An instance that has not begun; <see cref="Stimulus.Start"/> begins it.</summary>
    public static WorkflowState New(Guid instanceId, WorkflowDefinition definition, CaseHeader? @case) =>
        new(instanceId, definition.DefinitionId, definition.Version, @case);

    /// <summary>Compact JSON that carries its <see cref="SchemaVersion"/>.</summary>
    public string ToJson() => throw new NotSupportedException("Storing a state follows with the runner.");

    /// <summary>Reads the JSON of this or any earlier released schema.</summary>
    /// <exception cref="FormatException">The text is not a state, or of a schema newer than this program.</exception>
    public static WorkflowState FromJson(string json) => throw new NotSupportedException("Storing a state follows with the runner.");
}
