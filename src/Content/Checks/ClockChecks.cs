using WorkflowEngine.Content.Reading;

namespace WorkflowEngine.Content.Checks;

/// <summary>Clocks are started once, and what a limit would do is drawn only where there is a limit.</summary>
internal static class ClockChecks
{
    private static readonly string[] Limited = [GovActivities.HumanTask, GovActivities.AwaitConformance, GovActivities.RaiseWarning];

    public static void Run(IReadOnlyList<FlowView> flows, IReadOnlyList<FlowStep> steps, FlowCheckContext context)
    {
        foreach (var step in steps.Where(step => Limited.Contains(step.Type)))
        {
            SidePorts(step, context);
        }

        var starting = steps.Where(step => step.Type == GovActivities.StartClock && step.Literal("clock") is not null).ToList();
        foreach (var start in starting)
        {
            var clock = start.Literal("clock")!;
            var again = steps.FirstOrDefault(step => Limited.Contains(step.Type) && step.Literal("clock") == clock && step.Input("limit") is not null && step.Literal("clockMode") != "restart")
                ?? starting.Find(other => other != start && other.Literal("clock") == clock && flows.Any(flow => flow.Steps.Contains(start) && LeadsTo(start, other)));
            if (again is not null)
            {
                context.Error(
                    ProblemCodes.ClockStartedTwice, again.At(again.Type == GovActivities.StartClock ? "clock" : "limit"), again.Id,
                    $"clock '{clock}' is started by '{start.Id}' and again by '{again.Id}': which of the two limits holds nobody can tell; leave one of them out",
                    $"时限“{clock}”由“{start.Id}”开始计算，又由“{again.Id}”重新开始，无法判断以哪个期限为准；请只保留一处");
            }
        }
    }

    private static void SidePorts(FlowStep step, FlowCheckContext context)
    {
        var hasLimit = step.Json.Member("limit") is not null || step.Json.Member("clock") is not null;
        foreach (var edge in hasLimit ? [] : step.Out.Where(edge => edge.Port is "Overdue" or "Reminder" or "AnsweredLate"))
        {
            context.Error(
                ProblemCodes.NeverFires, edge.Drawn.SourceAt, step.Id,
                $"an edge leaves '{step.Id}' by '{edge.Port}', but the step has neither a limit nor a clock: it never fires", $"“{step.Id}”画出了“{edge.Port}”的去向，但这个步骤没有时限，也不按任何时钟办理，永远不会触发");
        }

        if (step.Json.Member("reminder") is { } reminder && step.SidePorts.Contains("Reminder") && step.Out.TrueForAll(edge => edge.Port != "Reminder"))
        {
            context.Warn(
                ProblemCodes.OutcomeNotDrawn, reminder, step.Id,
                $"step '{step.Id}' has a reminder, but nothing is drawn from its port Reminder: nobody is reminded", $"步骤“{step.Id}”写明了提醒，但没有从“Reminder”出口画出连线，不会提醒任何人");
        }
    }

    private static bool LeadsTo(FlowStep from, FlowStep to)
    {
        var reached = new HashSet<FlowStep>();
        var open = new Stack<FlowStep>([from]);
        while (open.TryPop(out var at))
        {
            foreach (var next in at.MainOut.Select(edge => edge.Target).Where(reached.Add))
            {
                open.Push(next);
            }
        }

        return reached.Contains(to);
    }
}
