using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Flowcharts;

namespace WorkflowEngine.Workflows.Execution;

/// <summary>Carries out what a person decided about a step that could not go on.</summary>
internal static class IncidentResolution
{
    /// <returns>False: the incident is settled, or there is none of that id.</returns>
    /// <exception cref="StimulusRefused">It cannot be done; the message says what can.</exception>
    public static bool Apply(BurstRun run, Stimulus.IncidentResolved resolved)
    {
        if (run.Incidents.FirstOrDefault(i => i.Id == resolved.IncidentId && i.IsOpen) is not { } incident
            || run.Instances.Find(i => i.Id == incident.Execution && (i.Status == ActivityStatus.Faulted || incident.IsStalled)) is not { } step)
        {
            return false;
        }

        if (resolved.Decision == IncidentDecision.Acknowledge)
        {
            throw Stands();
        }

        if (!incident.Decisions.Contains(resolved.Decision))
        {
            throw incident.HasEnded
                ? new StimulusRefused("step-ended", "该步骤本身已经完成，是其后的走向出了问题，不能跳过；请由政策人员核对流程，或取消此步骤所在的分支。")
                : new StimulusRefused("not-taken", "提交的内容没有被接收，该环节仍可办理：请办理人员重新办理，或跳过、取消此步骤。");
        }

        run.Revive();
        var details = new JsonObject { ["reason"] = resolved.Reason };
        switch (resolved.Decision)
        {
            case IncidentDecision.Retry:
                run.Settle(incident, IncidentEnd.Retried, resolved.By, resolved.Reason);
                run.Log(step.Node, "Retried", null, details);
                Retry(run, incident, step);
                break;
            case IncidentDecision.Skip when incident.IsAside:
                run.Settle(incident, IncidentEnd.Skipped, resolved.By, resolved.Reason);
                run.Log(step.Node, "Skipped", null, details);
                LetGo(run, incident, step);
                break;
            case IncidentDecision.Skip:
                var (port, outcomes) = WayOf(step, resolved.Outcome);
                run.Settle(incident, IncidentEnd.Skipped, resolved.By, resolved.Reason);
                run.Log(step.Node, "Skipped", [port], details);
                run.Skip(step, outcomes);
                break;
            default:
                run.Settle(incident, IncidentEnd.Cancelled, resolved.By, resolved.Reason);
                run.Log(step.Node, "GivenUp", null, details);
                Cancel(run, incident, step);
                break;
        }

        return true;
    }

    /// <exception cref="StimulusRefused">A step stands still because of it.</exception>
    public static void Note(BurstRun run, Stimulus.IncidentNoted noted)
    {
        var incident = run.Incidents.FirstOrDefault(i => i.Id == noted.IncidentId);
        if (incident?.IsOpen == true)
        {
            throw Stands();
        }

        var about = noted.ActivityId is { Length: > 0 } activity ? run.Definition.Find(activity) : null;
        run.Log(about ?? run.Definition.Root, noted.End.ToString(), null, new JsonObject { ["reason"] = noted.Reason, ["incident"] = noted.IncidentId });
        run.Settle(incident, noted.IncidentId, noted.End, noted.By, noted.Reason);
    }

    /// <summary>After the burst has run.</summary>
    /// <exception cref="StimulusRefused">The decision would leave a flow that neither ends nor waits for anything.</exception>
    public static void Conclude(BurstRun run)
    {
        if (run.IsStranded)
        {
            throw new StimulusRefused("strands", "这样处理后，流程将没有可以继续的步骤，办件会一直停在原处。请改为“重试”，或“跳过”并选择后面还有步骤的结果。");
        }

        if (!run.ContinuesWithIncidents && !run.IsFinished && run.Incidents.Any(i => i.IsOpen))
        {
            run.SubStatus = InstanceSubStatus.Faulted;
        }
    }

    private static StimulusRefused Stands() => new("stands", "有步骤因此停住，不能只作知悉；请重试、跳过或取消该步骤。");

    private static void Retry(BurstRun run, Incident incident, ActivityInstance step)
    {
        if (incident.Arrival is { } arrival)
        {
            var bookmark = run.Bookmarks.First(b => b.Id == arrival.BookmarkId);
            run.ArrivedBookmarkId = bookmark.Burns ? bookmark.Id : null;
            run.ScheduleArrival(bookmark, arrival.Arrived);
        }
        else if (incident.Way is { } way)
        {
            run.TakeWayAgain(step, way);
        }
        else
        {
            run.Repeat(step);
        }
    }

    private static void Cancel(BurstRun run, Incident incident, ActivityInstance step)
    {
        if (incident.IsAside)
        {
            LetGo(run, incident, step);
            return;
        }

        var from = incident.Way is { } way ? run.Instances.First(i => i.Id == way.Child) : step;
        var branch = BranchOf(from);
        var hasLeft = incident.Way is null && (branch.Status == ActivityStatus.Completed || (incident.HasEnded && ReferenceEquals(step, branch)));
        run.GiveUp(step, branch, hasLeft);
    }

    /// <summary>What arrived beside the step's work is let go; the step waits on.</summary>
    private static void LetGo(BurstRun run, Incident incident, ActivityInstance step)
    {
        var bookmark = run.Bookmarks.First(b => b.Id == incident.Arrival!.BookmarkId);
        run.ArrivedBookmarkId = bookmark.Id;
        step.Node.Kind!.LetGo(new Turn(run, step), bookmark.Resume!);
        run.DropBookmark(bookmark.Id);
    }

    private static (string Port, Outcomes Outcomes) WayOf(ActivityInstance step, string? wanted)
    {
        if (step.Node.Kind is null)
        {
            throw new StimulusRefused("unknown-step", "系统不认识此类步骤，不能跳过；请取消此步骤。");
        }

        var ports = step.Node.Ports;
        if (wanted is null && ports.Count > 1)
        {
            throw new StimulusRefused("outcome-missing", $"请选择跳过后流程按哪个结果继续：{string.Join("、", ports)}。");
        }

        var port = wanted ?? (ports.Count == 0 ? "Done" : ports[0]);
        if (!ports.Contains(port) && !(ports.Count == 0 && port == "Done"))
        {
            throw new StimulusRefused("unknown-outcome", $"该步骤没有“{port}”这一结果，可选：{string.Join("、", ports)}。");
        }

        return (port, port == "Done" ? Outcomes.Default : Outcomes.Of(port));
    }

    /// <summary>A container that waits for the step would wait for ever, so it goes with it.</summary>
    private static ActivityInstance BranchOf(ActivityInstance step)
    {
        for (var at = step; at.Parent is { } parent; at = parent)
        {
            if (parent.Node.Kind is Flowchart)
            {
                return at;
            }
        }

        throw new StimulusRefused("cancel-all", "此步骤不在任何分支上，取消它就是结束整个流程；请改为“重试”或“跳过”。");
    }
}
