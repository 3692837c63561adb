namespace WorkflowEngine.Rules;

/// <summary>A workflow whose names and types are settled for one set of inputs.</summary>
internal sealed record CompiledWorkflow(
    RuleWorkflow Workflow,
    IReadOnlyList<ShapeMember> Inputs,
    int Slots,
    IReadOnlyList<CompiledParameter> Globals,
    RuleFailure? GlobalFailure,
    IReadOnlyList<CompiledRule> Rules)
{
    /// <summary>A name that two rules share, own or injected, so that no run is possible; null when there is none.</summary>
    public string? TwinName { get; } = Rules.GroupBy(rule => rule.Rule.RuleName).FirstOrDefault(group => group.Count() > 1)?.Key;

    /// <summary>The rules in the order in which they are tried.</summary>
    public IReadOnlyList<CompiledRule> Ordered { get; } = Workflow.Match == RuleMatch.First
        ? [.. Rules.OrderByDescending(rule => rule.Rule.Priority)]
        : Rules;
}

/// <summary>A parameter: its expression and the slot that its value goes to.</summary>
internal sealed record CompiledParameter(string Name, int Slot, HotExpression<object?> Expression);

/// <summary>A rule ready to run. Exactly one of <see cref="Condition"/>, <see cref="Children"/> and <see cref="Failure"/> decides it.</summary>
internal sealed class CompiledRule
{
    public required Rule Rule { get; init; }

    public required IReadOnlyList<CompiledParameter> Locals { get; init; }

    public HotExpression<bool>? Condition { get; init; }

    public IReadOnlyList<CompiledRule>? Children { get; init; }

    /// <summary>Why the rule can never be decided with these inputs.</summary>
    public RuleFailure? Failure { get; init; }

    public required IReadOnlyList<FactPath> Readings { get; init; }

    /// <summary>The names in scope without the rule's own parameters.</summary>
    public required IReadOnlyList<NamedSlot> OuterNames { get; init; }

    /// <summary>The names in scope: inputs, global parameters, the parameters of the rules above, and its own.</summary>
    public required IReadOnlyList<NamedSlot> Names { get; init; }

    /// <summary>The parameters of the rules above, outermost first.</summary>
    public required IReadOnlyList<CompiledParameter> OuterLocals { get; init; }

    public CompiledAction? OnSuccess { get; init; }

    public CompiledAction? OnFailure { get; init; }

    public bool InForce(DateOnly date) => !(date < Rule.ValidFrom) && !(date > Rule.ValidTo);
}

/// <summary>A name in scope, and where its value is.</summary>
internal sealed record NamedSlot(string Name, int Slot);

/// <summary>An action ready to run.</summary>
internal abstract record CompiledAction
{
    /// <summary>Computes a value.</summary>
    public sealed record Output(HotExpression<object?> Expression) : CompiledAction;

    /// <summary>Runs one rule of another workflow on some of the values in scope.</summary>
    /// <param name="Workflow">The other workflow, settled for those values, with that one rule.</param>
    /// <param name="Slots">Where the values are taken from; null for an additional input.</param>
    /// <param name="Additional">Further inputs, computed in the caller's scope.</param>
    public sealed record Evaluate(CompiledWorkflow Workflow, IReadOnlyList<int> Slots, IReadOnlyList<HotExpression<object?>> Additional) : CompiledAction;

    /// <summary>Cannot be run.</summary>
    /// <param name="Message">Why.</param>
    /// <param name="EndsRun">True when the original throws out of the whole run.</param>
    public sealed record Broken(string Message, bool EndsRun) : CompiledAction;
}

/// <summary>Why a rule or parameter cannot be decided.</summary>
/// <param name="Message">The reason.</param>
/// <param name="IsSyntax">True when the text itself is wrong.</param>
/// <param name="IsScope">True when a parameter is at fault, so that the whole rule is, not just its condition.</param>
internal sealed record RuleFailure(string Message, bool IsSyntax = false, bool IsScope = false);
