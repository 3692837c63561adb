using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Host.Designer.Instances;

/// <summary>One execution of a step, from the journal.</summary>
/// <param name="Id">The case, the step, and which time.</param>
public sealed record StepRun(string Id, string ActivityId, string NodeId, string Type, string Name, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, string Status, IReadOnlyList<string> Outcomes);

/// <summary>The journal of a case as executions of steps.</summary>
public static class StepRuns
{
    public static IReadOnlyList<StepRun> Of(CaseRun run)
    {
        var runs = new List<StepRun>();
        var faulty = run.Case.Incidents.Where(incident => incident.ResolvedAt is null).Select(incident => incident.ActivityId).ToHashSet(StringComparer.Ordinal);
        foreach (var entry in run.Case.Timeline)
        {
            var open = runs.FindLastIndex(step => step.ActivityId == entry.ActivityId && step.EndedAt is null);
            switch (entry.Event)
            {
                case "Started":
                    var time = runs.Count(step => step.ActivityId == entry.ActivityId) + 1;
                    runs.Add(new StepRun(
                        $"{run.Case.Line.Number}~{entry.ActivityId}~{time}", entry.ActivityId, NodeOf(run.Flow, entry.ActivityId), entry.ActivityType, NameOf(run.Flow, entry.ActivityId), entry.At, null, "Running", []));
                    break;
                case "Completed" or "Canceled" or "Faulted" when open >= 0:
                    runs[open] = runs[open] with { EndedAt = entry.At, Status = entry.Event, Outcomes = entry.Outcomes ?? [] };
                    break;
            }
        }

        return [.. runs.Select(step => step.EndedAt is null && faulty.Contains(step.ActivityId) ? step with { Status = "Faulted" } : step)];
    }

    public static string NodeOf(WorkflowDefinition flow, string activityId) => flow.Find(activityId)?.NodeId ?? activityId;

    public static string NameOf(WorkflowDefinition flow, string activityId) => flow.Find(activityId)?.DisplayName ?? activityId;

    /// <summary>How often each step was done, and where the case stands: the badges on the picture.</summary>
    public static JsonArray Badges(CaseRun run, IReadOnlyCollection<string> nodeIds) => new(
    [
        .. Of(run).GroupBy(step => step.NodeId).Where(step => nodeIds.Count == 0 || nodeIds.Contains(step.Key)).Select(step => new JsonObject
        {
            ["activityId"] = step.First().ActivityId, ["activityNodeId"] = step.Key, ["startedCount"] = step.Count(), ["completedCount"] = step.Count(one => one.Status == "Completed"),
            ["uncompletedCount"] = step.Count(one => one.EndedAt is null), ["isBlocked"] = step.Any(one => one.Status == "Running"), ["isFaulted"] = step.Any(one => one.Status == "Faulted"),
            ["aggregateFaultCount"] = 0, ["metadata"] = new JsonObject(),
        }),
    ]);
}
