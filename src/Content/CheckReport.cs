using System.Globalization;
using System.Text;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Content;

/// <summary>The answer of <c>check</c>: all problems, what was looked at, and which rules their own examples try both ways.</summary>
public sealed record CheckReport
{
    public required IReadOnlyList<Problem> Problems { get; init; }

    public required ContentCounts Counts { get; init; }

    public required IReadOnlyList<RuleSetCoverage> RuleCoverage { get; init; }

    /// <summary>True when nothing prevents publishing; warnings do not.</summary>
    public bool IsPublishable => Problems.All(problem => problem.Severity != ProblemSeverity.Error);

    /// <summary>For the terminal: each problem on its line as <c>file:line: message</c>, in Chinese below in English, then the counts.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var problem in Problems)
        {
            text.Append(CultureInfo.InvariantCulture, $"{problem}\n");
            if (problem.Chinese is { } chinese)
            {
                text.Append(CultureInfo.InvariantCulture, $"    {chinese}\n");
            }
        }

        text.Append(CultureInfo.InvariantCulture, $"{Counts}\n");
        foreach (var coverage in RuleCoverage)
        {
            text.Append(CultureInfo.InvariantCulture, $"{coverage}\n");
        }

        return text.ToString();
    }
}

/// <summary>How much was read and checked.</summary>
public sealed record ContentCounts(int Flows, int RuleSets, int RuleCases, int Forms, int Notices)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Flows} flows, {RuleSets} rule sets with {RuleCases} cases, {Forms} forms, {Notices} notices");
}

/// <summary>Which rules of a set hold in at least one of its cases and fail in at least one.</summary>
public sealed record RuleSetCoverage(string RuleSet, int Rules, IReadOnlyList<string> NeverHolds, IReadOnlyList<string> NeverFails)
{
    public bool IsFull => NeverHolds.Count == 0 && NeverFails.Count == 0;

    public override string ToString() => IsFull
        ? string.Create(CultureInfo.InvariantCulture, $"{RuleSet}: all {Rules} rules tried both ways")
        : $"{RuleSet}: {Part("never holds in a case", NeverHolds)}{Part("never fails in a case", NeverFails)}";

    private static string Part(string words, IReadOnlyList<string> rules) =>
        rules.Count == 0 ? "" : $"{words}: {string.Join(", ", rules)}; ";
}
