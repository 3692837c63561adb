using System.Text.RegularExpressions;
using WorkflowEngine.Content.Reading;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Content.Checks;

/// <summary>
/// A loop in which nobody is waited for and whose way out asks for what the loop never changes: once it goes round it goes round for ever. What the drawing alone
/// shows is found by <see cref="SoundnessChecks"/>; here the data are looked at.
/// </summary>
internal static partial class EndlessLoopChecks
{
    private static readonly HashSet<string> AtOnce =
    [
        "Elsa.Start", "Elsa.FlowNode", "Elsa.WriteLine", "Elsa.SetVariable", "Elsa.SetName", "Elsa.SetOutput", "Elsa.Correlate", "Elsa.PublishEvent", "Elsa.FlowDecision", "Elsa.FlowSwitch",
        "Elsa.FlowFork", "Elsa.FlowJoin", "Elsa.Sequence", "Elsa.If", "Elsa.Switch", "Gov.SendNotice", "Gov.SuspendClock", "Gov.ResumeClock",
    ];

    public static void Run(IReadOnlyList<FlowView> flows, IReadOnlyList<FlowStep> steps, FlowCheckContext context)
    {
        foreach (var flow in flows)
        {
            foreach (var loop in LoopsOf(flow))
            {
                Drawn(flow, loop, context);
            }
        }

        foreach (var step in steps.Where(step => step.Type == "Elsa.While" && step.Input("condition") is { Type: "Lambda" or "Variable" }))
        {
            var inside = steps.Where(other => Around(other, step)).ToList();
            var reads = Reads(step.Json.Member("condition"), context);
            if (inside.Count > 0 && reads.Count > 0 && inside.TrueForAll(other => AtOnce.Contains(other.Type)) && !inside.SelectMany(Writes).Any(reads.Contains))
            {
                Tell(step, reads, ProblemSeverity.Error, [], context);
            }
        }
    }

    private static void Drawn(FlowView flow, HashSet<FlowStep> loop, FlowCheckContext context)
    {
        var ways = loop.SelectMany(step => step.MainOut.GroupBy(edge => edge.Port)).ToList();
        var leaving = ways.Where(way => way.Any(edge => !loop.Contains(edge.Target))).ToList();
        // A branch beside the loop may end the flow; and what leaves by a step that decides nothing is no way out.
        if (leaving.Exists(way => way.Any(edge => loop.Contains(edge.Target)) || way.First().Source.Type is not ("Elsa.FlowDecision" or "Elsa.FlowSwitch")))
        {
            return;
        }

        var deciding = leaving.Select(way => way.First().Source).Distinct().ToList();
        var reads = deciding.SelectMany(step => Reads(step.Json.Member("condition"), context).Concat(Reads(step.Json.Member("cases"), context))).ToHashSet();
        if (deciding.Count > 0 && reads.Count > 0 && !loop.SelectMany(Writes).Any(reads.Contains))
        {
            // Another branch may change it before the loop is entered, so this is not certain.
            Tell(deciding[0], reads, ProblemSeverity.Warning, flow.WayTo(deciding[0]), context);
        }
    }

    private static void Tell(FlowStep step, HashSet<string> reads, ProblemSeverity severity, IReadOnlyList<ProblemStep> way, FlowCheckContext context)
    {
        var names = context.Definition.Variables.Where(variable => reads.Contains(variable.Id)).Select(variable => variable.Name).ToList();
        context.Tell(
            ProblemCodes.Circles, severity, (step.Json.Line, step.Json.Column), step.Id,
            $"the way out of the loop at '{step.Id}' asks for {string.Join(", ", names.Select(name => $"'{name}'"))}, which no step of the loop changes, and nobody is waited for in it: it would go round for ever",
            $"循环在“{step.Id}”处的出口取决于{string.Join("、", names.Select(name => $"“{name}”"))}，但循环中没有任何步骤改变它，也不等待任何人，会永远循环下去",
            way);
    }

    private static bool Around(FlowStep inner, FlowStep outer)
    {
        for (var at = inner.Node.Parent; at is not null; at = at.Parent)
        {
            if (at == outer.Node)
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<string> Writes(FlowStep step) => step.Node.Outputs.Values
        .Concat(step.Type == "Elsa.SetVariable" && step.Json.Member("variable")?.StringAt("id") is { } id ? [id] : []);

    private static HashSet<string> Reads(LocatedJson? json, FlowCheckContext context)
    {
        var reads = new HashSet<string>();
        Collect(json);
        return reads;

        void Collect(LocatedJson? at)
        {
            if (at is null)
            {
                return;
            }

            if (at.IsString)
            {
                var names = Variables().Matches(at.Text).Select(match => match.Groups["name"].Value).ToHashSet(StringComparer.OrdinalIgnoreCase);
                reads.UnionWith(context.Definition.Variables.Where(variable => names.Contains(variable.Name)).Select(variable => variable.Id));
            }
            else if (at.StringAt("type") == "Variable" && at.At("value", "id") is { IsString: true } id)
            {
                reads.Add(id.Text);
            }

            foreach (var inner in at.Members.Select(member => member.Value).Concat(at.Items))
            {
                Collect(inner);
            }
        }
    }

    /// <summary>The circles of a flowchart that consist of steps which end as soon as they begin.</summary>
    private static List<HashSet<FlowStep>> LoopsOf(FlowView flow)
    {
        var left = flow.Steps.Where(step => AtOnce.Contains(step.Type) && step.Node.Children.Count == 0).ToHashSet();
        while (left.RemoveWhere(step => !step.MainOut.Any(edge => left.Contains(edge.Target)) || !step.In.Exists(edge => !edge.IsSide && left.Contains(edge.Source))) > 0)
        {
        }

        var loops = new List<HashSet<FlowStep>>();
        foreach (var step in left.Where(step => !loops.Exists(loop => loop.Contains(step))))
        {
            var loop = Reach(step, left, at => at.MainOut.Select(edge => edge.Target));
            loop.IntersectWith(Reach(step, left, at => at.In.Where(edge => !edge.IsSide).Select(edge => edge.Source)));
            if (loop.Contains(step))
            {
                loops.Add(loop);
            }
        }

        return loops;
    }

    /// <summary>What a step comes to, itself only where it comes back.</summary>
    private static HashSet<FlowStep> Reach(FlowStep from, HashSet<FlowStep> within, Func<FlowStep, IEnumerable<FlowStep>> next)
    {
        var reached = new HashSet<FlowStep>();
        var open = new Stack<FlowStep>([from]);
        while (open.TryPop(out var at))
        {
            foreach (var step in next(at).Where(step => within.Contains(step) && reached.Add(step)))
            {
                open.Push(step);
            }
        }

        return reached;
    }

    [GeneratedRegex(@"\bvars\.(?<name>\w+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Variables();
}
