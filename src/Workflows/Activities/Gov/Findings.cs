using System.Text.Json.Nodes;
using WorkflowEngine.Rules;

namespace WorkflowEngine.Workflows.Activities.Gov;

/// <summary>What a rule set found, as data of a case.</summary>
internal static class Findings
{
    /// <summary>One entry per failed rule: rule, field, level, message, explanation, basis, advice.</summary>
    public static JsonArray Of(RuleReport report)
    {
        var findings = new JsonArray();
        foreach (var result in report.Failures)
        {
            findings.Add((JsonNode)new JsonObject
            {
                ["rule"] = result.RuleName,
                ["field"] = result.Field,
                ["level"] = result.Severity == RuleSeverity.Warn ? "warn" : "reject",
                ["message"] = result.ErrorMessage ?? result.ExceptionMessage,
                ["explanation"] = result.Explanation,
                ["basis"] = result.LegalBasis?.ToString(),
                ["advice"] = result.Advice,
            });
        }

        return findings;
    }
}
