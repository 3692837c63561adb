using WorkflowEngine.Host.Cases;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Portal.Picture;

/// <summary>What a step of the picture is, as a person understands it.</summary>
public enum StepKind
{
    /// <summary>A party files something.</summary>
    Filing,

    /// <summary>A person decides.</summary>
    Task,

    /// <summary>Something a party may do and nobody waits for.</summary>
    Option,

    /// <summary>自动预警.</summary>
    Warning,

    /// <summary>The platform does it by itself.</summary>
    Platform,

    /// <summary>The flow parts.</summary>
    Decision,

    /// <summary>The case ends.</summary>
    End,
}

/// <summary>A step that is drawn.</summary>
/// <param name="IsSide">Reached through a side port only: it goes on beside the case and does not move it.</param>
/// <param name="Notices">The letters that leave around this step, folded into one mark of it.</param>
public sealed record PlannedStep(ActivityNode Activity, StepKind Kind, bool IsSide, IReadOnlyList<ActivityNode> Notices)
{
    public string Id => Activity.Id;
}

/// <summary>A way from one drawn step to another, through whatever is not drawn between them.</summary>
/// <param name="Port">The outcome of <paramref name="From"/> that it begins with.</param>
/// <param name="Label">The outcome in Chinese; null where there is nothing to tell apart.</param>
/// <param name="Links">The edges of the definition that it consists of.</param>
public sealed record PlannedRoad(string From, string To, string Port, string? Label, bool IsSide, IReadOnlyList<Connection> Links);

/// <summary>
/// A definition as a picture wants it: the steps that people speak of, and the roads between them. Letters become marks of the
/// step they leave from, and bookkeeping (variables, clocks, joins) disappears into the roads; so a flow of sixty activities
/// stays a picture of twenty steps.
/// </summary>
public sealed record FlowPlan(IReadOnlyList<PlannedStep> Steps, IReadOnlyList<PlannedRoad> Roads)
{
    private const string Done = "Done";
    private const string Notice = "Gov.SendNotice";

    private static readonly Dictionary<string, StepKind> Drawn = new()
    {
        ["Gov.Submission"] = StepKind.Filing,
        ["Gov.DataIngest"] = StepKind.Filing,
        ["Gov.HumanTask"] = StepKind.Task,
        ["Gov.RaiseWarning"] = StepKind.Warning,
        ["Gov.EvaluateRules"] = StepKind.Platform,
        ["Gov.IssueCredential"] = StepKind.Platform,
        ["Gov.AwaitConformance"] = StepKind.Platform,
        ["Gov.WorkingDayTimer"] = StepKind.Platform,
        ["Gov.TransferCase"] = StepKind.Platform,
        ["Gov.CloseCase"] = StepKind.End,
        ["Elsa.FlowDecision"] = StepKind.Decision,
        ["Elsa.FlowSwitch"] = StepKind.Decision,
        ["Elsa.Event"] = StepKind.Platform,
        ["Elsa.Delay"] = StepKind.Platform,
        ["Elsa.DispatchWorkflow"] = StepKind.Platform,
        ["Elsa.ExecuteWorkflow"] = StepKind.Platform,
    };

    /// <param name="forApplicant">A party's picture leaves out what goes on inside the administration: warnings and everything behind them.</param>
    /// <param name="alsoDrawn">Steps of the flowchart that are drawn whatever they are.</param>
    public static FlowPlan Of(WorkflowDefinition flow, bool forApplicant, IReadOnlySet<string>? alsoDrawn = null)
    {
        if (ChartOf(flow) is not { } chart) return new FlowPlan([], []);

        var byId = chart.Children.ToDictionary(activity => activity.Id);
        var outbound = chart.Connections.ToLookup(link => link.Source);
        var main = MainRegion(chart, byId, outbound);
        var shown = chart.Children
            .Where(activity => alsoDrawn?.Contains(activity.Id) == true || Drawn.ContainsKey(activity.Type) && !(forApplicant && !main.Contains(activity.Id) && !IsApplicants(activity)))
            .Select(activity => activity.Id)
            .ToHashSet();
        var roads = RoadsBetween(shown, byId, outbound);
        while (shown.RemoveWhere(id => alsoDrawn?.Contains(id) != true && IsPointless(byId[id], roads)) > 0) roads = RoadsBetween(shown, byId, outbound);

        var notices = NoticesByStep(chart, byId, shown);
        return new FlowPlan(
            [
                .. from activity in chart.Children
                   where shown.Contains(activity.Id)
                   select new PlannedStep(activity, KindOf(activity), !main.Contains(activity.Id), [.. notices[activity.Id]]),
            ],
            Merged(roads, byId));
    }

    /// <summary>The flowchart that is drawn.</summary>
    public static ActivityNode? ChartOf(WorkflowDefinition flow) => flow.Activities.FirstOrDefault(activity => activity.Connections.Count > 0);

    private static StepKind KindOf(ActivityNode activity) => Drawn.GetValueOrDefault(activity.Type, StepKind.Platform) switch
    {
        StepKind.Task when Literal(activity, "optional") == "true" => StepKind.Option,
        var kind => kind,
    };

    private static bool IsApplicants(ActivityNode activity) => activity.Type == "Gov.HumanTask" && Literal(activity, "party") == CaseHeader.Applicant;

    private static HashSet<string> MainRegion(ActivityNode chart, Dictionary<string, ActivityNode> byId, ILookup<string, Connection> outbound)
    {
        var targets = chart.Connections.Select(link => link.Target).ToHashSet();
        var starts = chart.Children.Where(activity => activity.CanStartWorkflow).ToList();
        if (starts.Count == 0) starts = [.. chart.Children.Where(activity => !targets.Contains(activity.Id)).Take(1)];

        var main = new HashSet<string>();
        var queue = new Queue<string>(starts.Select(start => start.Id));
        while (queue.TryDequeue(out var id))
        {
            if (!main.Add(id)) continue;
            foreach (var link in outbound[id])
            {
                if (!IsSidePort(byId[id], link)) queue.Enqueue(link.Target);
            }
        }

        return main;
    }

    /// <summary>A letter belongs to the nearest drawn step before it; a first letter, to the step after it.</summary>
    private static ILookup<string, ActivityNode> NoticesByStep(ActivityNode chart, Dictionary<string, ActivityNode> byId, HashSet<string> shown)
    {
        var before = chart.Connections.ToLookup(link => link.Target, link => link.Source);
        var after = chart.Connections.ToLookup(link => link.Source, link => link.Target);
        return (from activity in chart.Children
                where activity.Type == Notice
                let step = Nearest(activity.Id, before, byId, shown) ?? Nearest(activity.Id, after, byId, shown)
                where step is not null
                select (step, activity)).ToLookup(pair => pair.step, pair => pair.activity);
    }

    private static string? Nearest(string from, ILookup<string, string> links, Dictionary<string, ActivityNode> byId, HashSet<string> shown)
    {
        var seen = new HashSet<string> { from };
        var queue = new Queue<string>(links[from]);
        while (queue.TryDequeue(out var id))
        {
            if (shown.Contains(id)) return id;
            // A warning that was left out for this viewer takes its letters with it.
            if (Drawn.GetValueOrDefault(byId[id].Type) == StepKind.Warning || !seen.Add(id)) continue;
            foreach (var next in links[id]) queue.Enqueue(next);
        }

        return null;
    }

    private static List<PlannedRoad> RoadsBetween(HashSet<string> shown, Dictionary<string, ActivityNode> byId, ILookup<string, Connection> outbound) =>
        [.. shown.SelectMany(id => RoadsFrom(byId[id], byId, outbound, shown))];

    /// <summary>A waiting time or a question that leads to letters only.</summary>
    private static bool IsPointless(ActivityNode activity, List<PlannedRoad> roads) =>
        (Drawn[activity.Type] == StepKind.Decision || activity.Type is "Gov.WorkingDayTimer" or "Elsa.Delay") && roads.TrueForAll(road => road.From != activity.Id);

    private static IEnumerable<PlannedRoad> RoadsFrom(
        ActivityNode step, Dictionary<string, ActivityNode> byId, ILookup<string, Connection> outbound, HashSet<string> shown)
    {
        foreach (var first in outbound[step.Id])
        {
            var seen = new HashSet<string> { step.Id };
            var queue = new Queue<IReadOnlyList<Connection>>([[first]]);
            while (queue.TryDequeue(out var links))
            {
                var target = links[^1].Target;
                if (shown.Contains(target))
                {
                    var port = first.SourcePort ?? Done;
                    yield return new PlannedRoad(step.Id, target, port, LabelOf(step, port, byId.Values), IsSidePort(step, first), links);
                }
                else if (!Drawn.ContainsKey(byId[target].Type) && seen.Add(target))
                {
                    foreach (var next in outbound[target]) queue.Enqueue([.. links, next]);
                }
            }
        }
    }

    /// <summary>
    /// Two outcomes that lead to the same place are one road. Where the platform itself decides and every outcome leads there, there is
    /// nothing to tell apart, and no label.
    /// </summary>
    private static IReadOnlyList<PlannedRoad> Merged(IReadOnlyList<PlannedRoad> roads, Dictionary<string, ActivityNode> byId) =>
    [
        .. from road in roads
           group road by (road.From, road.To, road.IsSide) into same
           let onlyWay = KindOf(byId[same.Key.From]) == StepKind.Platform && roads.All(other => other.From != same.Key.From || other.IsSide || other.To == same.Key.To)
           let labels = same.Select(road => road.Label).OfType<string>().Distinct().ToList()
           select same.First() with
           {
               Label = onlyWay || labels.Count == 0 ? null : string.Join(" / ", labels),
               Links = [.. same.SelectMany(road => road.Links).Distinct()],
           },
    ];

    private static bool IsSidePort(ActivityNode activity, Connection link) => link.SourcePort is { } port && activity.SidePorts.Contains(port);

    private static string? LabelOf(ActivityNode step, string port, IEnumerable<ActivityNode> all)
    {
        if (port == Done) return null;

        // A label says which way, not why: "符合要求，发放测试密钥" is "符合要求".
        return OutcomeLabels.Of(step, port, all)?.Split('，', '；', '（')[0];
    }

    private static string? Literal(ActivityNode activity, string input) =>
        activity.Inputs.GetValueOrDefault(input) is { ExpressionType: "Literal", RawValue: { } raw } ? raw.Trim('"') : null;
}
