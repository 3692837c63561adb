using WorkflowEngine.Workflows.Activities.Gov;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Expressions;

namespace WorkflowEngine.Workflows.Execution;

/// <summary>Decides what happens next. Pure: no clock, no I/O; the same arguments give the same result, effect ids included.</summary>
public static class WorkflowRunner
{
    /// <summary>Runs one burst: from the stimulus until nothing more can run.</summary>
    /// <param name="definition">The version of the flow that the instance began with.</param>
    /// <param name="state">Is not changed.</param>
    /// <param name="facts">What the host has loaded; a burst that reads more answers <see cref="RunResult.NeedFacts"/>.</param>
    /// <param name="now">Business time.</param>
    public static RunResult Run(
        WorkflowDefinition definition, WorkflowState state, Stimulus stimulus, Facts facts, DateTimeOffset now) =>
        Run(definition, state, stimulus, facts, now, runsChildren: false, new Work());

    /// <summary>The same; with <paramref name="runsChildren"/> a flow that is executed by a step runs its first burst inside this one, as in Elsa, instead of being started by the host.</summary>
    internal static RunResult Run(
        WorkflowDefinition definition, WorkflowState state, Stimulus stimulus, Facts facts, DateTimeOffset now, bool runsChildren, Work work)
    {
        // What a failed step has ended, a decision about that step can take up again; what was only told may be settled later than everything.
        var isOver = state.Status == InstanceStatus.Finished
            && !(state.SubStatus == InstanceSubStatus.Faulted && stimulus is Stimulus.IncidentResolved or Stimulus.WaitsLost)
            && stimulus is not Stimulus.IncidentNoted;
        if (isOver || state.Revision > 0 == stimulus is Stimulus.Start)
        {
            return RunResult.NotWaiting.Instance;
        }

        try
        {
            try
            {
                return Run(new BurstRun(definition, state, facts, now, state.UsesTokens) { RunsChildren = runsChildren, Work = work, KeepsMarks = false }, stimulus);
            }
            catch (MarksMissing)
            {
                return Run(new BurstRun(definition, state, facts, now, state.UsesTokens), stimulus);
            }
        }
        catch (FactMissing missing)
        {
            return new RunResult.NeedFacts([missing.Key]);
        }
        catch (StimulusRefused refused)
        {
            return new RunResult.Refused(refused.Code, refused.Message);
        }
        catch (EndlessBurst endless)
        {
            return TakeBack(new BurstRun(definition, state, facts, now, state.UsesTokens), stimulus, endless);
        }
    }

    private static RunResult Run(BurstRun run, Stimulus stimulus)
    {
        if (!Admit(run, stimulus))
        {
            return RunResult.NotWaiting.Instance;
        }

        run.Drain();
        if (stimulus is Stimulus.IncidentResolved)
        {
            IncidentResolution.Conclude(run);
        }

        return new RunResult.Ran(run.Seal());
    }

    /// <summary>
    /// A burst that would not end has not happened: the state is what it was before, with an incident at the step that was woken. What began nothing, and a decision
    /// about an incident, are refused.
    /// </summary>
    private static RunResult TakeBack(BurstRun run, Stimulus stimulus, EndlessBurst endless)
    {
        var bookmark = stimulus switch
        {
            Stimulus.TaskCompleted completed => run.Bookmarks.Find(b => b.Id == completed.TaskId),
            Stimulus.TimerFired fired => run.Bookmarks.Find(b => b.Id == fired.TimerId),
            Stimulus.MessageArrived message => run.Bookmarks.Find(b => b.Id == message.BookmarkId),
            Stimulus.ChildFinished child => run.Bookmarks.Find(b => b.Id == child.BookmarkId),
            _ => null,
        };
        return bookmark is not null && run.Stall(bookmark, KeptArrival.Of(bookmark, stimulus), endless)
            ? new RunResult.Ran(run.Seal()) { IsTakenBack = true }
            : new RunResult.Refused("endless", $"流程会在步骤“{endless.At.DisplayName}”处循环不止或计算量过大，因此没有处理，原有内容未受影响。请由政策人员核对流程。");
    }

    /// <summary>Puts what the stimulus brings on the work list; false when nothing waits for it.</summary>
    private static bool Admit(BurstRun run, Stimulus stimulus)
    {
        switch (stimulus)
        {
            case Stimulus.Start start:
                Begin(run, start);
                return true;
            case Stimulus.TaskCompleted completed:
                run.ActsFor(completed.By);
                return Arrive(run, completed.TaskId, WaitKind.Task, completed);
            case Stimulus.TimerFired fired:
                return Arrive(run, fired.TimerId, WaitKind.Timer, null);
            case Stimulus.MessageArrived message:
                return Arrive(run, message.BookmarkId, WaitKind.Message, message.Payload) || Arrive(run, message.BookmarkId, WaitKind.Request, message.Payload);
            case Stimulus.ChildFinished child:
                return Arrive(run, child.BookmarkId, WaitKind.Child, child);
            case Stimulus.Cancel cancel:
                run.ActsFor(cancel.By);
                Cancellation.Apply(run, cancel.Reason);
                return true;
            case Stimulus.IncidentResolved resolved:
                run.ActsFor(resolved.By);
                return IncidentResolution.Apply(run, resolved);
            case Stimulus.IncidentNoted noted:
                run.ActsFor(noted.By);
                IncidentResolution.Note(run, noted);
                return true;
            case Stimulus.WaitsLost lost:
                return LostWaits.Apply(run, lost);
            case Stimulus.CalendarChanged:
                return Deadline.ReplanAll(run);
            case Stimulus.VersionChanged changed:
                run.ActsFor(changed.By);
                VersionChange.Apply(run, changed);
                return true;
            default:
                throw new InvalidOperationException($"Unknown stimulus {stimulus.GetType().Name}.");
        }
    }

    internal static void Begin(BurstRun run, Stimulus.Start start)
    {
        run.Spend(Work.OfCopying(start.Input));
        run.TriggerActivityId = start.TriggerActivityId;
        run.CorrelationId = start.CorrelationId;
        run.Request = start.Request;
        run.Inputs = start.Input.ToDictionary(i => i.Key, i => Conversion.Plain(i.Value), StringComparer.Ordinal);
        run.ScheduleRoot();
    }

    private static bool Arrive(BurstRun run, string bookmarkId, WaitKind kind, object? arrived)
    {
        var bookmark = run.Bookmarks.Find(b => b.Id == bookmarkId && b.Kind == kind);
        if (bookmark is null)
        {
            return false;
        }

        run.ArrivedBookmarkId = bookmark.Burns ? bookmark.Id : null;
        run.ScheduleArrival(bookmark, arrived);
        return true;
    }
}
