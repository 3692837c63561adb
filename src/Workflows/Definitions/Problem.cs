using System.Globalization;

namespace WorkflowEngine.Workflows.Definitions;

public enum ProblemSeverity
{
    Warning,
    Error,
}

/// <summary>A step on the way to a problem, and the outcomes that it ended with there.</summary>
public sealed record ProblemStep(string ActivityId, IReadOnlyList<string> Outcomes);

/// <summary>
/// Something wrong in a content file, told to its author: where (file, line and column from 1, activity), what, and what to do.
/// </summary>
/// <param name="Code">Stable kebab-case word, for tests and tools: <c>unknown-activity-type</c>.</param>
public sealed record Problem(
    string Code, ProblemSeverity Severity, string File, int Line, int Column, string? ActivityId, string Message)
{
    /// <summary>The same message in Chinese, for the pages of policy staff; null where only the English one exists.</summary>
    public string? Chinese { get; init; }

    /// <summary>The decisions that lead to it, from the beginning of a case; empty where none is needed. The message says the same, a long one shortened.</summary>
    public IReadOnlyList<ProblemStep> Path { get; init; } = [];

    /// <summary>Problems that say the same are the same.</summary>
    public bool Equals(Problem? other) => other is not null
        && (Code, Severity, File, Line, Column, ActivityId, Message, Chinese) == (other.Code, other.Severity, other.File, other.Line, other.Column, other.ActivityId, other.Message, other.Chinese);

    public override int GetHashCode() => HashCode.Combine(Code, File, Line, Column, ActivityId, Message);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}: {Message}");
}
