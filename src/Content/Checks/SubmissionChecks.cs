using System.Globalization;
using WorkflowEngine.Content.Forms;
using WorkflowEngine.Content.Reading;
using WorkflowEngine.Rules;

namespace WorkflowEngine.Content.Checks;

/// <summary>
/// What the door reads of a submission before there is a case is written plainly, and speaks of roles and form fields that exist: a misspelt field would make
/// two applications the same, or tell the authority who complained.
/// </summary>
internal static class SubmissionChecks
{
    private const int LongestPrefix = 8;

    public static void Run(IReadOnlyList<FlowStep> steps, FlowCheckContext context)
    {
        foreach (var step in steps.Where(step => step.Type == GovActivities.Submission))
        {
            foreach (var input in new[] { "roles", "numberPrefix", "uniqueBy", "link", "vendor", "confidential", "province", "maxOpen", "maxPerDay" })
            {
                Plain(step, input, context);
            }

            Roles(step, context);
            Prefix(step, context);
            if (context.Index.Provinces is { } provinces) context.Knows(step, "province", provinces, "the province", "省份");
            AtLeastOne(step, "maxOpen", context);
            AtLeastOne(step, "maxPerDay", context);
            var form = step.Literal("form") is { } id && context.Index.Forms.TryGetValue(id, out var found) ? found.Form : null;
            if (form is not null)
            {
                Fields(step, "uniqueBy", form, context);
                Fields(step, "link", form, context);
                Fields(step, "vendor", form, context);
                Fields(step, "confidential", form, context);
            }
        }
    }

    public static IEnumerable<string> Listed(string? text) =>
        (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static void Plain(FlowStep step, string input, FlowCheckContext context)
    {
        if (step.Json.Member(input) is not null && step.Literal(input) is null)
        {
            context.Error(
                ProblemCodes.WrongValue, step.At(input), step.Id,
                $"'{input}' of step '{step.Id}' is read before there is a case, so it must be a literal",
                $"步骤“{step.Id}”的“{input}”在案件产生之前就要用到，只能直接写明，不能用表达式");
        }
    }

    private static void Roles(FlowStep step, FlowCheckContext context)
    {
        var known = GovActivities.RolesOfParty["applicant"];
        foreach (var role in Listed(step.Literal("roles")).Where(role => !known.Contains(role)))
        {
            context.Error(
                ProblemCodes.RoleNotOfParty, step.At("roles"), step.Id,
                $"step '{step.Id}' lets role '{role}' file, which no applicant has{DidYouMean.Of(role, known)} (there are: {string.Join(", ", known)})",
                $"步骤“{step.Id}”允许“{role}”提交，但申请人没有这个岗位{DidYouMean.Chinese(role, known)}（可选：{string.Join("、", known)}）");
        }
    }

    private static void Prefix(FlowStep step, FlowCheckContext context)
    {
        if (step.Literal("numberPrefix") is { } prefix && (prefix.Length < 1 || prefix.Length > LongestPrefix || !prefix.All(char.IsAsciiLetterUpper)))
        {
            context.Error(
                ProblemCodes.WrongValue, step.At("numberPrefix"), step.Id,
                $"the number prefix '{prefix}' of step '{step.Id}' must be 1 to {LongestPrefix} capital letters", $"步骤“{step.Id}”的办件编号前缀“{prefix}”应为 1 至 {LongestPrefix} 个大写字母");
        }
    }

    private static void AtLeastOne(FlowStep step, string input, FlowCheckContext context)
    {
        if (step.Literal(input) is { } written && (!int.TryParse(written, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) || number < 1))
        {
            context.Error(
                ProblemCodes.WrongValue, step.At(input), step.Id,
                $"'{input}' of step '{step.Id}' must be a whole number of at least 1: with {written} nobody could file", $"步骤“{step.Id}”的“{input}”应为 1 以上的整数，否则谁也无法提交");
        }
    }

    private static void Fields(FlowStep step, string input, FormDefinition form, FlowCheckContext context)
    {
        var names = form.Fields.Select(field => field.Name).ToList();
        foreach (var name in Listed(step.Literal(input)))
        {
            if (!names.Contains(name))
            {
                context.Error(
                    ProblemCodes.UnknownName, step.At(input), step.Id,
                    $"'{input}' of step '{step.Id}' names the field '{name}', which form '{form.Id}' does not have{DidYouMean.Of(name, names)}",
                    $"步骤“{step.Id}”的“{input}”引用的“{name}”在表单“{form.Id}”中不存在{DidYouMean.Chinese(name, names)}");
            }
            else if (form.Fields.First(field => field.Name == name).Personal)
            {
                context.Error(
                    ProblemCodes.WrongValue, step.At(input), step.Id,
                    $"'{input}' of step '{step.Id}' names the field '{name}', which holds personal data and is never in a case's state",
                    $"步骤“{step.Id}”的“{input}”引用的“{name}”是个人信息，不会存入案件");
            }
        }
    }
}
