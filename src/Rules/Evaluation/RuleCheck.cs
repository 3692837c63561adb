namespace WorkflowEngine.Rules;

/// <summary>
/// Facts that were prepared once, for evaluations that need only yes or no: they make nothing on the heap once their
/// expressions are compiled. Belongs to one thread.
/// </summary>
public sealed class RuleCheck
{
    private readonly CompiledRule[] _rules;
    private readonly CompiledWorkflow _workflow;
    private readonly Frame _frame;
    private readonly DateOnly _date;
    private readonly bool _stopsEarly;

    internal RuleCheck(CompiledWorkflow workflow, Frame frame, RuleSettings settings, RuleRun run)
    {
        (_workflow, _frame, _date) = (workflow, frame, run.BusinessDate);
        _rules = [.. workflow.Ordered];
        _stopsEarly = settings.NestedRuleExecutionMode == NestedRuleExecutionMode.Performance;
        Instant = run.Instant;
    }

    private DateTimeOffset Instant { get; }

    /// <summary>The number of rules that <see cref="Run"/> answers for.</summary>
    public int Count => _rules.Length;

    public string RuleName(int index) => _rules[index].Rule.RuleName;

    /// <summary>
    /// Evaluates every rule. <paramref name="holds"/> receives true for each that held; a rule that could not be decided did
    /// not hold, one that is not in force did. Answers whether no rejecting rule failed.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="holds"/> is shorter than <see cref="Count"/>.</exception>
    public bool Run(Span<bool> holds)
    {
        if (holds.Length < _rules.Length)
        {
            throw new ArgumentException($"{_rules.Length} answers need room", nameof(holds));
        }

        _frame.Restart(Instant);
        var ready = Compute(_workflow.Globals);
        var (any, all) = (false, true);
        for (var i = 0; i < _rules.Length; i++)
        {
            var rule = _rules[i];
            holds[i] = !rule.InForce(_date) || (ready && Holds(rule));
            any |= holds[i];
            all &= holds[i] || rule.Rule.Severity == RuleSeverity.Warn;
        }

        return _workflow.Workflow.Match == RuleMatch.First ? any : all;
    }

    private bool Holds(CompiledRule rule)
    {
        if (rule.Failure is not null || !Compute(rule.Locals))
        {
            return false;
        }

        if (rule.Children is { } children)
        {
            return Group(rule, children);
        }

        try
        {
            _frame.Refill();
            return rule.Condition!.Run(_frame);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return false;
        }
    }

    private bool Group(CompiledRule rule, IReadOnlyList<CompiledRule> children)
    {
        var isAnd = rule.Rule.Operator == RuleOperator.And;
        var (success, counted) = (isAnd, false);
        for (var i = 0; i < children.Count; i++)
        {
            if (!children[i].InForce(_date))
            {
                continue;
            }

            counted = true;
            var holds = Holds(children[i]);
            success = isAnd ? success && holds : success || holds;
            if (_stopsEarly && success != isAnd)
            {
                break;
            }
        }

        return success && counted;
    }

    private bool Compute(IReadOnlyList<CompiledParameter> parameters)
    {
        try
        {
            for (var i = 0; i < parameters.Count; i++)
            {
                _frame.Refill();
                _frame.Slots[parameters[i].Slot] = parameters[i].Expression.Run(_frame);
            }

            return true;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return false;
        }
    }
}
