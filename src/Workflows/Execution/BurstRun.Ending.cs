namespace WorkflowEngine.Workflows.Execution;

/// <summary>How activities end before they are done: cancelled one by one, with what is around them, or with the whole flow.</summary>
internal sealed partial class BurstRun
{
    /// <summary>Cancels an activity, what is inside it first, and tells those above.</summary>
    public void Cancel(ActivityInstance instance)
    {
        if (instance.IsClosed || instance.Status == ActivityStatus.Pending)
        {
            return;
        }

        foreach (var child in instance.Children.ToArray())
        {
            Cancel(child);
        }

        CancelAlone(instance);
    }

    /// <summary>Cancels an activity and all below it without telling those above.</summary>
    public void CancelQuietly(ActivityInstance instance)
    {
        if (instance.IsClosed)
        {
            return;
        }

        foreach (var child in instance.Children.ToArray())
        {
            CancelQuietly(child);
        }

        Close(instance);
    }

    /// <summary>Ends the whole instance at once: nothing is due, nothing waits, nobody is told.</summary>
    public void Finish()
    {
        _due.Clear();
        _callbacks.Clear();
        foreach (var bookmark in Bookmarks.ToArray())
        {
            Undo(bookmark);
        }

        Bookmarks.Clear();
        SubStatus = InstanceSubStatus.Finished;
    }

    /// <summary>Cancels all that is open in the main flow but one activity and the containers around it. Side scopes are left alone.</summary>
    public void CancelMainFlow(ActivityInstance except)
    {
        if (MainRoot is not { IsClosed: false } root)
        {
            return;
        }

        KeepDue([.. _due.Where(item => !IsBelow(item.Owner, root))]);
        foreach (var instance in Instances.ToArray())
        {
            if (IsBelow(instance, root) && !IsBelow(except, instance) && !IsMainContainer(instance, root))
            {
                CancelQuietly(instance);
            }
        }
    }

    /// <summary>The main flow is over; what side ports opened goes on.</summary>
    public void EndMainFlow()
    {
        if (MainRoot is not { IsClosed: false } root)
        {
            return;
        }

        foreach (var instance in root.Children.Append(root).ToArray())
        {
            if (!instance.IsClosed)
            {
                instance.Status = ActivityStatus.Completed;
                Log(instance.Node, "Completed");
            }
        }

        _callbacks.RemoveAll(c => IsBelow(c.Owner, root));
    }

    /// <summary>Tells all ancestors up to the innermost loop that a descendant breaks.</summary>
    public void Break(ActivityInstance sender)
    {
        for (var receiver = sender.Parent; receiver is not null; receiver = receiver.Parent)
        {
            if (receiver.Node.Kind!.Breaks(new Turn(this, receiver)))
            {
                return;
            }
        }
    }

    public void DropBookmark(string? id)
    {
        if (id is not null && Bookmarks.Find(b => b.Id == id) is { } bookmark)
        {
            Bookmarks.Remove(bookmark);
            Undo(bookmark);
        }
    }

    /// <summary>A container that completes cancels what is still open inside it, the outer before the inner.</summary>
    private void CancelInside(ActivityInstance container)
    {
        foreach (var child in container.Children.ToArray())
        {
            if (!child.IsClosed)
            {
                CancelAlone(child);
                CancelInside(child);
            }
        }
    }

    private void CancelAlone(ActivityInstance instance)
    {
        Spend(Size);
        Close(instance);
        for (var receiver = instance; receiver is not null; receiver = receiver.Parent)
        {
            receiver.Node.Kind?.DescendantCanceled(new Turn(this, receiver), instance);
        }

        Instances.Remove(instance);
    }

    private void Close(ActivityInstance instance)
    {
        instance.Status = ActivityStatus.Canceled;
        instance.Node.Kind?.Canceled(new Turn(this, instance));
        DropBookmarks(instance);
        DropCallbacks(instance);
        if (instance.Side is null)
        {
            Log(instance.Node, "Canceled");
        }
    }

    /// <summary>Closes what a failed activity opened, inside and outside.</summary>
    private void Clear(ActivityInstance instance)
    {
        foreach (var child in instance.Children.ToArray())
        {
            CancelQuietly(child);
            Remove(child);
        }

        instance.Node.Kind?.Canceled(new Turn(this, instance));
        DropBookmarks(instance);
        DropCallbacks(instance);
    }

    private void Remove(ActivityInstance instance)
    {
        instance.Parent?.Release(instance);
        Instances.Remove(instance);
    }

    private void DropCallbacks(ActivityInstance owner)
    {
        if (owner.OpenCallbacks > 0)
        {
            _callbacks.RemoveAll(c => ReferenceEquals(c.Owner, owner));
            owner.OpenCallbacks = 0;
        }
    }

    private void DropBookmarks(ActivityInstance instance)
    {
        for (var i = Bookmarks.Count - 1; i >= 0; i--)
        {
            if (ReferenceEquals(Bookmarks[i].Instance, instance))
            {
                var bookmark = Bookmarks[i];
                Bookmarks.RemoveAt(i);
                Undo(bookmark);
            }
        }
    }

    /// <summary>Whatever a bookmark opened outside is closed, unless its arrival is what this burst handles.</summary>
    private void Undo(OpenBookmark bookmark)
    {
        // An expectation stays until somebody says that it was met; timers, tasks and requests are settled by what arrived.
        var hasArrived = bookmark.Id == ArrivedBookmarkId || _incidents.Exists(i => i.Arrival?.BookmarkId == bookmark.Id);
        if (hasArrived && bookmark.Kind != WaitKind.Message)
        {
            return;
        }

        switch (bookmark.Kind)
        {
            case WaitKind.Message:
                Emit(id => new Effect.StopExpecting(id, bookmark.Id));
                break;
            case WaitKind.Request:
                Emit(id => new Effect.CancelRequest(id, bookmark.Id));
                break;
            case WaitKind.Timer:
                Emit(id => new Effect.CancelTimer(id, bookmark.Id));
                break;
            case WaitKind.Task:
                Emit(id => new Effect.CloseTask(id, bookmark.Id, null, TaskEnd.Cancelled, _by, null));
                break;
            default:
                break;
        }
    }

    private static bool IsMainContainer(ActivityInstance instance, ActivityInstance root) => ReferenceEquals(instance, root) || ReferenceEquals(instance.Parent, root);

    private static bool IsBelow(ActivityInstance? instance, ActivityInstance ancestor)
    {
        for (var at = instance; at is not null; at = at.Parent)
        {
            if (ReferenceEquals(at, ancestor))
            {
                return true;
            }
        }

        return false;
    }
}
