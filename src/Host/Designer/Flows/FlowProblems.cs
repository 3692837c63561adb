using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Host.Designer.Flows;

/// <summary>Problems as they are told to whoever sees the flow and not its file: by the step as it is drawn, in Chinese.</summary>
public static class FlowProblems
{
    /// <summary>More are counted: a message on the screen has no room for them.</summary>
    private const int MostTold = 8;

    public static IReadOnlyList<string> InChinese(IReadOnlyList<Problem> problems, string path, string text)
    {
        var errors = problems.Where(problem => problem.Severity == ProblemSeverity.Error).ToList();
        var flow = WorkflowDefinition.Read(text, path).Definition;
        var told = errors.Take(MostTold).Select(problem => InChinese(problem, path, flow)).Distinct(StringComparer.Ordinal).ToList();
        if (errors.Count > MostTold) told.Add($"另有 {errors.Count - MostTold} 处问题。");
        return told;
    }

    private static string InChinese(Problem problem, string path, WorkflowDefinition? flow)
    {
        var words = problem.Chinese ?? problem.Message;
        if (problem.File != path) return $"{problem.File}：{words}";

        return problem.ActivityId is { } id && flow?.Find(id) is { } step && !words.Contains(step.DisplayName, StringComparison.Ordinal)
            ? $"步骤“{step.DisplayName}”（{id}）：{words}"
            : words;
    }
}
