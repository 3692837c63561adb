using WorkflowEngine.Content.Reading;
using WorkflowEngine.Rules;

namespace WorkflowEngine.Content.Checks;

/// <summary>A form that asks for something "with outcome X" must be used by a task that has the outcome X, else it is never asked.</summary>
internal static class FormUseChecks
{
    /// <param name="steps">The steps of all flows: a form may serve several tasks.</param>
    public static void Run(IReadOnlyList<FlowStep> steps, ContentIndex index, IReadOnlyDictionary<string, string> files, ProblemList problems)
    {
        var outcomesOfForm = steps
            .Where(step => step.Type == GovActivities.HumanTask && step.Literal("form") is not null)
            .GroupBy(step => step.Literal("form")!)
            .ToDictionary(tasks => tasks.Key, tasks => tasks.SelectMany(FlowPorts.TaskOutcomes).Select(outcome => outcome.Name).ToHashSet());
        foreach (var (id, (form, path)) in index.Forms)
        {
            if (!outcomesOfForm.TryGetValue(id, out var outcomes) || form.Fields.All(field => field.RequiredWhenOutcome.All(outcomes.Contains)))
            {
                continue;
            }

            var named = LocatedJson.Parse(path, files[path], problems)?["fields"]?.Items.SelectMany(field => field["requiredWhenOutcome"]?.Items ?? []) ?? [];
            foreach (var outcome in named.Where(outcome => !outcomes.Contains(outcome.Text)))
            {
                problems.Add(
                    ProblemCodes.UnknownOutcome, path, outcome,
                    $"no task with this form has the outcome '{outcome.Text}'{DidYouMean.Of(outcome.Text, outcomes)}",
                    $"使用这份表单的任务没有“{outcome.Text}”这个办理结果{DidYouMean.Chinese(outcome.Text, outcomes)}");
            }
        }
    }
}
