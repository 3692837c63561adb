using System.Globalization;

namespace WorkflowEngine.Workflows.Definitions;

public enum ProblemSeverity
{
    Warning,
    Error,
}

/// <summary>
/// Something wrong in a content file, told to its author: where (file, line and column from 1, activity), what, and what to do.
/// </summary>
/// <param name="Code">Stable kebab-case word, for tests and tools: <c>unknown-activity-type</c>.</param>
public sealed record Problem(
    string Code, ProblemSeverity Severity, string File, int Line, int Column, string? ActivityId, string Message)
{
    /// <summary>The same message in Chinese, for the pages of policy staff; null where only the English one exists.</summary>
    public string? Chinese { get; init; }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}: {Message}");
}
