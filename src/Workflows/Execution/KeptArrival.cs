using System.Text.Json.Nodes;

namespace WorkflowEngine.Workflows.Execution;

/// <summary>What had arrived when its burst was taken back: kept for being delivered again. Not kept is what somebody sent who was told that it was not taken.</summary>
/// <param name="Child">The child instance that had ended, of a <see cref="WaitKind.Child"/>.</param>
internal sealed record KeptArrival(string BookmarkId, WaitKind Kind, JsonNode? Payload, Guid? Child = null, bool Faulted = false)
{
    /// <returns>Null for what is not kept.</returns>
    public static KeptArrival? Of(OpenBookmark bookmark, Stimulus stimulus) => stimulus switch
    {
        Stimulus.TimerFired => new(bookmark.Id, bookmark.Kind, null),
        Stimulus.MessageArrived when bookmark.Instance.Node.Kind is Activities.Elsa.HttpEndpoint => null,
        Stimulus.MessageArrived message => new(bookmark.Id, bookmark.Kind, message.Payload?.DeepClone()),
        Stimulus.ChildFinished child => new(bookmark.Id, bookmark.Kind, child.Output.DeepClone(), child.ChildInstanceId, child.Faulted),
        _ => null,
    };

    /// <summary>As the activity's kind is given it.</summary>
    public object? Arrived => Kind switch
    {
        WaitKind.Timer => null,
        WaitKind.Child => new Stimulus.ChildFinished(BookmarkId, Child ?? Guid.Empty, Faulted, Payload?.DeepClone() as JsonObject ?? []),
        _ => Payload?.DeepClone(),
    };

    public bool Says(KeptArrival other) =>
        BookmarkId == other.BookmarkId && Kind == other.Kind && Child == other.Child && Faulted == other.Faulted && JsonNode.DeepEquals(Payload, other.Payload);
}
