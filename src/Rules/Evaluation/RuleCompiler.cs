using System.Linq.Expressions;
using System.Text.Json;

namespace WorkflowEngine.Rules;

/// <summary>
/// Settles names and types of workflows for one set of inputs. Mistakes become problems with their place; in compatible mode
/// they are kept in the compiled rules instead, because the original finds them when it runs.
/// </summary>
internal sealed class RuleCompiler(IReadOnlyList<RuleWorkflow> workflows, RuleSettings settings, bool declared)
{
    private const int DeepestCalls = 16;
    private const int MostCalls = 1_000;
    private const int MostRules = 20_000;
    private const int MostInjections = 1_000;

    private readonly Stack<(string Workflow, string Rule)> _calls = new();
    private int _bound;

    /// <summary>What is wrong, in the order of the files.</summary>
    public List<RuleProblem> Problems { get; } = [];

    /// <summary>The rules of a workflow and of those that it injects, which stay as they are.</summary>
    /// <exception cref="KeyNotFoundException">A workflow is injected that does not exist, or they inject one another in circles.</exception>
    public static IReadOnlyList<Rule> AllRules(RuleWorkflow workflow, IReadOnlyList<RuleWorkflow> workflows)
    {
        var rules = new List<Rule>();
        var injections = 0;
        Collect(workflow, []);
        return rules;

        void Collect(RuleWorkflow one, HashSet<string> within)
        {
            if (!within.Add(one.WorkflowName))
            {
                throw new KeyNotFoundException($"workflow '{one.WorkflowName}' injects itself");
            }

            rules.AddRange(one.Rules);
            foreach (var name in one.WorkflowsToInject)
            {
                // Workflows that inject others twice double at every level.
                if (++injections > MostInjections || rules.Count > MostRules)
                {
                    throw new KeyNotFoundException($"workflow '{workflow.WorkflowName}' injects more than {MostInjections} workflows or {MostRules} rules");
                }

                Collect(workflows.FirstOrDefault(other => other.WorkflowName == name) ?? throw new KeyNotFoundException(
                    $"workflow '{one.WorkflowName}' injects '{name}', which does not exist{DidYouMean.Of(name, workflows.Select(other => other.WorkflowName))}"), within);
            }

            within.Remove(one.WorkflowName);
        }
    }

    public CompiledWorkflow Compile(RuleWorkflow workflow, IReadOnlyList<ShapeMember> inputs, string? onlyRule = null)
    {
        var scope = Scope.Of(inputs, settings.IsExpressionCaseSensitive, nothingIsNull: !settings.Compat);
        IReadOnlyList<NamedSlot> inputNames = [.. inputs.Select((input, i) => new NamedSlot(input.Name, i))];
        var slots = inputs.Count;
        var (globals, withGlobals, failure) = Parameters(workflow.GlobalParams, scope, ref slots, workflow.WorkflowName);
        IReadOnlyList<NamedSlot> names = failure is null ? [.. inputNames, .. Named(globals)] : inputNames;

        var rules = new List<CompiledRule>();
        foreach (var rule in AllRules(workflow, workflows).Where(rule => rule.Enabled && (onlyRule is null || rule.RuleName == onlyRule)))
        {
            rules.Add(Rule(rule, withGlobals, names, [], ref slots, isTop: true));
        }

        return new CompiledWorkflow(workflow, inputs, slots, globals, failure, rules);
    }

    private (List<CompiledParameter> Compiled, Scope Scope, RuleFailure? Failure) Parameters(
        IReadOnlyList<RuleParameter> parameters, Scope scope, ref int slots, string owner)
    {
        var compiled = new List<CompiledParameter>();
        if (!settings.EnableScopedParams)
        {
            return (compiled, scope, null);
        }

        foreach (var parameter in parameters)
        {
            if (scope.Has(parameter.Name))
            {
                var message = $"parameter '{parameter.Name}' has the name of an input or of another parameter";
                Problems.Add(Problem(parameter.Place, RuleProblemCodes.DuplicateName, $"{owner}: {message}"));
                return (compiled, scope, new RuleFailure(message, IsScope: true));
            }

            if (Bind(parameter.Expression, scope, parameter.Place, owner, out var failure) is not { } bound)
            {
                return (compiled, scope, failure! with { IsScope = true });
            }

            // A list that is computed anew wherever it is read would cost its price each time: it is walked once.
            var node = bound.Bound.Node;
            var (kept, type) = Kept(node);
            compiled.Add(new CompiledParameter(parameter.Name, scope.Slots, new HotExpression<object?>(Boxed(kept), bound.Size)));
            scope = scope.With(parameter.Name, type, bound.Bound.Shape, nothingIsNull: !settings.Compat);
            slots = Math.Max(slots, scope.Slots);
        }

        return (compiled, scope, null);
    }

    private static (Expression Node, Type Type) Kept(Expression node)
    {
        var type = node.Type;
        if (type.IsInterface && TypeRules.ElementOf(type) is { } element)
        {
            var metered = Expression.Call(typeof(ExpressionRuntime), nameof(ExpressionRuntime.Kept), [element], Binder.FrameParameter, node);
            return (metered, metered.Type);
        }

        return (node, type);
    }

    private static IEnumerable<NamedSlot> Named(IEnumerable<CompiledParameter> parameters) =>
        parameters.Select(parameter => new NamedSlot(parameter.Name, parameter.Slot));

    private CompiledRule Rule(
        Rule rule, Scope outer, IReadOnlyList<NamedSlot> outerNames, IReadOnlyList<CompiledParameter> outerLocals, ref int slots, bool isTop)
    {
        var (locals, scope, failure) = Parameters(rule.LocalParams, outer, ref slots, rule.RuleName);
        IReadOnlyList<NamedSlot> names = locals.Count == 0 ? outerNames : [.. outerNames, .. Named(locals)];
        HotExpression<bool>? condition = null;
        List<CompiledRule>? children = null;
        IReadOnlyList<FactPath> readings = [];
        if (failure is null && rule.Operator is not null)
        {
            children = [];
            foreach (var child in rule.Rules.Where(child => child.Enabled))
            {
                children.Add(Rule(child, scope, names, [.. outerLocals, .. locals], ref slots, isTop: false));
            }

            // The original compiles a tree at once: a bad parameter below ruins the rule on top.
            if (settings.Compat && isTop && FirstScopeFailure(children) is { } below)
            {
                (failure, children) = (below, null);
            }
        }
        else if (failure is null)
        {
            (condition, readings, failure) = Condition(rule, scope);
        }

        return new CompiledRule
        {
            Rule = rule,
            Locals = locals,
            Condition = condition,
            Children = children,
            Failure = failure,
            Readings = readings,
            OuterNames = outerNames,
            OuterLocals = outerLocals,
            Names = names,
            OnSuccess = Action(rule, rule.OnSuccess, scope),
            OnFailure = Action(rule, rule.OnFailure, scope),
        };
    }

    private static RuleFailure? FirstScopeFailure(IEnumerable<CompiledRule> rules) => rules
        .Select(rule => rule.Failure is { IsScope: true } failure ? failure : FirstScopeFailure(rule.Children ?? []))
        .FirstOrDefault(failure => failure is not null);

    private (HotExpression<bool>? Condition, IReadOnlyList<FactPath> Readings, RuleFailure? Failure) Condition(Rule rule, Scope scope)
    {
        if (rule.IsNeverDecided)
        {
            return (null, [], new RuleFailure("Value cannot be null. (Parameter 'expression')"));
        }

        if (Bind(rule.Expression ?? "", scope, rule.ExpressionPlace, rule.RuleName, out var failure) is not { } bound)
        {
            return (null, [], failure);
        }

        var node = bound.Bound.Node;
        if (node.Type == typeof(bool?) && !settings.Compat)
        {
            node = Expression.Coalesce(node, Expression.Constant(false));
        }

        // Nothing but null, from facts that were looked at: the rule does not hold.
        if (!settings.Compat && !declared && TypeRules.IsNullLiteral(node))
        {
            node = Expression.Constant(false);
        }

        if (node.Type != typeof(bool))
        {
            var message = $"a rule is true or false, this expression is {TypeRules.Name(node.Type)}";
            Problems.Add(Problem(rule.ExpressionPlace, RuleProblemCodes.Type, $"rule '{rule.RuleName}': {message}"));
            return (null, bound.Readings, new RuleFailure(message));
        }

        return (new HotExpression<bool>(node, bound.Size), bound.Readings, null);
    }

    private CompiledAction? Action(Rule rule, RuleAction? action, Scope scope)
    {
        if (action is null)
        {
            return null;
        }

        if (action.Name.Equals("OutputExpression", StringComparison.OrdinalIgnoreCase))
        {
            if (Context(action, "Expression") is not { ValueKind: JsonValueKind.String } expression)
            {
                return Broken(rule, action, "OutputExpression needs an Expression in its Context", endsRun: false);
            }

            return Bind(expression.GetString()!, scope, action.ExpressionPlace, rule.RuleName, out var failure) is { } bound
                ? new CompiledAction.Output(new HotExpression<object?>(Boxed(bound.Bound.Node), bound.Size))
                : new CompiledAction.Broken(failure!.Message, EndsRun: false);
        }

        return action.Name.Equals("EvaluateRule", StringComparison.OrdinalIgnoreCase)
            ? EvaluateRule(rule, action, scope)
            : Broken(rule, action, $"'{action.Name}' is not an action{DidYouMean.Of(action.Name, ["OutputExpression", "EvaluateRule"])}", endsRun: true);
    }

    private CompiledAction EvaluateRule(Rule rule, RuleAction action, Scope scope)
    {
        var (workflowName, ruleName) = (Text(action, "workflowName"), Text(action, "ruleName"));
        if (workflowName is null || ruleName is null)
        {
            return Broken(rule, action, "EvaluateRule needs workflowName and ruleName in its Context", endsRun: false);
        }

        if (workflows.FirstOrDefault(one => one.WorkflowName == workflowName) is not { } target)
        {
            return Broken(rule, action, $"workflow '{workflowName}' does not exist{DidYouMean.Of(workflowName, workflows.Select(one => one.WorkflowName))}", endsRun: false);
        }

        var targetRules = AllRules(target, workflows).Where(one => one.Enabled).Select(one => one.RuleName).ToList();
        if (targetRules.Count(name => name == ruleName) != 1)
        {
            return Broken(rule, action, $"workflow '{workflowName}' does not contain one rule '{ruleName}'{DidYouMean.Of(ruleName, targetRules)}", endsRun: false);
        }

        if (++_bound > MostCalls)
        {
            return Broken(rule, action, $"more than {MostCalls} rules are called through EvaluateRule", endsRun: false);
        }

        if (_calls.Count >= DeepestCalls || _calls.Contains((workflowName, ruleName)))
        {
            return Broken(rule, action, $"rule '{ruleName}' calls itself through EvaluateRule", endsRun: false);
        }

        var filter = Context(action, "inputFilter") is { ValueKind: JsonValueKind.Array } list
            ? list.EnumerateArray().Select(name => name.ToString()).ToList()
            : null;
        var inputs = new List<ShapeMember>();
        var slots = new List<int>();
        foreach (var name in scope.Names.Where(name => filter?.Contains(name) ?? true))
        {
            var bound = scope.Find(name)!;
            inputs.Add(new ShapeMember(name, bound.Type, bound.Shape, bound.IsNullLiteral));
            slots.Add(bound.Path!.Slot);
        }

        var additional = new List<HotExpression<object?>>();
        if (Context(action, "additionalInputs") is { ValueKind: JsonValueKind.Array } more)
        {
            foreach (var (name, text) in more.EnumerateArray().Select(AdditionalInput))
            {
                if (Bind(text, scope, action.Place, rule.RuleName, out var failure) is not { } bound)
                {
                    return new CompiledAction.Broken(failure!.Message, EndsRun: false);
                }

                var (kept, type) = Kept(bound.Bound.Node);
                inputs.Add(new ShapeMember(name, type, bound.Bound.Shape, bound.Bound.IsNullLiteral));
                additional.Add(new HotExpression<object?>(Boxed(kept), bound.Size));
            }
        }

        if (inputs.Select(input => input.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count() != inputs.Count)
        {
            return Broken(rule, action, "an additional input has the name of another input", endsRun: false);
        }

        _calls.Push((workflowName, ruleName));
        var compiled = Compile(target, inputs, ruleName);
        _calls.Pop();
        return new CompiledAction.Evaluate(compiled, slots, additional);
    }

    private static (string Name, string Expression) AdditionalInput(JsonElement input)
    {
        string? Member(string name) => input.ValueKind == JsonValueKind.Object
            ? input.EnumerateObject().FirstOrDefault(member => member.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value is { ValueKind: JsonValueKind.String } value ? value.GetString() : null
            : null;
        return (Member("Name") ?? "", Member("Expression") ?? "");
    }

    private CompiledAction.Broken Broken(Rule rule, RuleAction action, string message, bool endsRun)
    {
        Problems.Add(Problem(action.Place, RuleProblemCodes.UnknownName, $"rule '{rule.RuleName}': {message}"));
        return new CompiledAction.Broken(message, endsRun);
    }

    private static JsonElement? Context(RuleAction action, string key) => action.Context?
        .Where(member => member.Key.Equals(key, StringComparison.OrdinalIgnoreCase))
        .Select(member => (JsonElement?)member.Value)
        .FirstOrDefault();

    private static string? Text(RuleAction action, string key) =>
        Context(action, key) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    private BoundExpression? Bind(string text, Scope scope, SourcePlace place, string owner, out RuleFailure? failure)
    {
        try
        {
            failure = null;
            return Binder.Bind(Parser.Parse(text, settings), scope, settings, declared);
        }
        catch (ExpressionException exception)
        {
            failure = new RuleFailure(exception.Message, exception.IsSyntax);
            Problems.Add(Problem(
                place with { Column = place.Column > 0 ? place.Column + Excerpt.EscapedLength(text, exception.Position) : 0 },
                exception.IsSyntax ? RuleProblemCodes.Syntax : RuleProblemCodes.Type,
                $"'{owner}', in `{Excerpt.Of(text, exception.Position)}`: {exception.Message}"));
            return null;
        }
    }

    private static Expression Boxed(Expression node) => node.Type == typeof(object) ? node : Expression.Convert(node, typeof(object));

    private static RuleProblem Problem(SourcePlace place, string code, string message) => new(place.File, place.Line, place.Column, code, message);
}

/// <summary>The part of an expression around a place, for messages.</summary>
internal static class Excerpt
{
    private const int Around = 40;

    /// <summary>How long the beginning of a text is where it stands in JSON: a quote takes two characters there.</summary>
    public static int EscapedLength(string text, int position) =>
        position + text.Take(position).Count(sign => sign is '"' or '\\' || char.IsControl(sign));

    public static string Of(string text, int position)
    {
        var start = Math.Clamp(position - Around, 0, text.Length);
        var end = Math.Clamp(position + Around, 0, text.Length);
        return $"{(start > 0 ? "…" : "")}{text[start..end]}{(end < text.Length ? "…" : "")}";
    }
}
