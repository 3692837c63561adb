using WorkflowEngine.Content.Notices;
using WorkflowEngine.Content.Reading;
using WorkflowEngine.Rules;

namespace WorkflowEngine.Content.Checks;

/// <summary>
/// What a notice's model declares must be there when the flow sends it: the variables and clocks of this flow, and what the
/// step's own <c>model</c> adds. Otherwise the letter would fail on the day it is needed.
/// </summary>
internal static class NoticeUseChecks
{
    /// <summary>What every letter is given, by the engine and the host.</summary>
    private static readonly string[] Given = ["case", "applicant", "authority", "province", "vendor", "task", "clocks", "vars", "today"];

    public static void Run(IReadOnlyList<FlowStep> steps, VariableFacts facts, FlowCheckContext context)
    {
        var clocks = TaskChecks.Clocks(steps);
        var variables = context.Definition.Variables.Select(variable => variable.Name).ToHashSet();
        foreach (var step in steps.Where(step => step.Type == GovActivities.SendNotice))
        {
            if (step.Literal("notice") is { } name && context.Index.Notices.TryGetValue(name, out var used) && used.Notice.Model is NoticeModel.Structure model && ObjectMembers.Of(step.Input("model")) is { } added)
            {
                Members(step, name, "", model, [.. Given, .. added.Keys], context);
                Members(step, name, "vars.", Inner(model, "vars"), variables, context);
                Fields(step, name, Inner(model, "vars"), facts, context);
                Members(step, name, "clocks.", Inner(model, "clocks"), clocks, context);
            }
        }
    }

    /// <summary>What a letter says of a form's answer must be asked there. Personal data are in no case's state, so no letter can have them.</summary>
    private static void Fields(FlowStep step, string notice, NoticeModel.Structure? variables, VariableFacts facts, FlowCheckContext context)
    {
        foreach (var (variable, model) in variables?.Members.Select(member => (member.Key, member.Value as NoticeModel.Structure)) ?? [])
        {
            if (model is { IsOptional: false } && facts.Find($"vars.{variable}") is FactType.Record { Members.Count: > 0 } answer)
            {
                Members(step, notice, $"vars.{variable}.", model, [.. answer.Members.Select(member => member.Name)], context);
            }
        }
    }

    private static NoticeModel.Structure? Inner(NoticeModel.Structure model, string name) => model.Members.GetValueOrDefault(name) as NoticeModel.Structure;

    private static void Members(
        FlowStep step, string notice, string prefix, NoticeModel.Structure? declared, IReadOnlyCollection<string> present, FlowCheckContext context)
    {
        foreach (var name in declared?.Members.Where(member => !member.Value.IsOptional).Select(member => member.Key).Where(name => !present.Contains(name)) ?? [])
        {
            context.Error(
                ProblemCodes.NoticeModelMissing, step.At(prefix.Length == 0 ? "model" : "notice"), step.Id,
                $"notice '{notice}' uses '{prefix}{name}', which step '{step.Id}' of this flow does not give it{DidYouMean.Of(name, present)}",
                $"文书“{notice}”要用到“{prefix}{name}”，但本流程的步骤“{step.Id}”没有提供{DidYouMean.Chinese(name, present)}");
        }
    }
}
