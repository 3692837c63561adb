using WorkflowEngine.Host.Cases;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Host.Portal.Picture;

/// <summary>A decision on the way to a problem.</summary>
/// <param name="Number">From 1.</param>
/// <param name="StepId">The step of the flowchart that it is, or that it happens in.</param>
/// <param name="Outcomes">In Chinese where the flow has words for them.</param>
public sealed record PathTurn(int Number, string StepId, string StepName, IReadOnlyList<string> Ports, string Outcomes);

/// <summary>A flow with the way to a problem marked on it: the decisions numbered in their order, the roads they take, and the step where it shows.</summary>
public static class PathPictures
{
    private const string Done = "Done";

    /// <summary>Numbers that fit on a box or beside a road.</summary>
    private const int MostNumbers = 4;

    public static IReadOnlyList<PathTurn> TurnsOf(WorkflowDefinition flow, Problem problem) =>
    [
        .. problem.Path.Select((step, index) => new PathTurn(
            index + 1, InChart(flow, step.ActivityId) ?? step.ActivityId, flow.Find(step.ActivityId)?.DisplayName ?? step.ActivityId, step.Outcomes, Told(flow, step))),
    ];

    /// <returns>Null when the flow has no flowchart.</returns>
    public static CasePicture? Of(WorkflowDefinition flow, Problem problem)
    {
        var turns = TurnsOf(flow, problem);
        var place = problem.ActivityId is { } id ? InChart(flow, id) : null;
        var plan = FlowPlan.Of(flow, forApplicant: false, alsoDrawn: turns.Select(turn => turn.StepId).Append(place ?? "").ToHashSet(StringComparer.Ordinal));
        if (plan.Steps.Count == 0) return null;

        var taken = Taken(plan, turns, place);
        plan = plan with { Roads = [.. plan.Roads.Select(road => Numbered(road, turns))] };
        var passed = plan.Roads.Where(road => taken.Contains(Ends(road))).SelectMany(road => new[] { road.From, road.To }).ToHashSet(StringComparer.Ordinal);
        var sheet = PictureSheet.Of(plan, _ => PictureSheet.Step);
        return new CasePicture(
            sheet.Width, sheet.Height,
            [.. plan.Steps.Select(step => Draw(step, sheet, Sight(step.Id, turns, place, passed)))],
            sheet.Draw(road => taken.Contains(Ends(road))));
    }

    private static PictureStep Draw(PlannedStep step, PictureSheet sheet, StepSight sight)
    {
        var box = sheet.Box(step.Id);
        var name = step.Activity.DisplayName;
        return new PictureStep(
            step, sight, box.X, box.Y, box.Width, box.Height, LabelText.Wrap(name, box.Width - 22, LabelText.TitleSize, 2), $"{name}：{string.Join("，", sight.Words)}", null);
    }

    private static StepSight Sight(string step, IReadOnlyList<PathTurn> turns, string? place, HashSet<string> passed)
    {
        var own = turns.Where(turn => turn.StepId == step).ToList();
        var decides = own.Count == 0 ? null : $"第 {Numbers(own.Select(turn => turn.Number))} 步";
        return step == place ? new StepSight(StepState.Trouble, decides is null ? ["问题出在这里"] : [$"{decides}，问题出在这里"])
            : decides is not null ? new StepSight(StepState.Current, [decides])
            : passed.Contains(step) ? new StepSight(StepState.Done, ["经过"])
            : new StepSight(StepState.NotReached, ["不经过"]);
    }

    /// <summary>The roads that the decisions take, and those by which one comes from there to the next decision and to the problem without anybody deciding.</summary>
    private static HashSet<(string From, string To)> Taken(FlowPlan plan, IReadOnlyList<PathTurn> turns, string? place)
    {
        var taken = new HashSet<(string From, string To)>();
        var arrivals = plan.Roads.Select(road => road.To).ToHashSet(StringComparer.Ordinal);
        var reached = plan.Steps.Where(step => step.Kind == StepKind.Filing || !arrivals.Contains(step.Id)).Select(step => step.Id).ToHashSet(StringComparer.Ordinal);
        var decided = turns.Select(turn => turn.StepId).ToHashSet(StringComparer.Ordinal);
        foreach (var turn in turns)
        {
            ComeTo(turn.StepId);
            foreach (var road in plan.Roads.Where(road => road.From == turn.StepId && Takes(road, turn)))
            {
                taken.Add(Ends(road));
                reached.Add(road.To);
            }
        }

        if (place is not null) ComeTo(place);
        return taken;

        void ComeTo(string step)
        {
            var cameBy = new Dictionary<string, PlannedRoad>(StringComparer.Ordinal);
            var open = new Queue<string>(reached.Where(from => !decided.Contains(from)));
            while (!reached.Contains(step) && !cameBy.ContainsKey(step) && open.TryDequeue(out var at))
            {
                foreach (var road in plan.Roads.Where(road => road.From == at && !reached.Contains(road.To) && cameBy.TryAdd(road.To, road)))
                {
                    if (!decided.Contains(road.To)) open.Enqueue(road.To);
                }
            }

            for (var at = step; cameBy.TryGetValue(at, out var road) && reached.Add(at); at = road.From) taken.Add(Ends(road));
        }
    }

    private static PlannedRoad Numbered(PlannedRoad road, IReadOnlyList<PathTurn> turns)
    {
        var numbers = turns.Where(turn => turn.StepId == road.From && Takes(road, turn)).Select(turn => turn.Number).ToList();
        return numbers.Count == 0 ? road : road with { Label = $"({Numbers(numbers)}) {road.Label}".TrimEnd() };
    }

    private static (string From, string To) Ends(PlannedRoad road) => (road.From, road.To);

    private static bool Takes(PlannedRoad road, PathTurn turn) =>
        road.Links.Any(link => link.Source == road.From && turn.Ports.Contains(link.SourcePort ?? Done));

    private static string Numbers(IEnumerable<int> numbers)
    {
        var all = numbers.ToList();
        return string.Join("、", all.Take(MostNumbers)) + (all.Count > MostNumbers ? "…" : "");
    }

    private static string Told(WorkflowDefinition flow, ProblemStep step) => flow.Find(step.ActivityId) is { } activity
        ? string.Join(" + ", step.Outcomes.Select(port => OutcomeLabels.Of(activity, port, flow.Activities) ?? port))
        : string.Join(" + ", step.Outcomes);

    /// <summary>A step inside another is found where that stands in the flowchart.</summary>
    private static string? InChart(WorkflowDefinition flow, string activityId)
    {
        var chart = FlowPlan.ChartOf(flow);
        for (var at = flow.Find(activityId); at is not null; at = at.Parent)
        {
            if (ReferenceEquals(at.Parent, chart)) return at.Id;
        }

        return null;
    }
}
