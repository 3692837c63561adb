using WorkflowEngine.Workflows.Activities.Gov;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Expressions;
using WorkflowEngine.Workflows.Flowcharts;

namespace WorkflowEngine.Workflows.Execution;

/// <summary>What happens to steps that fail: incidents, what is taken back, and what somebody decides about them.</summary>
internal sealed partial class BurstRun
{
    /// <summary>Takes a way on that failed before.</summary>
    public void TakeWayAgain(ActivityInstance step, FailedWay way) => Attempt(step, () =>
    {
        var child = Instances.Find(i => i.Id == way.Child)!;
        step.Status = ActivityStatus.Completed;
        GoOn(new CompletionCallback(Instances.Find(i => i.Id == way.Owner)!, child.Node, way.Callback, way.Tag), child, way.HowItEnded);
        for (var at = step; at is not null; at = ReferenceEquals(at, child) ? null : at.Parent)
        {
            Leave(at);
        }
    });

    /// <summary>What has completed is of no more concern.</summary>
    private void Leave(ActivityInstance instance)
    {
        DropBookmarks(instance);
        DropCallbacks(instance);
        if (instance.Status == ActivityStatus.Completed && !ReferenceEquals(instance.Node, Definition.Root))
        {
            instance.Parent?.Release(instance);
            Instances.Remove(instance);
        }
    }

    private Mark MarkOf(ActivityInstance owner) => new(
        _effects.Count, _journal.Count, Instances.Count, Bookmarks.Count, _due.Count, _callbacks.Count, owner.OpenCallbacks, owner.Counts?.Copy(),
        owner.Tokens is null ? null : [.. owner.Tokens], owner.Memory is null ? null : new Dictionary<string, object>(owner.Memory, StringComparer.Ordinal));

    /// <summary>False: something was done since that cannot be taken back.</summary>
    private bool TakeBack(Mark mark, ActivityInstance owner)
    {
        if (_effects.Count != mark.Effects || _journal.Count != mark.Journal || Instances.Count != mark.Instances || Bookmarks.Count != mark.Bookmarks || _due.Count < mark.Due
            || _callbacks.Count < mark.Callbacks)
        {
            return false;
        }

        KeepDue([.. _due.Take(mark.Due)]);
        _callbacks.RemoveRange(mark.Callbacks, _callbacks.Count - mark.Callbacks);
        owner.OpenCallbacks = mark.OpenCallbacks;
        owner.Counts = mark.Counts;
        owner.Tokens = mark.Tokens;
        owner.Memory = mark.Memory;
        return true;
    }

    /// <param name="standing">The execution that cannot go on; null when this is only told.</param>
    public void RaiseIncident(ActivityNode node, string message, ActivityInstance? standing = null, bool hasEnded = false, FailedWay? way = null)
    {
        // It may quote what a stranger wrote.
        message = ShortText.Storable(message);
        var raised = Emit(id => new Effect.RaiseIncident(id, node.Id, message));
        _incidents.Add(new Incident(node.Id, node.Type, message, Now) { Id = raised.ToString(), Execution = standing?.Id, HasEnded = hasEnded, Way = way });
    }

    /// <summary>
    /// The burst that the arrival began would not end, and nothing of it happened: the step waits as it did, until somebody decides what becomes of what arrived.
    /// </summary>
    /// <returns>False: that is known already.</returns>
    public bool Stall(OpenBookmark bookmark, KeptArrival? arrival, EndlessBurst endless)
    {
        if (_incidents.Exists(i => i.IsOpen && i.IsStalled && i.Execution == bookmark.Instance.Id && (i.Arrival is null ? arrival is null : arrival?.Says(i.Arrival) == true)))
        {
            return false;
        }

        var node = bookmark.Instance.Node;
        var message = endless.Message;
        Log(node, "Faulted");
        var raised = Emit(id => new Effect.RaiseIncident(id, node.Id, message));
        _incidents.Add(new Incident(node.Id, node.Type, message, Now)
        {
            Id = raised.ToString(),
            Execution = bookmark.Instance.Id,
            IsStalled = true,
            IsAside = bookmark.Resume is { } resume && node.Kind!.IsBeside(new Turn(this, bookmark.Instance), resume),
            Arrival = arrival,
        });
        SubStatus = ContinuesWithIncidents ? InstanceSubStatus.Suspended : InstanceSubStatus.Faulted;
        return true;
    }

    /// <summary>Opens outside what a bookmark waits for, under the bookmark's own id.</summary>
    /// <returns>False: what it was is not known any more.</returns>
    public bool Reopen(OpenBookmark bookmark)
    {
        var node = bookmark.Instance.Node;
        if (node.Kind is not { } kind || !EffectId.TryParse(bookmark.Id, out var id))
        {
            return false;
        }

        Effect? again;
        try
        {
            again = bookmark.Resume == ApartResume ? new Effect.ArmTimer(id, TimerKind.Apart, bookmark.Id, Now) : kind.Reopen(new Turn(this, bookmark.Instance), bookmark, id);
        }
        catch (Exception fault) when (fault is ActivityFault or ConversionException)
        {
            again = null;
        }

        if (again is null)
        {
            return false;
        }

        _effects.Add(again);
        Log(node, "Reopened");
        return true;
    }

    /// <summary>A step that waits for what cannot come stands still.</summary>
    public void Strand(OpenBookmark bookmark, string message)
    {
        if (bookmark.Instance.Status != ActivityStatus.Faulted)
        {
            Fault(bookmark.Instance, message);
        }
    }

    public void Settle(Incident incident, IncidentEnd end, Actor? by = null, string? reason = null) => Settle(incident, incident.Id, end, by, reason);

    /// <param name="incident">Null for one that the host raised, which the state does not know.</param>
    public void Settle(Incident? incident, string incidentId, IncidentEnd end, Actor? by, string? reason)
    {
        if (incident is not null)
        {
            _incidents[_incidents.IndexOf(incident)] = incident with { IsSettled = true };
        }

        Emit(id => new Effect.SettleIncident(id, incidentId, end, by, reason));
    }

    /// <summary>Does an activity again from its beginning: as a new execution in the place of the old one, whose end is waited for as before.</summary>
    public void Repeat(ActivityInstance instance)
    {
        var again = new ActivityInstance(_nextInstanceId++, instance.Node) { CameBackward = instance.CameBackward, Lexical = instance.Lexical };
        foreach (var slot in instance.Variables?.Values ?? Enumerable.Empty<VariableSlot>())
        {
            if (LoopVariables.Find(slot.Definition.Id) is not null)
            {
                again.Declare(slot.Definition, slot.Value);
            }
        }

        Clear(instance);
        Remove(instance);
        if (instance.Parent is { } parent)
        {
            again.AttachTo(parent);
        }

        Instances.Add(again);
        _due.Enqueue(new WorkItem(instance.Node, instance.Parent, again, null, null, null, false));
    }

    /// <summary>Ends an activity that could not go on as if it had ended so itself.</summary>
    public void Skip(ActivityInstance instance, Outcomes outcomes)
    {
        Clear(instance);
        instance.Status = ActivityStatus.Running;
        Attempt(instance, () => Complete(instance, outcomes));
    }

    /// <summary>Gives up what could not go on, with the containers around it up to the nearest flowchart, whose other branches go on.</summary>
    /// <param name="branch">The outermost of them, a child of the flowchart.</param>
    /// <param name="hasLeft">It had ended before, and its ways were taken as far as they could be.</param>
    public void GiveUp(ActivityInstance instance, ActivityInstance branch, bool hasLeft)
    {
        CancelQuietly(instance);
        Remove(instance);
        CancelQuietly(branch);
        Remove(branch);
        Attempt(branch, () => Flowchart.GiveUp(new Turn(this, branch.Parent!), branch, hasLeft));
    }

    /// <summary>An instance that ended because a step failed goes on; while it stood, the calendar may have changed.</summary>
    public void Revive()
    {
        var stood = SubStatus == InstanceSubStatus.Faulted;
        SubStatus = InstanceSubStatus.Executing;
        if (stood)
        {
            Deadline.ReplanAll(this);
        }
    }

    /// <summary>The main flow neither waits nor stands still for somebody to decide, and yet the case has no outcome.</summary>
    public bool IsStranded => Outcome is null && MainRoot is { } root && (root.IsClosed
        ? Case is not null && Definition.Activities.Any(a => a.Kind is CloseCase)
        : !IsFinished && !Bookmarks.Exists(b => IsBelow(b.Instance, root)) && !Instances.Exists(i => i.Status == ActivityStatus.Faulted && IsBelow(i, root)));

    /// <summary>The definition's strategy, or that of its absence: see <see cref="WorkflowDefinition.ContinuesWithIncidents"/>.</summary>
    public bool ContinuesWithIncidents => Definition.ContinuesWithIncidents ?? Case is not null;

    private void Attempt(ActivityInstance instance, Action act)
    {
        try
        {
            act();
        }
        catch (Exception fault) when (fault is ActivityFault or ConversionException)
        {
            Fault(instance, fault.Message);
        }
    }

    private void Fault(ActivityInstance instance, string message)
    {
        var hasEnded = instance.IsClosed;
        if (instance.Status == ActivityStatus.Completed && !Instances.Contains(instance))
        {
            instance.Parent?.Retain(instance);
            Instances.Add(instance);
        }

        Log(instance.Node, "Faulted");
        instance.Status = ActivityStatus.Faulted;
        var way = hasEnded && IsAround(_failedWay, instance) ? _failedWay : null;
        _failedWay = null;
        if (hasEnded && !RunsChildren)
        {
            // Its work is done: nothing may wake it any more.
            DropBookmarks(instance);
        }

        RaiseIncident(instance.Node, message, instance, hasEnded, way);
        if (!ContinuesWithIncidents && !IsFinished)
        {
            SubStatus = InstanceSubStatus.Faulted;
        }
    }

    /// <summary>A step that stood still and was cancelled, or went on by itself, needs nobody to decide.</summary>
    private void SettleOvertaken()
    {
        var open = _incidents.Where(i => i.IsOpen).ToArray();
        if (open.Length == 0)
        {
            return;
        }

        var executions = Instances.ToDictionary(i => i.Id);
        foreach (var incident in open)
        {
            var stands = incident.Execution is { } id && executions.TryGetValue(id, out var step)
                && (step.Status == ActivityStatus.Faulted || (incident.IsStalled && Waits(step, incident.Arrival)));
            if (!stands || (IsFinished && SubStatus != InstanceSubStatus.Faulted))
            {
                Settle(incident, IncidentEnd.Overtaken);
            }
        }
    }

    private bool Waits(ActivityInstance instance, KeptArrival? arrival) =>
        !instance.IsClosed && (arrival is null || Bookmarks.Exists(b => b.Id == arrival.BookmarkId));

    /// <summary>The way leads on from this execution, or from a container around it that ended with it.</summary>
    private static bool IsAround(FailedWay? way, ActivityInstance instance)
    {
        for (var at = instance; at is not null; at = at.Parent)
        {
            if (at.Id == way?.Child)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>How far the burst and an owner had come before the owner went on.</summary>
    private sealed record Mark(
        int Effects, int Journal, int Instances, int Bookmarks, int Due, int Callbacks, int OpenCallbacks, FlowCounts? Counts, List<FlowToken>? Tokens,
        Dictionary<string, object>? Memory);
}
