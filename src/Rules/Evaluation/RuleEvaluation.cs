using System.Globalization;
using System.Text.RegularExpressions;

namespace WorkflowEngine.Rules;

/// <summary>A run that must end without results, as the settings ask.</summary>
internal sealed class RunEndedException(string type, string message) : Exception(message)
{
    public string Type { get; } = type;
}

/// <summary>Runs a compiled workflow on the values in a frame.</summary>
internal sealed partial class RuleEvaluation(CompiledWorkflow workflow, Frame frame, RuleSettings settings, DateOnly date)
{
    /// <summary>Every rule in force, in order of evaluation.</summary>
    /// <exception cref="RunEndedException">The settings ask for an end instead of failed rules.</exception>
    public List<RuleResult> Run()
    {
        var results = new List<RuleResult>(workflow.Rules.Count);
        var globalFailure = Globals();
        foreach (var rule in workflow.Ordered)
        {
            if (!rule.InForce(date))
            {
                continue;
            }

            var result = globalFailure is null
                ? Evaluate(rule, isTop: true)
                : Undecided(rule, rule.OuterNames.Take(workflow.Inputs.Count).ToList(), globalFailure.Value.Message, globalFailure.Value.Reason);
            results.Add(result);
            if (workflow.Workflow.Match == RuleMatch.First && result.IsSuccess)
            {
                break;
            }
        }

        if (settings.AutoExecuteActions)
        {
            RunActions(results);
        }

        return results;
    }

    /// <summary>Computes global parameters; the message and reason when one cannot be.</summary>
    private (string Message, string Reason)? Globals()
    {
        if (workflow.GlobalFailure is { } failure)
        {
            return (failure.Message, "规则的公共参数有误");
        }

        try
        {
            Compute(workflow.Globals);
            return null;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return (exception.Message, Explanations.Reason(exception, []));
        }
    }

    private void Compute(IReadOnlyList<CompiledParameter> parameters)
    {
        foreach (var parameter in parameters)
        {
            frame.Refill();
            frame.Slots[parameter.Slot] = parameter.Expression.Run(frame);
        }
    }

    private RuleResult Evaluate(CompiledRule rule, bool isTop)
    {
        if (rule.Failure is { } failure)
        {
            var names = failure.IsScope ? rule.OuterNames.Take(workflow.Inputs.Count).ToList() : rule.Names;
            var hidden = failure.IsSyntax && !settings.EnableExceptionAsErrorMessageForRuleExpressionParsing;
            if (!failure.IsScope && !Locals(rule, out var broken))
            {
                return broken!;
            }

            return Undecided(
                rule,
                names,
                hidden ? "" : failure.IsScope
                    ? $"Error while compiling rule `{rule.Rule.RuleName}`: {failure.Message}"
                    : $"Exception while parsing expression `{rule.Rule.Expression}` - {failure.Message}",
                "规则本身有误");
        }

        if (!Locals(rule, out var localFailure))
        {
            return localFailure!;
        }

        if (rule.Children is not null)
        {
            return Group(rule, isTop);
        }

        try
        {
            frame.Refill();
            return Decided(rule, rule.Condition!.Run(frame), null, isTop);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            var readings = Readings(rule);
            return Undecided(rule, rule.Names, $"Error while executing rule : {rule.Rule.RuleName} - {Told(exception, readings)}", Explanations.Reason(exception, readings));
        }
    }

    private bool Locals(CompiledRule rule, out RuleResult? failure)
    {
        failure = null;
        try
        {
            Compute(rule.Locals);
            return true;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            failure = Undecided(
                rule,
                rule.OuterNames,
                $"Error while executing scoped params for rule `{rule.Rule.RuleName}` - {exception.Message}",
                Explanations.Reason(exception, Readings(rule)));
            return false;
        }
    }

    private RuleResult Group(CompiledRule rule, bool isTop)
    {
        var isAnd = rule.Rule.Operator == RuleOperator.And;
        var children = new List<RuleResult>();
        var success = isAnd && rule.Children!.Count > 0;
        foreach (var child in rule.Children!)
        {
            if (!child.InForce(date))
            {
                continue;
            }

            var result = Evaluate(child, isTop: false);
            children.Add(result);
            success = isAnd ? success && result.IsSuccess : success || result.IsSuccess;
            if (settings.NestedRuleExecutionMode == NestedRuleExecutionMode.Performance && success != isAnd)
            {
                break;
            }
        }

        return Decided(rule, success && children.Count > 0, children, isTop);
    }

    private RuleResult Decided(CompiledRule rule, bool success, List<RuleResult>? children, bool isTop)
    {
        string? message = null;
        if (!success && rule.Rule.ErrorMessage is { } template)
        {
            message = settings.EnableFormattedErrorMessage ? Message(template, rule) : template;
        }

        return new RuleResult(rule, rule.Names, Slots(rule))
        {
            IsSuccess = success,
            Children = children,
            ErrorMessage = message,
            ExceptionMessage = (isTop || !settings.Compat) && settings.EnableFormattedErrorMessage ? message ?? "" : "",
        };
    }

    private RuleResult Undecided(CompiledRule rule, IReadOnlyList<NamedSlot> names, string message, string reason)
    {
        if (!settings.EnableExceptionAsErrorMessage)
        {
            throw new RunEndedException("RuleException", message);
        }

        return new RuleResult(rule, names, Slots(rule))
        {
            ExceptionMessage = settings.IgnoreException ? "" : message,
            UndecidedReason = reason,
        };
    }

    /// <summary>The values that a result keeps. Neighbouring rules use the same slots for their parameters: those are copied.</summary>
    private object?[] Slots(CompiledRule rule) =>
        rule.Locals.Count == 0 && rule.OuterLocals.Count == 0 ? frame.Slots : [.. frame.Slots];

    /// <summary>Runs the actions of results and of those below them, which come first.</summary>
    private void RunActions(IReadOnlyList<RuleResult> results)
    {
        for (var i = 0; i < results.Count; i++)
        {
            var result = results[i];
            if (result.Children is { } children)
            {
                RunActions(children);
            }

            if ((result.IsSuccess ? result.Compiled.OnSuccess : result.Compiled.OnFailure) is { } action)
            {
                result.Action = Run(action, result.Compiled);
            }
        }
    }

    private RuleActionResult Run(CompiledAction action, CompiledRule rule)
    {
        try
        {
            return action switch
            {
                CompiledAction.Output output => Output(output, rule),
                CompiledAction.Evaluate evaluate => Evaluate(evaluate, rule),
                CompiledAction.Broken { EndsRun: true } broken => throw new RunEndedException("KeyNotFoundException", broken.Message),
                CompiledAction.Broken broken => Stopped(broken.Message, action),
                _ => RuleActionResult.None,
            };
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or RunEndedException))
        {
            return Stopped(exception.Message, action);
        }
    }

    private RuleActionResult Output(CompiledAction.Output output, CompiledRule rule)
    {
        Restore(rule);
        frame.Refill();
        var value = output.Expression.Run(frame);
        return new RuleActionResult { Output = PlainValues.From(value), OutputType = PlainValues.TypeName(value) };
    }

    private RuleActionResult Evaluate(CompiledAction.Evaluate evaluate, CompiledRule rule)
    {
        Restore(rule);
        var inner = new Frame(evaluate.Workflow.Slots, settings.Budget, frame.Now);
        for (var i = 0; i < evaluate.Slots.Count; i++)
        {
            inner.Slots[i] = frame.Slots[evaluate.Slots[i]];
        }

        for (var i = 0; i < evaluate.Additional.Count; i++)
        {
            frame.Refill();
            inner.Slots[evaluate.Slots.Count + i] = evaluate.Additional[i].Run(frame);
        }

        var results = new RuleEvaluation(evaluate.Workflow, inner, settings, date).Run();
        return results.Count > 0
            ? new RuleActionResult { Output = results[0].Action.Output, OutputType = results[0].Action.OutputType }
            : RuleActionResult.None;
    }

    private void Restore(CompiledRule rule)
    {
        Compute(rule.OuterLocals);
        Compute(rule.Locals);
    }

    private RuleActionResult Stopped(string message, CompiledAction action)
    {
        var told = $"Exception while executing {(action is CompiledAction.Evaluate ? "EvaluateRuleAction" : "OutputExpressionAction")}: {message}";
        if (!settings.EnableExceptionAsErrorMessage)
        {
            throw new RunEndedException("Exception", told);
        }

        return new RuleActionResult { Exception = told };
    }

    private IReadOnlyList<FactReading> Readings(CompiledRule rule) => FactReadings.Of(rule.Readings, frame.Slots);

    private string Told(Exception exception, IReadOnlyList<FactReading> readings)
    {
        if (settings.Compat || exception is not (NullReferenceException or ArgumentNullException))
        {
            return exception.Message;
        }

        var missing = readings.Where(reading => reading.Value == Explanations.Nothing).Select(reading => $"'{reading.Path}'").ToList();
        return $"{(missing.Count > 0 ? string.Join(", ", missing) : "a value")} is null where it is read, use np(…) if that may be";
    }

    private string Message(string template, CompiledRule rule) => Placeholder().Replace(template, match =>
    {
        var parts = match.Groups["path"].Value.Split('.');
        var values = new ScopeValues(rule.Names, frame.Slots);
        if (!values.TryGetRaw(parts[0], out var value))
        {
            return match.Value;
        }

        foreach (var part in parts.Skip(1))
        {
            if (value is not FactRecord record || record.Shape.Find(part, caseSensitive: true) is not (>= 0 and var index))
            {
                return match.Value;
            }

            value = record.Values[index];
        }

        var plain = PlainValues.From(value);
        if (settings.Compat)
        {
            return plain is string leaf && parts.Length > 1 ? leaf : PlainValues.Json(plain, indented: plain is not string);
        }

        return plain switch
        {
            null => Explanations.Nothing,
            string text => Masking.Mask(text),
            _ when value is DateTime time => FactReadings.Shown(time),
            _ when value is DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            _ => PlainValues.Json(plain, indented: false),
        };
    });

    // What may stand between the brackets never holds one: no way back is ever tried, and no states are built under a lock that all processors share.
    [GeneratedRegex(@"\$\((?<path>[^()]{1,200})\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();
}
