using WorkflowEngine.Content.Reading;

namespace WorkflowEngine.Content.Checks;

/// <summary>
/// The main region is what ordinary outcomes reach from the start; a side region is what a side port (Reminder, Overdue)
/// reaches. Every step belongs to one of them, and no edge joins the two, save to a terminal: a reminder must never move the case.
/// </summary>
internal static class RegionChecks
{
    /// <returns>The steps of the main region.</returns>
    public static HashSet<FlowStep> Run(FlowView flow, FlowCheckContext context)
    {
        var main = Reach(flow.Starts());
        var side = Reach(flow.Steps.SelectMany(step => step.Out).Where(edge => edge.IsSide).Select(edge => edge.Target).Where(step => !main.Contains(step)));
        while (true)
        {
            // Steps of a side region have side ports of their own (a warning that is not answered).
            var further = Reach(side.SelectMany(step => step.Out).Select(edge => edge.Target).Where(step => !main.Contains(step)));
            if (further.IsSubsetOf(side))
            {
                break;
            }

            side.UnionWith(further);
        }

        foreach (var edge in flow.Steps.SelectMany(step => step.Out).Where(edge => (edge.IsSide || side.Contains(edge.Source)) && main.Contains(edge.Target) && !edge.Target.IsTerminal))
        {
            var from = edge.IsSide ? $"side port '{edge.Port}' of '{edge.Source}'" : $"'{edge.Source}', which only a side port reaches,";
            var fromChinese = edge.IsSide ? $"“{edge.Source}”的侧出口“{edge.Port}”" : $"只有侧出口才能到达的“{edge.Source}”";
            context.Error(
                ProblemCodes.SideEdge, edge.Drawn.TargetAt, edge.Source.Id,
                $"an edge leads from {from} into the main path at '{edge.Target}': the step is still open then and the case would go two ways; use onOverdue 'interrupt', or end the side path with a notice or a warning",
                $"有连线从{fromChinese}进入主流程的“{edge.Target}”：此时原步骤仍在办理，案件会同时走两条路；请改用 onOverdue“interrupt”，或者让侧路以通知、预警结束");
        }

        Unreachable(flow, [.. flow.Steps.Where(step => !main.Contains(step) && !side.Contains(step))], context);
        return main;
    }

    /// <summary>One report for the first step of a part that nothing leads to: the steps behind it are then reached too.</summary>
    private static void Unreachable(FlowView flow, HashSet<FlowStep> lost, FlowCheckContext context)
    {
        var behind = new HashSet<FlowStep>();
        foreach (var step in flow.Steps.Where(lost.Contains).OrderBy(step => step.In.Exists(edge => lost.Contains(edge.Source) && edge.Source != step)).ToList())
        {
            if (behind.Contains(step))
            {
                continue;
            }

            var part = Reach([step]);
            part.ExceptWith(behind);
            behind.UnionWith(part);
            var others = part.Count(lost.Contains) - 1;
            var more = others > 0 ? $" and so to {others} steps behind it" : "";
            var behindChinese = others > 0 ? $"及其后的 {others} 个步骤" : "";
            context.Error(
                ProblemCodes.UnreachableStep, step.Json, step.Id,
                $"no path leads to step '{step.Id}' ({step.Node.DisplayName}){more}; draw an edge to it or remove it",
                $"没有任何路径能到达步骤“{step.Id}”（{step.Node.DisplayName}）{behindChinese}，请画出通向它的连线，或者删除它");
        }
    }

    private static HashSet<FlowStep> Reach(IEnumerable<FlowStep> from)
    {
        var reached = new HashSet<FlowStep>();
        var open = new Stack<FlowStep>(from);
        while (open.TryPop(out var step))
        {
            if (reached.Add(step))
            {
                foreach (var edge in step.MainOut)
                {
                    open.Push(edge.Target);
                }
            }
        }

        return reached;
    }
}
