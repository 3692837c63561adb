using WorkflowEngine.Content.Reading;
using WorkflowEngine.Rules;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Content.RuleSets;

/// <summary>Reads all rule files of a release; each workflow in them is a rule set under its own name.</summary>
internal static class RuleSetReader
{
    public static Dictionary<string, (RuleSet RuleSet, RuleWorkflow Workflow, string Path)> Read(
        IEnumerable<KeyValuePair<string, string>> files, ProblemList problems, ContentMemory memory)
    {
        var sets = new Dictionary<string, (RuleSet RuleSet, RuleWorkflow Workflow, string Path)>();
        foreach (var (path, json) in files)
        {
            foreach (var (workflow, set) in memory.Find("rules", [path, json], problems, own => Compile(path, json, own)))
            {
                if (sets.TryGetValue(workflow.WorkflowName, out var other))
                {
                    problems.Add(
                        ProblemCodes.DuplicateName, path, workflow.Place.Line, workflow.Place.Column, null,
                        $"there is already a rule set '{workflow.WorkflowName}' in {other.Path}",
                        $"{other.Path} 里已有名为“{workflow.WorkflowName}”的规则集");
                    continue;
                }

                sets.Add(workflow.WorkflowName, (set, workflow, path));
            }
        }

        return sets;
    }

    private static List<(RuleWorkflow Workflow, RuleSet Set)> Compile(string path, string json, ProblemList problems)
    {
        var file = RuleFile.Parse(json, path);
        Add(file.Problems, problems);
        var sets = new List<(RuleWorkflow Workflow, RuleSet Set)>();
        foreach (var workflow in file.IsValid ? file.Workflows : [])
        {
            // The first is the one that runs; the others are there for WorkflowsToInject and EvaluateRule.
            var compiled = RuleSet.Compile([workflow, .. file.Workflows.Where(other => other != workflow)]);
            Add(compiled.Problems, problems);
            if (compiled.RuleSet is { } set) sets.Add((workflow, set));
        }

        return sets;
    }

    private static void Add(IEnumerable<RuleProblem> found, ProblemList problems)
    {
        foreach (var problem in found)
        {
            problems.Add(new Problem(problem.Code, ProblemSeverity.Error, problem.File, Math.Max(1, problem.Line), Math.Max(1, problem.Column), null, problem.Message)
            {
                Chinese = $"{Words(problem.Code)}：{DidYouMean.InChinese(problem.Message)}",
            });
        }
    }

    private static string Words(string code) => code switch
    {
        RuleProblemCodes.NotJson => "不是合法的 JSON",
        RuleProblemCodes.UnknownMember => "不认识的成员",
        RuleProblemCodes.DuplicateMember => "成员写了两次",
        RuleProblemCodes.WrongValue => "值的种类不对",
        RuleProblemCodes.Missing => "缺少内容",
        RuleProblemCodes.Contradiction => "内容互相矛盾",
        RuleProblemCodes.DuplicateName => "名称重复",
        RuleProblemCodes.UnknownName => "引用的名称不存在",
        RuleProblemCodes.Syntax => "表达式写法有误",
        RuleProblemCodes.Type => "表达式与声明的事实不符",
        RuleProblemCodes.TooLarge => "超出大小限制",
        _ => "规则有误",
    };
}
