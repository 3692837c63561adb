using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Content;

/// <summary>A problem as the API and <c>check --json</c> tell it.</summary>
/// <param name="Severity"><c>error</c> or <c>warning</c>.</param>
/// <param name="Step">The id of the activity; null when it is none of a flow.</param>
/// <param name="Path">The decisions that lead to it, from the beginning of a case; empty where none is needed.</param>
public sealed record ReportedProblem(
    string Code, string Severity, string File, int Line, int Column, string? Step, string Message, string? Chinese, IReadOnlyList<ReportedStep> Path)
{
    public static ReportedProblem Of(Problem problem) => new(
        problem.Code, problem.Severity.ToString().ToLowerInvariant(), problem.File, problem.Line, problem.Column, problem.ActivityId, problem.Message, problem.Chinese,
        [.. problem.Path.Select(step => new ReportedStep(step.ActivityId, step.Outcomes))]);
}

/// <summary>A step on the way to a problem, and the outcomes that it ended with there.</summary>
public sealed record ReportedStep(string Step, IReadOnlyList<string> Outcomes);
