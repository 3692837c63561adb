using System.Text.Json;

namespace WorkflowEngine.Rules;

/// <summary>
/// One workflow of a rule file, in RulesEngine's sense: a named, ordered list of rules over named inputs.
/// Members that the original lacks: <see cref="Match"/> and <see cref="Facts"/>.
/// </summary>
public sealed record RuleWorkflow
{
    public required string WorkflowName { get; init; }

    /// <summary>Names of workflows whose rules are appended to these; the named workflows stay as they are.</summary>
    public IReadOnlyList<string> WorkflowsToInject { get; init; } = [];

    /// <summary>Evaluated once per run, in order; later ones see earlier ones.</summary>
    public IReadOnlyList<RuleParameter> GlobalParams { get; init; } = [];

    public IReadOnlyList<Rule> Rules { get; init; } = [];

    /// <summary>Whether every rule is evaluated (the original's only way) or the first that holds ends the run.</summary>
    public RuleMatch Match { get; init; }

    /// <summary>The facts that this workflow reads, when the file declares them; null when it does not.</summary>
    public FactSchema? Facts { get; init; }

    /// <summary>Where the workflow begins in its file.</summary>
    public SourcePlace Place { get; init; } = SourcePlace.None;
}

/// <summary>How many rules of a workflow may hold.</summary>
public enum RuleMatch
{
    /// <summary>Every enabled rule in force is evaluated, in file order.</summary>
    All,

    /// <summary>Rules are tried by <see cref="Rule.Priority"/> (highest first, then file order) until one holds.</summary>
    First,
}

/// <summary>A named expression: a global parameter of a workflow or a local one of a rule.</summary>
public sealed record RuleParameter(string Name, string Expression)
{
    /// <summary>Where the expression begins in its file.</summary>
    public SourcePlace Place { get; init; } = SourcePlace.None;
}

/// <summary>
/// One rule. Either <see cref="Expression"/> or <see cref="Operator"/> with <see cref="Rules"/> decides it.
/// Members that the original lacks: <see cref="Priority"/>, <see cref="ValidFrom"/>, <see cref="ValidTo"/>,
/// <see cref="LegalBasis"/>, <see cref="Severity"/>, <see cref="Advice"/>, <see cref="Field"/>.
/// </summary>
public sealed record Rule
{
    public required string RuleName { get; init; }

    public string? Expression { get; init; }

    public RuleOperator? Operator { get; init; }

    public IReadOnlyList<Rule> Rules { get; init; } = [];

    public IReadOnlyList<RuleParameter> LocalParams { get; init; } = [];

    /// <summary>A disabled rule does not appear in the report.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Free data of the file's author; never evaluated.</summary>
    public IReadOnlyDictionary<string, JsonElement> Properties { get; init; } = EmptyProperties;

    /// <summary>A literal word that names the rule's success; never evaluated.</summary>
    public string? SuccessEvent { get; init; }

    /// <summary>What a failure says; <c>$(input1.member)</c> is replaced by the fact.</summary>
    public string? ErrorMessage { get; init; }

    public RuleAction? OnSuccess { get; init; }

    public RuleAction? OnFailure { get; init; }

    /// <summary>Higher goes first where the order matters (<see cref="RuleMatch.First"/>).</summary>
    public int Priority { get; init; }

    /// <summary>First business date on which the rule is in force; null: always was.</summary>
    public DateOnly? ValidFrom { get; init; }

    /// <summary>Last business date on which the rule is in force; null: until further notice.</summary>
    public DateOnly? ValidTo { get; init; }

    public LegalBasis? LegalBasis { get; init; }

    public RuleSeverity Severity { get; init; }

    /// <summary>What the reader is to do when the rule fails.</summary>
    public string? Advice { get; init; }

    /// <summary>The fact that the rule is about, e.g. <c>input1.idCardNumber</c>, so that a failure can name the field.</summary>
    public string? Field { get; init; }

    /// <summary>Declared by the original and never executed by it; kept so that files are carried over whole.</summary>
    public IReadOnlyList<string> WorkflowsToInject { get; init; } = [];

    /// <summary>Where the rule begins in its file.</summary>
    public SourcePlace Place { get; init; } = SourcePlace.None;

    /// <summary>Where the expression begins in its file.</summary>
    public SourcePlace ExpressionPlace { get; init; } = SourcePlace.None;

    /// <summary>
    /// True when an operator is there that the original accepts and then cannot use (misspelt, or without rules): the rule
    /// fails in every run. Only files read as the original reads them have such rules.
    /// </summary>
    internal bool IsNeverDecided { get; init; }

    private static readonly Dictionary<string, JsonElement> EmptyProperties = [];
}

/// <summary>How the children of a rule decide it. <c>AndAlso</c> and <c>OrElse</c> are read as the same two words.</summary>
public enum RuleOperator
{
    And,
    Or,
}

/// <summary>Whether a failed rule stops the matter or only draws attention.</summary>
public enum RuleSeverity
{
    Reject,
    Warn,
}

/// <summary>The paper that a rule comes from, e.g. 粤建市〔2022〕161号, 第三条.</summary>
public sealed record LegalBasis(string Document, string? Article)
{
    public override string ToString() => Article is null ? Document : $"{Document} {Article}";
}

/// <summary>What happens after a rule was decided: <c>OutputExpression</c> or <c>EvaluateRule</c> with its context.</summary>
public sealed record RuleAction
{
    /// <summary>As written in the file; compared without regard to letter case.</summary>
    public required string Name { get; init; }

    /// <summary>The action's own members; null when the file has none.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Context { get; init; }

    /// <summary>Where the action begins in its file.</summary>
    public SourcePlace Place { get; init; } = SourcePlace.None;

    /// <summary>Where the context's expression begins in its file.</summary>
    public SourcePlace ExpressionPlace { get; init; } = SourcePlace.None;
}

/// <summary>A place in a file. Lines and columns are 1-based; <see cref="None"/> when unknown.</summary>
public readonly record struct SourcePlace(string File, int Line, int Column)
{
    public static SourcePlace None { get; } = new("", 0, 0);
}
