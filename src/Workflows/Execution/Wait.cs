namespace WorkflowEngine.Workflows.Execution;

/// <summary>What can end a wait, and so which row outside the state must be there while it lasts.</summary>
public enum WaitedFor
{
    /// <summary>An open task.</summary>
    Task,

    /// <summary>A timer that has not fired.</summary>
    Timer,

    /// <summary>An expectation; the first message ends it.</summary>
    Message,

    /// <summary>An expectation that stays until the step says that it was met.</summary>
    Messages,

    /// <summary>A request whose answer has not been taken.</summary>
    Request,

    /// <summary>The end of one child instance, whose id the wait's id names.</summary>
    Child,

    /// <summary>The ends of several child instances.</summary>
    Children,

    /// <summary>Somebody decides about an incident.</summary>
    Decision,

    /// <summary>Nothing: the step stands still because of an incident, and what it opened outside may be there or not.</summary>
    Standing,
}

/// <summary>One place where an instance waits, by the id of what it waits for.</summary>
public sealed record Wait(WaitedFor Kind, string Id)
{
    /// <summary>Of the child instance that a <see cref="WaitedFor.Child"/> waits for: what stands before its id.</summary>
    public const string ChildPrefix = "child.";

    /// <summary>As a row of the instance tells it: the kind, a colon, the id.</summary>
    public override string ToString() => $"{Kind.ToString().ToLowerInvariant()}:{Id}";

    internal static IReadOnlyList<Wait> Of(WorkflowState state)
    {
        var standing = state.Instances.Where(instance => instance.Status == ActivityStatus.Faulted).Select(instance => instance.Id).ToHashSet();
        var open = state.Incidents.Where(incident => incident.IsOpen).ToList();
        // What arrived at such a wait is kept by the incident, and delivered again when somebody decides so.
        var kept = open.Select(incident => incident.Arrival?.BookmarkId).OfType<string>().ToHashSet(StringComparer.Ordinal);
        return
        [
            .. state.BookmarkRecords.Select(bookmark => new Wait(
                standing.Contains(bookmark.Instance) || kept.Contains(bookmark.Id) ? WaitedFor.Standing : KindOf(bookmark), bookmark.Id)),
            .. open.Select(incident => new Wait(WaitedFor.Decision, incident.Id)),
        ];
    }

    private static WaitedFor KindOf(BookmarkRecord bookmark) => bookmark.Kind switch
    {
        WaitKind.Task => WaitedFor.Task,
        WaitKind.Timer => WaitedFor.Timer,
        WaitKind.Message => bookmark.Burns ? WaitedFor.Message : WaitedFor.Messages,
        WaitKind.Request => WaitedFor.Request,
        _ => bookmark.Burns ? WaitedFor.Child : WaitedFor.Children,
    };
}
