using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Flowcharts;

namespace WorkflowEngine.Workflows.Execution;

/// <summary>An open activity execution at rest. Activities are named by node id, so that the state does not hold the definition.</summary>
internal sealed record InstanceRecord(int Id, string NodeId, int? Parent, int? Lexical, ActivityStatus Status)
{
    public bool CameBackward { get; init; }

    public int? Tag { get; init; }

    /// <summary>Values by variable id: null, text, numbers, truth values, dates, or JSON.</summary>
    public IReadOnlyDictionary<string, object?>? Variables { get; init; }

    public IReadOnlyDictionary<string, object>? Memory { get; init; }

    public FlowCounts? Counts { get; init; }

    public IReadOnlyList<FlowToken>? Tokens { get; init; }

    public SideKey? Side { get; init; }

    public OpenDeadline? Deadline { get; init; }
}

internal sealed record CallbackRecord(int Owner, string ChildNodeId, string? Name, int? Tag);

internal sealed record BookmarkRecord(string Id, WaitKind Kind, int Instance, string? Resume, bool Burns, JsonObject? Payload);
