using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using WorkflowEngine.Content.Rehearsal;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Content;

/// <summary>The answer of <c>check</c>: all problems, what was looked at, and which rules their own examples try both ways.</summary>
public sealed record CheckReport
{
    private static readonly JsonSerializerOptions Written = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public required IReadOnlyList<Problem> Problems { get; init; }

    public required ContentCounts Counts { get; init; }

    public required IReadOnlyList<RuleSetCoverage> RuleCoverage { get; init; }

    /// <summary>What the stories try; null when none were played, because files have errors or only they were read.</summary>
    public StoryCoverage? Stories { get; init; }

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
            text.AppendJoin("", coverage.Lines().Select(line => line + "\n"));
        }

        if (Stories is { } stories) text.AppendJoin("", stories.Lines().Select(line => line + "\n"));
        return text.ToString();
    }

    /// <summary>The same as data.</summary>
    public string ToJson() => JsonSerializer.Serialize(
        new
        {
            publishable = IsPublishable,
            problems = Problems.Select(ReportedProblem.Of),
            counts = Counts,
            ruleCoverage = RuleCoverage.Select(Data),
            stories = Stories is null ? null : new
            {
                played = Stories.Stories,
                flows = Stories.Flows.Select(flow => new
                {
                    flow.Flow, flow.File, flow.Edges, flow.Taken, flow.NotTaken, flow.Exempt,
                }),
                ruleSets = Stories.RuleSets.Select(Data),
                Stories.NoticesSent,
                Stories.NoticesNotSent,
            },
        },
        Written);

    private static object Data(RuleSetCoverage coverage) => new { coverage.RuleSet, coverage.Rules };
}

/// <summary>How much was read and checked.</summary>
public sealed record ContentCounts(int Flows, int RuleSets, int RuleCases, int Forms, int Notices)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Flows} flows, {RuleSets} rule sets with {RuleCases} cases, {Forms} forms, {Notices} notices");
}

/// <summary>How often the rules of a set hold and fail in the cases beside it, in the order of the file; rules of a group as <c>group/rule</c>.</summary>
public sealed record RuleSetCoverage(string RuleSet, IReadOnlyList<RuleCoverage> Rules)
{
    public IReadOnlyList<string> NeverHolds => [.. Rules.Where(rule => rule.Held == 0).Select(rule => rule.Rule)];

    public IReadOnlyList<string> NeverFails => [.. Rules.Where(rule => rule.Failed == 0).Select(rule => rule.Rule)];

    public bool IsFull => Rules.All(rule => rule is { Held: > 0, Failed: > 0 });

    public override string ToString() => IsFull
        ? string.Create(CultureInfo.InvariantCulture, $"{RuleSet}: all {Rules.Count} rules tried both ways")
        : $"{RuleSet}: {Part("never holds in a case", NeverHolds)}{Part("never fails in a case", NeverFails)}";

    /// <summary>A line for each rule.</summary>
    public IEnumerable<string> Lines() => Rules.Select(rule => string.Create(CultureInfo.InvariantCulture, $"  {rule.Rule}: holds in {rule.Held}, fails in {rule.Failed}"));

    private static string Part(string words, IReadOnlyList<string> rules) =>
        rules.Count == 0 ? "" : $"{words}: {string.Join(", ", rules)}; ";
}

/// <param name="Held">The number of cases in which the rule holds.</param>
/// <param name="Failed">The number of cases in which it fails.</param>
public sealed record RuleCoverage(string Rule, int Held, int Failed);
