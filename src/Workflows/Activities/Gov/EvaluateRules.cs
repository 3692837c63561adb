using System.Text.Json.Nodes;
using WorkflowEngine.Rules;
using WorkflowEngine.Workflows.Expressions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Gov;

/// <summary>Gov.EvaluateRules: judges facts by a rule set; the findings stay on the case with the reason for each.</summary>
internal sealed class EvaluateRules : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Gov.EvaluateRules", "规则判断", "政务", "用规则集检查，给出每条依据。")
    {
        Inputs =
        [
            new InputDescriptor("ruleSet", "String", "规则集") { IsRequired = true },
            new InputDescriptor("facts", "Object", "事实"),
        ],
        Outputs = [new OutputDescriptor("findings", "Object", "检查结果"), new OutputDescriptor("conclusion", "String", "结论（各规则只取其一的，成立的那一条）")],
        Ports = ["Pass", "Fail"],
    };

    public override void Execute(Turn turn)
    {
        var rules = turn.Run.Fact<RuleSet>(new FactKey(FactKind.RuleSet, turn.RequiredText("ruleSet")));
        var report = rules.Evaluate(FactsOf(turn), turn.Run.RuleRun);
        if (report.Fault is { } fault)
        {
            throw new ActivityFault($"the rule set could not be evaluated: {fault.Message}");
        }

        var findings = Findings.Of(report);
        turn.Output("findings", Conversion.Plain(findings));
        var conclusion = report.Match == RuleMatch.First ? report.SuccessEvent : null;
        turn.Output("conclusion", conclusion);
        turn.Run.Log(turn.Node, "Evaluated", null, new JsonObject { ["findings"] = findings.DeepClone(), ["conclusion"] = conclusion });
        turn.Complete(report.Passed ? "Pass" : "Fail");
    }

    private static IReadOnlyDictionary<string, object?> FactsOf(Turn turn)
    {
        var given = turn.InputValue("facts");
        if (given is string text)
        {
            given = Conversion.To<JsonObject>(text);
        }

        switch (given)
        {
            case IReadOnlyDictionary<string, object?> facts:
                return facts;
            case JsonObject json:
                return json.ToDictionary(m => m.Key, m => (object?)m.Value, StringComparer.Ordinal);
            case null:
                break;
            default:
                throw new ActivityFault($"the facts of '{turn.Node.Id}' must be an object");
        }

        var model = CaseModel.Notice(turn);
        return new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["submission"] = turn.Run.Input("values") ?? SubmissionOf(turn),
            ["case"] = FactJson.Of(model["case"]),
            ["vars"] = FactJson.Of(model["vars"]),
        };
    }

    private static JsonObject? SubmissionOf(Turn turn)
    {
        var root = turn.Run.MainRoot;
        return root?.Recall<string>(CaseModel.SubmissionIdKey) is { } id ? turn.Run.Fact<JsonObject>(new FactKey(FactKind.Submission, id)) : null;
    }
}
