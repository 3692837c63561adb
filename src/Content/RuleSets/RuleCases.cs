using System.Globalization;
using System.Text.Json;
using WorkflowEngine.Content.Reading;
using WorkflowEngine.Rules;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Content.RuleSets;

/// <summary>
/// Runs the examples that stand beside a rule file: <c>NAME.cases.json</c>, a list of
/// <c>{ "name", "ruleSet"?, "facts", "businessDate"?, "expect": { "passed", "failures": [rule names] } }</c>. An example that does not
/// come out as written is a problem at its own line.
/// </summary>
internal static class RuleCases
{
    public const string Ending = ".cases.json";

    /// <summary>The day from which the procedure of 粤建市〔2022〕161号 applies; what a case means that names no other.</summary>
    public static readonly DateOnly DefaultDate = new(2022, 9, 10);

    private const int MaxCases = 2_000;

    /// <returns>How many cases were run.</returns>
    public static int Run(
        IReadOnlyDictionary<string, string> files, IReadOnlyDictionary<string, (RuleSet RuleSet, RuleWorkflow Workflow, string Path)> ruleSets, ProblemList problems,
        List<RuleSetCoverage> coverage, ContentMemory memory)
    {
        var ran = 0;
        foreach (var inFile in ruleSets.GroupBy(set => set.Value.Path))
        {
            var path = inFile.Key[..^".json".Length] + Ending;
            var cases = files.GetValueOrDefault(path);
            var sets = inFile.Select(set => set.Key).ToList();
            var (count, covered) = memory.Find(
                "examples of rules", [inFile.Key, files[inFile.Key], cases is null ? "" : "+", cases ?? "", .. sets], problems,
                own => Run(cases, path, inFile.Key, inFile.ToDictionary(set => set.Key, set => new Tried(set.Value.RuleSet, set.Value.Workflow)), sets[0], own));
            ran += count;
            coverage.AddRange(covered);
        }

        foreach (var path in files.Keys.Where(path => path.EndsWith(Ending, StringComparison.Ordinal) && !files.ContainsKey(path[..^Ending.Length] + ".json")))
        {
            problems.Add(
                ProblemCodes.MissingFile, path, 1, 1, null,
                $"these cases belong to '{path[..^Ending.Length]}.json', which does not exist", $"这些示例对应的规则文件“{path[..^Ending.Length]}.json”不存在");
        }

        return ran;
    }

    /// <returns>How many cases were run, and what they try of each rule set of the file.</returns>
    private static (int Ran, List<RuleSetCoverage> Coverage) Run(string? json, string path, string rules, Dictionary<string, Tried> tried, string firstSet, ProblemList problems)
    {
        var ran = json is not null && LocatedJson.Parse(path, json, problems) is { } root ? Run(root, path, firstSet, tried, problems) : 0;
        var coverage = new List<RuleSetCoverage>();
        foreach (var (name, set) in tried)
        {
            coverage.Add(set.Coverage());
            if (!coverage[^1].IsFull)
            {
                problems.Add(
                    ProblemCodes.RuleNotTried, rules, set.Workflow.Place.Line, set.Workflow.Place.Column, null,
                    $"rule set '{name}' is not fully tried by {path}: {coverage[^1]}",
                    $"规则集“{name}”的示例（{path}）不完整：{Chinese(coverage[^1])}", ProblemSeverity.Warning);
            }
        }

        return (ran, coverage);
    }

    private static int Run(LocatedJson root, string path, string firstSet, Dictionary<string, Tried> sets, ProblemList problems)
    {
        if (!root.IsArray || root.Items.Count > MaxCases)
        {
            problems.Add(
                ProblemCodes.WrongValue, path, root, $"cases are a list [ … ] of at most {MaxCases}", $"示例文件应是 [ … ] 形式的列表，最多 {MaxCases} 条");
            return 0;
        }

        var reader = new MemberReader(path, problems);
        var ran = 0;
        foreach (var item in root.Items.Where(item => reader.IsObject(item, "a case", "示例")))
        {
            problems.RefuseUnknownMembers(path, item, ["name", "ruleSet", "facts", "businessDate", "expect"]);
            var name = reader.RequiredText(item, "name");
            var setName = reader.OptionalText(item, "ruleSet") ?? firstSet;
            if (!sets.TryGetValue(setName, out var set))
            {
                problems.Add(
                    ProblemCodes.UnknownName, path, item["ruleSet"]!,
                    $"the rule file beside this one has no rule set '{setName}'{DidYouMean.Of(setName, sets.Keys)}",
                    $"旁边的规则文件里没有规则集“{setName}”{DidYouMean.Chinese(setName, sets.Keys)}");
                continue;
            }

            if (item["facts"] is not { IsObject: true } facts || item["expect"] is not { IsObject: true } expect || expect["passed"] is not { Kind: JsonValueKind.True or JsonValueKind.False } passed)
            {
                problems.Add(
                    ProblemCodes.Missing, path, item,
                    "a case needs 'facts' (an object with the inputs) and 'expect' with 'passed' true or false",
                    "示例必须写明“facts”（输入的事实）和“expect”（其中“passed”为 true 或 false）");
                continue;
            }

            problems.RefuseUnknownMembers(path, expect, ["passed", "failures"]);
            if (Date(item, path, problems) is { } date)
            {
                Compare(set, name, facts, date, passed, expect, reader, path, problems);
                ran++;
            }
        }

        return ran;
    }

    private static void Compare(
        Tried set, string name, LocatedJson facts, DateOnly date, LocatedJson passed, LocatedJson expect, MemberReader reader, string path, ProblemList problems)
    {
        using var document = JsonDocument.Parse(facts.ToNode()!.ToJsonString());
        var report = set.RuleSet.Evaluate(document.RootElement, new RuleRun { BusinessDate = date });
        set.Saw(report);

        var failures = report.Failures.Select(result => result.RuleName).Order(StringComparer.Ordinal).ToList();
        var expected = reader.Texts(expect, "failures", MaxCases).Order(StringComparer.Ordinal).ToList();
        if (report.Fault is { } fault)
        {
            problems.Add(ProblemCodes.RuleCaseFails, path, facts, $"case '{name}' cannot be run: {fault.Message}", $"示例“{name}”无法运行：{fault.Message}");
        }
        else if (report.Passed != (passed.Kind == JsonValueKind.True) || (expect["failures"] is not null && !failures.SequenceEqual(expected)))
        {
            var reasons = string.Join("; ", report.Failures.Where(result => result.IsUndecided).Select(result => $"{result.RuleName}: {result.ExceptionMessage}"));
            var undecided = reasons.Length == 0 ? "" : $" ({reasons})";
            problems.Add(
                ProblemCodes.RuleCaseFails, path, passed,
                $"case '{name}': expected {Words(passed.Kind == JsonValueKind.True, expected)}, got {Words(report.Passed, failures)}{undecided}",
                $"示例“{name}”：应为{ChineseWords(passed.Kind == JsonValueKind.True, expected)}，实际为{ChineseWords(report.Passed, failures)}{undecided}");
        }
    }

    private static DateOnly? Date(LocatedJson item, string path, ProblemList problems)
    {
        if (item["businessDate"] is not { } written)
        {
            return DefaultDate;
        }

        if (DateOnly.TryParseExact(written.Text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            return date;
        }

        problems.Add(ProblemCodes.WrongValue, path, written, $"'{written.Text}' is not a date of the form 2022-09-30", $"“{written.Text}”不是“2022-09-30”形式的日期");
        return null;
    }

    private static string Words(bool passed, List<string> failures) =>
        (passed ? "passed" : "not passed") + (failures.Count == 0 ? "" : $" with failures {string.Join(", ", failures)}");

    private static string ChineseWords(bool passed, List<string> failures) =>
        (passed ? "通过" : "不通过") + (failures.Count == 0 ? "" : $"（未满足：{string.Join("、", failures)}）");

    private static string Chinese(RuleSetCoverage coverage)
    {
        var parts = new List<string>();
        if (coverage.NeverHolds.Count > 0)
        {
            parts.Add($"没有示例使其成立：{string.Join("、", coverage.NeverHolds)}");
        }

        if (coverage.NeverFails.Count > 0)
        {
            parts.Add($"没有示例使其不成立：{string.Join("、", coverage.NeverFails)}");
        }

        return string.Join("；", parts);
    }

    /// <summary>How often the rules of a set were seen to hold and to fail.</summary>
    private sealed record Tried(RuleSet RuleSet, RuleWorkflow Workflow)
    {
        private readonly Dictionary<string, (int Held, int Failed)> _seen = [];

        public void Saw(RuleReport report) => Saw(report.Results, within: "");

        public RuleSetCoverage Coverage() => new(
            Workflow.WorkflowName,
            [
                .. from name in Names(Workflow.Rules, within: "")
                   let seen = _seen.GetValueOrDefault(name)
                   select new RuleCoverage(name, seen.Held, seen.Failed),
            ]);

        private void Saw(IReadOnlyList<RuleResult> results, string within)
        {
            foreach (var result in results)
            {
                var name = within + result.RuleName;
                var (held, failed) = _seen.GetValueOrDefault(name);
                // A rule that could not be decided has not been tried.
                _seen[name] = result.IsSuccess ? (held + 1, failed) : result.IsUndecided ? (held, failed) : (held, failed + 1);
                Saw(result.Children ?? [], $"{name}/");
            }
        }

        private static IEnumerable<string> Names(IReadOnlyList<Rule> rules, string within) =>
            rules.Where(rule => rule.Enabled).SelectMany(rule => Names(rule.Rules, $"{within}{rule.RuleName}/").Prepend(within + rule.RuleName));
    }
}
