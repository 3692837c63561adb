using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Content.Checks;

/// <summary>The decisions that lead to a problem as the end of its sentence.</summary>
internal static class PathWords
{
    /// <summary>Decisions that are written out; of a longer path the first and the last.</summary>
    private const int Shown = 12;

    /// <returns>Nothing for a path without decisions.</returns>
    public static (string English, string Chinese) Of(IReadOnlyList<ProblemStep> path, WorkflowDefinition definition)
    {
        if (path.Count == 0)
        {
            return ("", "");
        }

        var steps = path.Count <= Shown ? path : [.. path.Take(Shown / 2), .. path.TakeLast(Shown / 2)];
        var gap = path.Count > Shown ? Shown / 2 : -1;
        var english = steps.Select((step, index) => $"{(index == gap ? "… " : "")}{step.ActivityId} ({Outcomes(step)})");
        var chinese = steps.Select((step, index) => $"{(index == gap ? "…… " : "")}{Name(step)}（{Outcomes(step)}）");
        return ($"; it happens after: {string.Join(" → ", english)}", $"；经过：{string.Join(" → ", chinese)}");

        string Name(ProblemStep step) => definition.Find(step.ActivityId)?.DisplayName is { Length: > 0 } name ? name : step.ActivityId;
    }

    private static string Outcomes(ProblemStep step) => step.Outcomes.Count == 0 ? "–" : string.Join(" + ", step.Outcomes);
}
