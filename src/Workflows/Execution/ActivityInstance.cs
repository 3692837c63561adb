using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Flowcharts;

namespace WorkflowEngine.Workflows.Execution;

internal enum ActivityStatus
{
    Pending,
    Running,
    Completed,
    Canceled,
    Faulted,
}

/// <summary>The names of the ports through which an activity ends. Without names it ends through Done.</summary>
internal sealed record Outcomes(IReadOnlyList<string> Names)
{
    public static Outcomes Default { get; } = new(["Done"]);

    public static Outcomes None { get; } = new([]);

    public static Outcomes Of(string name) => new([name]);

    /// <summary>A connection without a port is followed by the default completion only.</summary>
    public bool Follows(string? port)
    {
        if (port is null)
        {
            return ReferenceEquals(this, Default);
        }

        foreach (var name in Names)
        {
            if (string.Equals(name, port, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>A variable with its present value in the activity that declares it.</summary>
internal sealed class VariableSlot(VariableDefinition definition, object? value)
{
    public VariableDefinition Definition { get; } = definition;

    public object? Value { get; set; } = value;
}

/// <summary>Which firing opened a side scope.</summary>
internal sealed record SideKey(int InstanceId, int Source, string Port, int Ordinal);

/// <summary>One execution of an activity during a burst.</summary>
internal sealed class ActivityInstance
{
    private List<ActivityInstance>? _children;

    public ActivityInstance(int id, ActivityNode node)
    {
        Id = id;
        Node = node;
    }

    public int Id { get; }

    public ActivityNode Node { get; }

    public ActivityInstance? Parent { get; private set; }

    /// <summary>Where names are looked up when it is not the parent: the flowchart in which a side scope was opened.</summary>
    public ActivityInstance? Lexical { get; set; }

    public ActivityStatus Status { get; set; }

    public bool IsClosed => Status is ActivityStatus.Completed or ActivityStatus.Canceled;

    public IReadOnlyList<ActivityInstance> Children => _children ?? (IReadOnlyList<ActivityInstance>)[];

    /// <summary>Scheduled by following a loop's edge back.</summary>
    public bool CameBackward { get; init; }

    /// <summary>Of the child whose completion is being handled: which of the scheduled ones it was.</summary>
    public int? Tag { get; set; }

    /// <summary>Variables declared here, by id.</summary>
    public Dictionary<string, VariableSlot>? Variables { get; set; }

    /// <summary>What the activity's kind remembers: texts, whole numbers, truth values.</summary>
    public Dictionary<string, object>? Memory { get; set; }

    /// <summary>How far a flowchart has come, in counter mode.</summary>
    public FlowCounts? Counts { get; set; }

    /// <summary>Tokens of a flowchart, in token mode.</summary>
    public List<FlowToken>? Tokens { get; set; }

    /// <summary>Set on the scope that a side port's firing opened.</summary>
    public SideKey? Side { get; init; }

    /// <summary>The running limit of a task or wait.</summary>
    public OpenDeadline? Deadline { get; set; }

    /// <summary>How many children this execution waits for in a callback.</summary>
    public int OpenCallbacks { get; set; }

    public void AttachTo(ActivityInstance parent)
    {
        Parent = parent;
        (parent._children ??= []).Add(this);
    }

    /// <summary>A child that failed after it had closed is of concern again.</summary>
    public void Retain(ActivityInstance child) => (_children ??= []).Add(child);

    /// <summary>A closed child is of no more concern.</summary>
    public void Release(ActivityInstance child) => _children?.Remove(child);

    public T? Recall<T>(string key) => Memory is not null && Memory.TryGetValue(key, out var value) && value is T found ? found : default;

    public void Remember(string key, object value) => (Memory ??= new Dictionary<string, object>(StringComparer.Ordinal))[key] = value;

    public void Forget(string key) => Memory?.Remove(key);

    public void Declare(VariableDefinition definition, object? value) =>
        (Variables ??= new Dictionary<string, VariableSlot>(StringComparer.Ordinal))[definition.Id] = new VariableSlot(definition, value);

    public override string ToString() => $"{Node.Id}#{Id} {Status}";
}

/// <summary>What an owner waits for: the end of a child, to be handled under a name that the owner's kind knows.</summary>
internal sealed record CompletionCallback(ActivityInstance Owner, ActivityNode Child, string? Name, int? Tag);

/// <summary>A place where an instance waits, with the activity execution that waits.</summary>
/// <param name="Resume">What the kind does on arrival; null: it simply completes.</param>
/// <param name="Burns">Removed on arrival.</param>
internal sealed record OpenBookmark(
    string Id, WaitKind Kind, ActivityInstance Instance, string? Resume, bool Burns, System.Text.Json.Nodes.JsonObject? Payload);

/// <summary>What kind of effect opened a bookmark, and so what undoes it.</summary>
internal enum WaitKind
{
    Message,
    Timer,
    Task,
    Child,
    Request,
}

/// <summary>An activity that is due to run.</summary>
internal readonly record struct WorkItem(
    ActivityNode Node, ActivityInstance? Owner, ActivityInstance? Existing, OpenBookmark? Bookmark, object? Arrived, LoopValue? Loop, bool Backward);

/// <summary>The value and index that a loop hands to its body.</summary>
internal sealed record LoopValue(object? Value, int? Index);

/// <summary>A running limit: the task it belongs to, its dates and its timers (T2–T5, T9).</summary>
/// <param name="BookmarkId">Where the timers report to.</param>
/// <param name="Clock">Named clock; null for a limit of its own.</param>
/// <param name="Limit">Working days of a limit of its own.</param>
/// <param name="OverdueAt">When the limit has passed.</param>
/// <param name="BindsParty">The limit binds an enterprise: re-planning may only lengthen it (T9).</param>
/// <param name="Provisional">It was told as 暂定: it reaches into a year whose calendar was not published (T9).</param>
internal sealed record OpenDeadline(
    string? TaskId,
    string BookmarkId,
    string? Clock,
    int Limit,
    DateTimeOffset StartedAt,
    DateOnly StartDate,
    DateOnly Due,
    DateTimeOffset OverdueAt,
    int ReminderDays,
    bool BindsParty,
    string? ReminderTimerId,
    string? OverdueTimerId,
    bool Provisional)
{
    /// <summary>When the reminder is due that is armed or was; null: never armed, or by a program that did not note it.</summary>
    public DateTimeOffset? ReminderAt { get; init; }
}
