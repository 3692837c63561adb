using WorkflowEngine.Content.Reading;
using WorkflowEngine.Rules;

namespace WorkflowEngine.Content.Checks;

/// <summary>
/// The facts that a rule set declares are given to it by the step that evaluates it, and a fact taken from a form has a field
/// there. Otherwise the rule would judge nothing at all and say that it is missing.
/// </summary>
internal static class RuleUseChecks
{
    /// <summary>What a step that names no facts passes on.</summary>
    private static readonly string[] Default = ["submission", "case", "vars"];

    public static void Run(IReadOnlyList<FlowStep> steps, VariableFacts facts, FlowCheckContext context)
    {
        foreach (var step in steps)
        {
            if (step.Literal("ruleSet") is not { } name || !context.Index.RuleSets.TryGetValue(name, out var rules) || rules.Facts is not { IsOpen: false } declared)
            {
                continue;
            }

            var given = step.Type switch
            {
                GovActivities.AwaitConformance => new Dictionary<string, string> { ["conformance"] = "" },
                _ when step.Input("facts") is null => Default.ToDictionary(fact => fact, _ => ""),
                _ => ObjectMembers.Of(step.Input("facts")),
            };
            foreach (var fact in given is null ? [] : declared.Inputs)
            {
                Fact(step, name, fact, given!, facts, context);
            }
        }
    }

    private static void Fact(
        FlowStep step, string rules, FactMember fact, IReadOnlyDictionary<string, string> given, VariableFacts facts, FlowCheckContext context)
    {
        if (!given.TryGetValue(fact.Name, out var path))
        {
            context.Error(
                ProblemCodes.RuleFactMissing, step.At(step.Input("facts") is null ? "ruleSet" : "facts"), step.Id,
                $"rule set '{rules}' judges '{fact.Name}', which step '{step.Id}' does not give it{DidYouMean.Of(fact.Name, given.Keys)}",
                $"规则集“{rules}”要判断“{fact.Name}”，但步骤“{step.Id}”没有提供{DidYouMean.Chinese(fact.Name, given.Keys)}");
            return;
        }

        if (fact.Type is FactType.Record wanted && facts.Find(path) is FactType.Record { Members.Count: > 0 } found)
        {
            var fields = found.Members.Select(member => member.Name).ToList();
            foreach (var member in wanted.Members.Where(member => !fields.Contains(member.Name)))
            {
                context.Error(
                    ProblemCodes.RuleFactMissing, step.At("facts"), step.Id,
                    $"rule set '{rules}' judges '{fact.Name}.{member.Name}', which no form gives to '{path}'{DidYouMean.Of(member.Name, fields)}",
                    $"规则集“{rules}”要判断“{fact.Name}.{member.Name}”，但“{path}”所用的表单里没有这一项{DidYouMean.Chinese(member.Name, fields)}");
            }
        }
    }
}
