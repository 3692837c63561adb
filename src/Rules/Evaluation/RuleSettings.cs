namespace WorkflowEngine.Rules;

/// <summary>How rules are read and run. The names of the original's <c>ReSettings</c> are kept; its defaults too.</summary>
public sealed record RuleSettings
{
    public static RuleSettings Default { get; } = new();

    /// <summary>
    /// True: the original's answers for imported files, e.g. a member missing from JSON is silently null and a null is an
    /// untyped object. False: the language as documented here, where such a rule is an error with a position.
    /// </summary>
    public bool Compat { get; init; }

    /// <summary>False: an expression that cannot be decided ends the run with <see cref="RuleReport.Fault"/>.</summary>
    public bool EnableExceptionAsErrorMessage { get; init; } = true;

    /// <summary>True: an expression that cannot be decided fails with an empty message.</summary>
    public bool IgnoreException { get; init; }

    /// <summary>Whether <c>$(…)</c> in error messages is replaced.</summary>
    public bool EnableFormattedErrorMessage { get; init; } = true;

    /// <summary>False: global and local parameters are not known.</summary>
    public bool EnableScopedParams { get; init; } = true;

    public bool IsExpressionCaseSensitive { get; init; }

    public bool EnableExceptionAsErrorMessageForRuleExpressionParsing { get; init; } = true;

    /// <summary>False: actions are not run.</summary>
    public bool AutoExecuteActions { get; init; } = true;

    public NestedRuleExecutionMode NestedRuleExecutionMode { get; init; }

    /// <summary>Types that the original lets a host register by name. Known here: <c>System.Text.RegularExpressions.Regex</c>.</summary>
    public IReadOnlyList<string> CustomTypes { get; init; } = [];

    /// <summary>Functions that the caller lends to expressions, e.g. a dictionary lookup.</summary>
    public RuleFunctions Functions { get; init; } = RuleFunctions.None;

    public RuleBudget Budget { get; init; } = RuleBudget.Default;
}

/// <summary>Whether a group evaluates all its children or stops when it is decided.</summary>
public enum NestedRuleExecutionMode
{
    All,
    Performance,
}

/// <summary>What one evaluation may use. Reaching a limit is an error of that rule, never of the process.</summary>
/// <param name="Steps">Lambda bodies and elements walked.</param>
/// <param name="Characters">Characters of text and elements of lists that may be made.</param>
public sealed record RuleBudget(int Steps, int Characters)
{
    public static RuleBudget Default { get; } = new(Steps: 50_000, Characters: 2_000_000);
}
