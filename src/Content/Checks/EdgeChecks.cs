using WorkflowEngine.Content.Reading;
using WorkflowEngine.Rules;

namespace WorkflowEngine.Content.Checks;

/// <summary>Every edge begins at an outcome that its step has and ends at a step that exists; every outcome leads somewhere.</summary>
internal static class EdgeChecks
{
    /// <param name="main">The steps of the main region.</param>
    public static void Run(FlowView flow, HashSet<FlowStep> main, FlowCheckContext context)
    {
        var ids = flow.Steps.Select(step => step.Id).ToList();
        foreach (var edge in flow.Drawn)
        {
            Ends(edge, flow, ids, context);
        }

        foreach (var twice in flow.Drawn.GroupBy(edge => (edge.Source, edge.Port, edge.Target)).SelectMany(same => same.Skip(1)))
        {
            context.Error(
                ProblemCodes.DuplicateEdge, twice.At, twice.Source,
                $"the edge from '{twice.Source}' ({twice.Port}) to '{twice.Target}' is drawn twice", $"从“{twice.Source}”（{twice.Port}）到“{twice.Target}”的连线画了两次");
        }

        foreach (var step in flow.Steps)
        {
            Outcomes(step, main.Contains(step), context);
        }
    }

    private static void Ends(DrawnEdge edge, FlowView flow, List<string> ids, FlowCheckContext context)
    {
        if (edge.Source.Length == 0 || edge.Target.Length == 0)
        {
            // The reader has told that the connection is none.
            return;
        }

        if (flow.Step(edge.Target) is null)
        {
            context.Error(
                ProblemCodes.UnknownStep, edge.TargetAt, edge.Source,
                $"step '{edge.Source}' goes to '{edge.Target}', which is not a step{DidYouMean.Of(edge.Target, ids)}",
                $"步骤“{edge.Source}”的连线指向“{edge.Target}”，但没有这个步骤{DidYouMean.Chinese(edge.Target, ids)}");
        }

        if (flow.Step(edge.Source) is not { } source)
        {
            context.Error(
                ProblemCodes.UnknownStep, edge.SourceAt, null,
                $"an edge to '{edge.Target}' begins at '{edge.Source}', which is not a step{DidYouMean.Of(edge.Source, ids)}",
                $"指向“{edge.Target}”的连线从“{edge.Source}”开始，但没有这个步骤{DidYouMean.Chinese(edge.Source, ids)}");
            return;
        }

        if (source.Ports is { } ports && !ports.Contains(edge.Port) && !source.SidePorts.Contains(edge.Port))
        {
            var known = ports.Concat(source.SidePorts).ToList();
            var list = known.Count == 0 ? "none: it ends here" : string.Join(", ", known);
            context.Error(
                ProblemCodes.UnknownOutcome, edge.SourceAt, source.Id,
                $"the edge from '{source.Id}' to '{edge.Target}' leaves by '{edge.Port}', an outcome that the step does not have{DidYouMean.Of(edge.Port, known)} (it has: {list})",
                $"从“{source.Id}”到“{edge.Target}”的连线使用了出口“{edge.Port}”，该步骤没有这个出口{DidYouMean.Chinese(edge.Port, known)}（现有：{(known.Count == 0 ? "无，此步骤是终点" : string.Join("、", known))}）");
        }
    }

    /// <summary>
    /// Our own activities say what may happen; each of it must lead somewhere. Elsa's may leave a branch open on purpose,
    /// which <see cref="EndChecks"/> judges by what it means for the case. In a side region a warning above the province may
    /// simply end there.
    /// </summary>
    private static void Outcomes(FlowStep step, bool isMain, FlowCheckContext context)
    {
        if (!step.Type.StartsWith(GovActivities.Prefix, StringComparison.Ordinal) || step.Ports is not { } ports || (step.Out.Count == 0 && ports is ["Done"]))
        {
            return;
        }

        foreach (var port in ports.Where(port => step.Out.TrueForAll(edge => edge.Port != port) && (isMain || port != FlowPorts.Skipped)))
        {
            var at = step.Type == GovActivities.HumanTask
                ? FlowPorts.TaskOutcomes(step).Where(outcome => outcome.Name == port).Select(outcome => outcome.At)
                    .Concat(FlowPorts.TaskEvents(step).Where(happening => happening.Outcome.Text == port).Select(happening => happening.Outcome)).FirstOrDefault(step.Json)
                : step.Json;
            context.Error(
                ProblemCodes.OutcomeNotDrawn, at, step.Id,
                $"step '{step.Id}' ({step.Node.DisplayName}) can end with '{port}', but no edge leaves by it: the case would stand still; draw an edge from '{step.Id}' ({port})",
                $"步骤“{step.Id}”（{step.Node.DisplayName}）可能以“{port}”结束，但没有从这个出口画出连线，案件会停在这里；请从“{step.Id}”（{port}）画出连线");
        }
    }
}
