using WorkflowEngine.Content.Reading;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Content.Checks;

/// <summary>Every run can end, and a case always ends by a step that closes it with an outcome.</summary>
internal static class EndChecks
{
    public static void Run(FlowView flow, HashSet<FlowStep> main, FlowCheckContext context)
    {
        Loops(flow, main, context);
        Ends(flow, main, context);
    }

    /// <summary>
    /// A loop must be entered at one step only, the one it returns to: Elsa's counter mode faults otherwise ("Invalid
    /// backward connection") and its token mode runs steps twice.
    /// </summary>
    private static void Loops(FlowView flow, HashSet<FlowStep> main, FlowCheckContext context)
    {
        var dominators = Dominators(flow, main);
        bool IsReturn(FlowEdge edge) => dominators[edge.Source].Contains(edge.Target);

        // What is left without the lawful returns must be free of circles.
        var state = new Dictionary<FlowStep, bool>();
        foreach (var step in main)
        {
            Walk(step);
        }

        void Walk(FlowStep step)
        {
            if (!state.TryAdd(step, true))
            {
                return;
            }

            foreach (var edge in step.MainOut.Where(edge => !IsReturn(edge)))
            {
                if (state.TryGetValue(edge.Target, out var isOpen) && isOpen)
                {
                    context.Tell(
                        ProblemCodes.LoopEntry, ProblemSeverity.Error, (edge.Drawn.TargetAt.Line, edge.Drawn.TargetAt.Column), step.Id,
                        $"'{step}' returns to '{edge.Target}', but the loop can also be entered elsewhere; let every way into the loop go through '{edge.Target}'",
                        $"“{step}”返回到“{edge.Target}”，但这个循环还有别的入口；请让所有进入循环的路径都先经过“{edge.Target}”",
                        flow.WayTo(step, not: edge.Target));
                }

                Walk(edge.Target);
            }

            state[step] = false;
        }
    }

    /// <summary>For each step the steps that every path from a start passes through.</summary>
    private static Dictionary<FlowStep, HashSet<FlowStep>> Dominators(FlowView flow, HashSet<FlowStep> main)
    {
        var starts = flow.Starts().ToHashSet();
        var dominators = main.ToDictionary(step => step, step => starts.Contains(step) ? [step] : new HashSet<FlowStep>(main));
        for (var changed = true; changed;)
        {
            changed = false;
            foreach (var step in main.Where(step => !starts.Contains(step)))
            {
                var common = step.In
                    .Where(edge => !edge.IsSide && main.Contains(edge.Source))
                    .Select(edge => dominators[edge.Source])
                    .Aggregate((HashSet<FlowStep>?)null, (all, one) => all is null ? new HashSet<FlowStep>(one) : [.. all.Intersect(one)]) ?? [];
                common.Add(step);
                if (common.Count != dominators[step].Count)
                {
                    dominators[step] = common;
                    changed = true;
                }
            }
        }

        return dominators;
    }

    /// <summary>
    /// A path may stop without closing the case only where another path of the same fork goes on. So a step is lost when no
    /// end can be reached from it, or when all edges of one of its outcomes lead to lost steps; the case is lost when its
    /// start is. Reported is the innermost decision that loses it, not everything before.
    /// </summary>
    private static void Ends(FlowView flow, HashSet<FlowStep> main, FlowCheckContext context)
    {
        var canEnd = main.Where(step => IsEnd(step, context)).ToHashSet();
        Spread(canEnd, main, step => Outcomes(step).Any(outcome => Promised(outcome).Any(edge => canEnd.Contains(edge.Target))));
        var lost = main.Where(step => !canEnd.Contains(step)).ToHashSet();
        Spread(lost, main, step => !IsEnd(step, context) && Outcomes(step).Any(outcome => Promised(outcome).All(edge => lost.Contains(edge.Target))));
        if (!flow.Starts().Any(lost.Contains))
        {
            return;
        }

        var reach = lost.ToDictionary(step => step, step => Reach(step, lost));
        var working = flow.Starts().Where(lost.Contains).SelectMany(start => Reach(start, lost, step => LastingOf(step, reach))).ToHashSet();
        var losing = working
            .Where(step => step.Type == GovActivities.HumanTask || Outcomes(step).Skip(1).Any())
            .SelectMany(Outcomes)
            .Where(outcome => Promised(outcome).All(edge => lost.Contains(edge.Target)))
            .ToList();
        var innermost = losing.Where(outcome => !outcome.SelectMany(edge => reach[edge.Target]).Intersect(losing.Select(other => other.First().Source)).Any()).ToList();
        var from = losing.Count == 0 ? flow.Starts().Where(lost.Contains) : innermost.SelectMany(outcome => outcome.Select(edge => edge.Target));
        var ends = from.SelectMany(step => Reach(step, lost, step => LastingOf(step, reach))).Where(step => !step.MainOut.Any() || HasOpenOutcome(step)).ToHashSet();
        foreach (var end in flow.Steps.Where(ends.Contains))
        {
            context.Tell(
                ProblemCodes.DeadEnd, ProblemSeverity.Error, (end.Json.Line, end.Json.Column), end.Id,
                $"step '{end}' ({end.Node.DisplayName}) has no way on and does not close the case; draw an edge on from it, or end with Gov.CloseCase",
                $"步骤“{end}”（{end.Node.DisplayName}）之后没有去处，也没有结束案件；请继续画出连线，或者用 Gov.CloseCase 结束",
                flow.WayTo(end));
        }

        if (ends.Count == 0 && flow.Steps.FirstOrDefault(step => lost.Contains(step) && !canEnd.Contains(step)) is { } trapped)
        {
            context.Tell(
                ProblemCodes.NeverEnds, ProblemSeverity.Error, (trapped.Json.Line, trapped.Json.Column), trapped.Id,
                $"from step '{trapped}' ({trapped.Node.DisplayName}) no path leads to an end: the case would go round for ever",
                $"从步骤“{trapped}”（{trapped.Node.DisplayName}）出发，没有任何路径通向终点，案件会永远循环下去",
                flow.WayTo(trapped));
        }
    }

    /// <summary>
    /// Where a run may stop: a terminal; in a flow that carries no case also any open end. A step that is wrong in itself is
    /// reported as such and not again for what follows from it.
    /// </summary>
    private static bool IsEnd(FlowStep step, FlowCheckContext context) =>
        step.IsTerminal
        || step.Descriptor is null
        || (!context.IsCase && (!step.MainOut.Any() || HasOpenOutcome(step)))
        || (IsOurs(step) && step.Ports is { Count: > 0 } and not ["Done"] && HasOpenOutcome(step));

    private static IEnumerable<IGrouping<string, FlowEdge>> Outcomes(FlowStep step) => step.MainOut.GroupBy(edge => edge.Port);

    /// <summary>
    /// Beside other paths of a fork, what a party may do or leave (withdrawing) and what may happen or not (an event) promises no end: a case that only
    /// they could close stands still.
    /// </summary>
    private static IReadOnlyList<FlowEdge> Promised(IGrouping<string, FlowEdge> outcome)
    {
        var promised = outcome.Where(edge => edge.Target.Type != "Elsa.Event" && edge.Target.Literal("optional") is not ("true" or "True")).ToList();
        return promised.Count > 0 ? promised : [.. outcome];
    }

    private static bool HasOpenOutcome(FlowStep step) => step.Ports is { } ports && ports.Any(port => step.Out.TrueForAll(edge => edge.Port != port));

    private static bool IsOurs(FlowStep step) => step.Type.StartsWith(GovActivities.Prefix, StringComparison.Ordinal);

    /// <summary>Of the paths of a fork those on which somebody works: where one of them stops, the letters beside it are not to blame.</summary>
    private static IEnumerable<FlowEdge> LastingOf(FlowStep step, Dictionary<FlowStep, HashSet<FlowStep>> reach) =>
        Outcomes(step).SelectMany(outcome =>
        {
            var lasting = outcome.Where(edge => reach.TryGetValue(edge.Target, out var behind) && behind.Any(other => other.Type == GovActivities.HumanTask)).ToList();
            return lasting.Count > 0 ? lasting : [.. outcome];
        });

    private static HashSet<FlowStep> Reach(FlowStep from, HashSet<FlowStep> within, Func<FlowStep, IEnumerable<FlowEdge>>? ways = null)
    {
        var reached = new HashSet<FlowStep>();
        var open = new Stack<FlowStep>([from]);
        while (open.TryPop(out var step))
        {
            if (within.Contains(step) && reached.Add(step))
            {
                foreach (var edge in ways is null ? step.MainOut : ways(step))
                {
                    open.Push(edge.Target);
                }
            }
        }

        return reached;
    }

    private static void Spread(HashSet<FlowStep> set, HashSet<FlowStep> within, Func<FlowStep, bool> belongs)
    {
        while (within.FirstOrDefault(step => !set.Contains(step) && belongs(step)) is { } next)
        {
            set.Add(next);
        }
    }
}
