using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Host.Designer.Files;

/// <summary>A problem as it is told beside a text.</summary>
/// <param name="Line">From 1; 0: it is about another file.</param>
public sealed record ToldProblem(int Line, int Column, string Words, bool IsError);

/// <summary>Problems as they are told to whoever sees a flow and not its file, by the step as it is drawn, or one text of many, by its line. In Chinese.</summary>
public static class FileProblems
{
    /// <summary>More are counted: a message on the screen has no room for them.</summary>
    private const int MostTold = 8;

    /// <summary>Lines of the list beside a text.</summary>
    private const int MostListed = 50;

    public static IReadOnlyList<string> InChinese(IReadOnlyList<Problem> problems, string path, string text)
    {
        var errors = problems.Where(problem => problem.Severity == ProblemSeverity.Error).ToList();
        var flow = path.EndsWith(".json", StringComparison.Ordinal) ? WorkflowDefinition.Read(text, path).Definition : null;
        var told = errors.Take(MostTold).Select(problem => InChinese(problem, path, flow)).Distinct(StringComparer.Ordinal).ToList();
        if (errors.Count > MostTold) told.Add($"另有 {errors.Count - MostTold} 处问题。");
        return told;
    }

    /// <summary>What is wrong in a text, and what it makes wrong elsewhere; reminders about other files are not its author's business.</summary>
    public static IReadOnlyList<ToldProblem> BesideText(IReadOnlyList<Problem> problems, string path) =>
    [
        .. problems.Where(problem => problem.File == path || problem.Severity == ProblemSeverity.Error)
            .OrderBy(problem => problem.File != path).ThenBy(problem => problem.Line).Take(MostListed)
            .Select(problem => new ToldProblem(
                problem.File == path ? problem.Line : 0, problem.Column, problem.File == path ? problem.Chinese ?? problem.Message : $"{problem.File}:{problem.Line}：{problem.Chinese ?? problem.Message}",
                problem.Severity == ProblemSeverity.Error)),
    ];

    private static string InChinese(Problem problem, string path, WorkflowDefinition? flow)
    {
        var words = problem.Chinese ?? problem.Message;
        if (problem.File != path) return $"{problem.File}：{words}";

        if (problem.ActivityId is { } id && flow?.Find(id) is { } step) return words.Contains(step.DisplayName, StringComparison.Ordinal) ? words : $"步骤“{step.DisplayName}”（{id}）：{words}";

        return flow is null ? $"第 {problem.Line} 行：{words}" : words;
    }
}
