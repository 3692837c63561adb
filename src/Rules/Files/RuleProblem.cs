namespace WorkflowEngine.Rules;

/// <summary>A mistake in a rule file, a fact schema or an expression, told to the person who can correct it.</summary>
/// <param name="File">The path as it was given by the caller.</param>
/// <param name="Line">1-based line; 0 when the place is not known.</param>
/// <param name="Column">1-based column; 0 when the place is not known.</param>
/// <param name="Code">A stable word for programs, e.g. <c>unknown-member</c>; see <see cref="RuleProblemCodes"/>.</param>
/// <param name="Message">What is wrong and what to do, with "did you mean" where a near name exists.</param>
public sealed record RuleProblem(string File, int Line, int Column, string Code, string Message)
{
    public override string ToString() => Line > 0 ? $"{File}:{Line}:{Column}: {Message}" : $"{File}: {Message}";
}

/// <summary>The stable codes of <see cref="RuleProblem.Code"/>.</summary>
public static class RuleProblemCodes
{
    /// <summary>The text is not JSON, or not JSON as the original reads it (comments and trailing commas are refused).</summary>
    public const string NotJson = "not-json";

    /// <summary>A member that rule files do not have.</summary>
    public const string UnknownMember = "unknown-member";

    /// <summary>A member is there twice.</summary>
    public const string DuplicateMember = "duplicate-member";

    /// <summary>A member has a value of the wrong kind.</summary>
    public const string WrongValue = "wrong-value";

    /// <summary>A required member is missing or empty.</summary>
    public const string Missing = "missing";

    /// <summary>Members contradict each other.</summary>
    public const string Contradiction = "contradiction";

    /// <summary>Two workflows, rules or parameters have the same name.</summary>
    public const string DuplicateName = "duplicate-name";

    /// <summary>A workflow, rule or action is named that does not exist.</summary>
    public const string UnknownName = "unknown-name";

    /// <summary>An expression does not parse.</summary>
    public const string Syntax = "syntax";

    /// <summary>An expression does not fit the declared facts.</summary>
    public const string Type = "type";

    /// <summary>A size, depth or count is over its limit.</summary>
    public const string TooLarge = "too-large";
}
