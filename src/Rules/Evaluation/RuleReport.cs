using System.Text.Json;

namespace WorkflowEngine.Rules;

/// <summary>What a run of a rule set found: one result per rule in force, in the order of evaluation.</summary>
public sealed record RuleReport
{
    public required IReadOnlyList<RuleResult> Results { get; init; }

    /// <summary>Why the run ended without results, where the settings ask for that instead of failed rules; else null.</summary>
    public RuleFault? Fault { get; init; }

    /// <summary>How the workflow is read: with <see cref="RuleMatch.First"/>, rules are alternatives.</summary>
    public RuleMatch Match { get; init; }

    /// <summary>
    /// True when the run came to its end and no rule with <see cref="RuleSeverity.Reject"/> failed; where rules are
    /// alternatives, when one of them held.
    /// </summary>
    public bool Passed => Fault is null && (Match == RuleMatch.First
        ? Matched is not null
        : Results.All(result => result.IsSuccess || result.Severity == RuleSeverity.Warn));

    /// <summary>The top-level rules that failed, warnings included; none where rules are alternatives and one held.</summary>
    public IEnumerable<RuleResult> Failures => Match == RuleMatch.First && Matched is not null
        ? []
        : Results.Where(result => !result.IsSuccess);

    /// <summary>The first rule that held, or null.</summary>
    public RuleResult? Matched => Results.FirstOrDefault(result => result.IsSuccess);

    /// <summary>The success event of the first rule that held, its name when it has none; null when no rule held.</summary>
    public string? SuccessEvent => Matched is { } matched ? matched.SuccessEvent ?? matched.RuleName : null;
}

/// <summary>What one rule said. Details that only a reader of failures needs are made when they are asked for.</summary>
public sealed class RuleResult
{
    private readonly CompiledRule _compiled;
    private readonly IReadOnlyList<NamedSlot> _names;
    private readonly object?[] _slots;
    private IReadOnlyDictionary<string, object?>? _inputs;
    private IReadOnlyList<FactReading>? _readings;

    internal RuleResult(CompiledRule compiled, IReadOnlyList<NamedSlot> names, object?[] slots)
    {
        (_compiled, _names, _slots) = (compiled, names, slots);
    }

    public string RuleName => Source.RuleName;

    public bool IsSuccess { get; internal init; }

    public string? SuccessEvent => Source.SuccessEvent;

    /// <summary>The rule's message with <c>$(…)</c> replaced, when it failed; null when it did not or has none.</summary>
    public string? ErrorMessage { get; internal init; }

    /// <summary>Why the rule could not be decided, or its error message when it could and failed; empty when it held.</summary>
    public string ExceptionMessage { get; internal init; } = "";

    /// <summary>True when the rule failed because it could not be decided, not because the facts break it.</summary>
    public bool IsUndecided => UndecidedReason is not null;

    /// <summary>Why the rule could not be decided, in Chinese; else null.</summary>
    public string? UndecidedReason { get; internal init; }

    public RuleActionResult Action { get; internal set; } = RuleActionResult.None;

    /// <summary>Null for a rule without an operator.</summary>
    public IReadOnlyList<RuleResult>? Children { get; internal init; }

    /// <summary>The inputs and parameters in the rule's scope, by name, as plain values.</summary>
    public IReadOnlyDictionary<string, object?> Inputs => _inputs ??= new ScopeValues(_names, _slots);

    public RuleSeverity Severity => Source.Severity;

    public LegalBasis? LegalBasis => Source.LegalBasis;

    public string? Advice => Source.Advice;

    /// <summary>The fact that the rule is about, as its author named it.</summary>
    public string? Field => Source.Field;

    public IReadOnlyDictionary<string, JsonElement> Properties => Source.Properties;

    /// <summary>The facts that a failed rule's expression read, with their values; identity numbers are masked.</summary>
    public IReadOnlyList<FactReading> Readings => _readings ??= IsSuccess ? [] : FactReadings.Of(_compiled.Readings, _slots);

    /// <summary>Which rule failed, on which values, by which article, and what to do, in Chinese; empty when it held.</summary>
    public string Explanation => Explanations.Of(this);

    /// <summary>The rule as its file has it.</summary>
    internal Rule Source => _compiled.Rule;

    /// <summary>The rule as it was run.</summary>
    internal CompiledRule Compiled => _compiled;
}

/// <summary>A fact that an expression read, e.g. <c>input1.age</c> = <c>15</c>.</summary>
public sealed record FactReading(string Path, string Value);

/// <summary>The outcome of a rule's action.</summary>
public sealed record RuleActionResult
{
    public static RuleActionResult None { get; } = new();

    /// <summary>A plain value: null, scalar, list of plain values, or dictionary of plain values.</summary>
    public object? Output { get; init; }

    /// <summary>The short name of the output's type in the expression language, e.g. <c>Int32</c>; null without output.</summary>
    public string? OutputType { get; init; }

    public string? Exception { get; init; }
}

/// <summary>A run that ended without results.</summary>
/// <param name="Type">The original's exception name, e.g. <c>RuleValidationException</c>.</param>
/// <param name="Message">What happened.</param>
public sealed record RuleFault(string Type, string Message);
