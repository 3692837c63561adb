namespace WorkflowEngine.Rules;

/// <summary>One expression of the rules language, for use outside rule files, e.g. as an input of a workflow activity.</summary>
public sealed class Lambda
{
    /// <summary>
    /// Checks an expression. Names that <paramref name="schema"/> declares are checked now; with <see cref="FactSchema.Open"/>
    /// (or null) only the syntax is, and names and types when it is evaluated.
    /// </summary>
    /// <param name="text">The expression, at most 10,000 characters.</param>
    /// <param name="schema">The names that the expression may use.</param>
    /// <param name="resultType">What the result must be, e.g. <c>typeof(bool)</c>; null: anything.</param>
    /// <param name="settings">Null: <see cref="RuleSettings.Default"/>.</param>
    public static LambdaResult Compile(string text, FactSchema? schema = null, Type? resultType = null, RuleSettings? settings = null) =>
        throw new NotSupportedException();

    /// <summary>Evaluates. Values: scalars, dictionaries, lists, JsonElement, JsonNode.</summary>
    public LambdaOutcome Evaluate(IReadOnlyDictionary<string, object?> values, RuleRun run) => throw new NotSupportedException();
}

/// <summary>An expression that may be evaluated, or why there is none. Columns of problems count from the expression's start.</summary>
public sealed record LambdaResult(Lambda? Lambda, IReadOnlyList<RuleProblem> Problems);

/// <summary>
/// The value of an expression: null, scalar, <c>List&lt;object?&gt;</c> or <c>Dictionary&lt;string, object?&gt;</c> of the same;
/// or, when <see cref="Error"/> is not null, why there is none.
/// </summary>
public sealed record LambdaOutcome(object? Value, string? Error)
{
    public bool IsSuccess => Error is null;
}
