using WorkflowEngine.Content.Reading;
using WorkflowEngine.Rules;

namespace WorkflowEngine.Content.Checks;

/// <summary>The lists that a task or a submission carries as JSON: what may be chosen, on which condition, and what may happen instead.</summary>
internal static class ListChecks
{
    private static readonly (string Input, string[] Members, string[] Needed)[] Lists =
    [
        ("outcomes", ["name", "label"], ["name", "label"]),
        ("events", ["event", "outcome"], ["event", "outcome"]),
        ("guards", ["outcome", "condition", "message"], ["outcome", "condition", "message"]),
        ("refusals", ["condition", "message"], ["condition", "message"]),
    ];

    public static void Run(IReadOnlyList<FlowStep> steps, FlowCheckContext context)
    {
        foreach (var step in steps.Where(step => step.Type is GovActivities.HumanTask or GovActivities.Submission))
        {
            foreach (var (input, members, needed) in Lists)
            {
                List(step, input, members, needed, context);
            }

            foreach (var twice in (step.Input("outcomes")?.Object()?.Items ?? [])
                .Where(outcome => outcome.StringAt("label") is { Length: > 0 }).GroupBy(outcome => outcome.StringAt("label")!).SelectMany(same => same.Skip(1)))
            {
                context.Error(
                    ProblemCodes.DuplicateName, twice, step.Id,
                    $"two outcomes of task '{step.Id}' are both called '{twice.StringAt("label")}': nobody could tell them apart", $"任务“{step.Id}”有两个办理结果都叫“{twice.StringAt("label")}”，办理人无法区分");
            }
        }
    }

    private static void List(FlowStep step, string input, string[] members, string[] needed, FlowCheckContext context)
    {
        if (step.Json.Member(input) is null || step.Input(input) is not { Type: "Object" or "Json" or "Literal" } written)
        {
            return;
        }

        if (written.Object() is not { IsArray: true } list)
        {
            context.Error(
                ProblemCodes.WrongValue, step.At(input), step.Id,
                $"'{input}' of step '{step.Id}' is no JSON list, so nothing of it is read", $"步骤“{step.Id}”的“{input}”不是 JSON 列表，不会起作用");
            return;
        }

        foreach (var item in list.Items.Where(item => item.IsObject))
        {
            foreach (var member in item.Members.Where(member => !members.Contains(member.Name)))
            {
                context.Problems.Add(
                    ProblemCodes.UnknownMember, context.File, member.Line, member.Column, step.Id,
                    $"an entry of '{input}' of step '{step.Id}' has no member '{member.Name}'{DidYouMean.Of(member.Name, members)} (known: {string.Join(", ", members)})",
                    $"步骤“{step.Id}”的“{input}”没有“{member.Name}”这一项{DidYouMean.Chinese(member.Name, members)}（可用：{string.Join("、", members)}）");
            }

            foreach (var name in needed.Where(name => item.Member(name) is not { } value || (value.IsString && string.IsNullOrWhiteSpace(value.Text))))
            {
                context.Error(
                    ProblemCodes.Missing, item, step.Id,
                    $"an entry of '{input}' of step '{step.Id}' has no '{name}'", $"步骤“{step.Id}”的“{input}”有一条没有写明“{name}”");
            }
        }
    }
}
