using System.Text.RegularExpressions;
using WorkflowEngine.Content.Reading;
using WorkflowEngine.Rules;

namespace WorkflowEngine.Content.Checks;

/// <summary>
/// Internal tasks (<c>internalUntil</c>) name the decision that discloses them, or they would stay internal for ever; and until then no other task shows the
/// parties what was drafted.
/// </summary>
internal static class InternalChecks
{
    private const string Until = "internalUntil";

    public static void Run(IReadOnlyList<FlowView> flows, FlowCheckContext context)
    {
        var steps = flows.SelectMany(flow => flow.Steps).ToList();
        foreach (var step in steps.Where(step => step.Type == GovActivities.HumanTask && step.Json.Member(Until) is not null))
        {
            if (step.Literal(Until) is null)
            {
                context.Error(
                    ProblemCodes.WrongValue, step.At(Until), step.Id,
                    $"'{Until}' of step '{step.Id}' must be a literal", $"步骤“{step.Id}”的“{Until}”只能直接写明，不能用表达式");
                continue;
            }

            foreach (var decision in DecisionsOf(step))
            {
                Exists(step, decision, steps, context);
            }

            Shown(step, context);
        }
    }

    private static List<string> DecisionsOf(FlowStep step) => [.. SubmissionChecks.Listed(step.Literal(Until))];

    private static void Exists(FlowStep step, string decision, List<FlowStep> steps, FlowCheckContext context)
    {
        var tasks = steps.Where(other => other.Type == GovActivities.HumanTask).ToList();
        var (name, outcome) = decision.LastIndexOf('.') is > 0 and var dot ? (decision[..dot], decision[(dot + 1)..]) : (decision, "");
        if (tasks.Find(task => task.Id == name) is not { } decider)
        {
            var known = tasks.Select(task => task.Id).ToList();
            context.Error(
                ProblemCodes.UnknownStep, step.At(Until), step.Id,
                $"'{Until}' of step '{step.Id}' names '{decision}', but there is no task '{name}'{DidYouMean.Of(name, known)}",
                $"步骤“{step.Id}”的“{Until}”写的是“{decision}”，但没有任务“{name}”{DidYouMean.Chinese(name, known)}");
        }
        else if (outcome.Length == 0)
        {
            context.Error(
                ProblemCodes.WrongValue, step.At(Until), step.Id,
                $"'{Until}' of step '{step.Id}' names '{decision}' without an outcome; write step.Outcome",
                $"步骤“{step.Id}”的“{Until}”只写了步骤“{decision}”；应写“步骤.办理结果”");
        }
        else if (decider.Ports?.Contains(outcome) != true)
        {
            context.Error(
                ProblemCodes.UnknownOutcome, step.At(Until), step.Id,
                $"'{Until}' of step '{step.Id}' names '{decision}', but task '{name}' cannot end with '{outcome}'{DidYouMean.Of(outcome, decider.Ports ?? [])}",
                $"步骤“{step.Id}”的“{Until}”写的是“{decision}”，但任务“{name}”没有“{outcome}”这一办理结果{DidYouMean.Chinese(outcome, decider.Ports ?? [])}");
        }
    }

    /// <summary>Tasks that may be open before the decision, and that hand on what the step wrote.</summary>
    private static void Shown(FlowStep step, FlowCheckContext context)
    {
        var decisions = DecisionsOf(step);
        foreach (var (_, id) in step.Node.Outputs)
        {
            if (context.Definition.Variables.FirstOrDefault(variable => variable.Id == id)?.Name is not { } name) continue;

            var seen = new HashSet<FlowStep> { step };
            var next = new Queue<FlowStep>([step]);
            while (next.TryDequeue(out var at))
            {
                foreach (var reached in at.Out.Where(edge => !decisions.Contains($"{at.Id}.{edge.Port}")).Select(edge => edge.Target).Where(seen.Add))
                {
                    if (reached.Type == GovActivities.HumanTask && reached.Literal(Until) is null && Speaks(reached, name))
                    {
                        context.Error(
                            ProblemCodes.InternalShown, reached.At("data"), reached.Id,
                            $"task '{reached.Id}' hands on '{name}', which is internal to step '{step.Id}' until {string.Join(" or ", decisions)}; make it internal too, or leave it out",
                            $"任务“{reached.Id}”的附带内容用到“{name}”，而步骤“{step.Id}”写的内容在“{string.Join("、", decisions)}”之前不公开；请同样写上“{Until}”，或者去掉这项内容");
                    }

                    // Whoever writes it anew hands on what is its own.
                    if (!reached.Node.Outputs.Values.Contains(id)) next.Enqueue(reached);
                }
            }
        }
    }

    private static bool Speaks(FlowStep step, string variable) =>
        step.Input("data")?.Value?.Text is { } data && Regex.IsMatch(data, $@"\bvars\.{Regex.Escape(variable)}\b", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
}
