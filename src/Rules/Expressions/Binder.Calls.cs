using System.Linq.Expressions;

namespace WorkflowEngine.Rules;

/// <summary>Calls of functions and methods.</summary>
internal sealed partial class Binder
{
    private Bound BindCall(Syntax.Call call)
    {
        if (call.Target is null)
        {
            return BindFunction(call);
        }

        if (TypeNamed(call.Target) is { } type)
        {
            return Invoke(Callables(type.Members.Static, call.Text), null, call, type.Name, type.Members.Static.Keys);
        }

        if (call.Target is Syntax.Name group && FindVariable(group.Text) is null && _settings.Functions.Find(group.Text) is { } functions)
        {
            var found = functions.TryGetValue(call.Text, out var function) ? new[] { Callable.Lent(function) } : [];
            return Invoke(found, null, call, group.Text, functions.Keys);
        }

        return BindMethod(Bind(call.Target), call);
    }

    private Bound BindMethod(Bound target, Syntax.Call call)
    {
        if (target.IsNullLiteral)
        {
            return _nullSafe
                ? target
                : throw Error($"'{call.Text}' cannot be called: {target.Path?.Text ?? "the value before it"} is null, use np(…) if that may be", call);
        }

        var type = Catalog.Find(target.Type);
        var methods = type is null ? [] : Callables(type.Members.Instance, call.Text).ToArray();
        if (methods.Length == 0 && TypeRules.ElementOf(target.Type) is not null)
        {
            return BindSequenceCall(target, call);
        }

        return Invoke(methods, target, call, Described(target), type?.Members.Instance.Keys ?? []);
    }

    private Bound Invoke(IEnumerable<Callable> candidates, Bound? self, Syntax.Call call, string owner, IEnumerable<string> names)
    {
        var overloads = candidates.ToList();
        if (overloads.Count == 0)
        {
            throw Error($"'{call.Text}' is not a function of {owner}{DidYouMean.Of(call.Text, names)}", call);
        }

        var arguments = Arguments(call.Arguments);
        var choice = Overloads.Choose(overloads, arguments, out var chosen, out var promoted);
        if (choice == Overloads.Choice.One)
        {
            return self is { } target
                ? Access(target, node => new Bound(chosen!.Emit(FrameParameter, node, promoted)))
                : new Bound(chosen!.Emit(FrameParameter, null, promoted));
        }

        if (choice == Overloads.Choice.None && !Compat && arguments.Any(argument => TypeRules.IsNullable(argument.Type)))
        {
            return InvokeLifted(overloads, self, call, owner, arguments);
        }

        // The original cannot choose here; text.Join over a list is what people mean.
        if (choice == Overloads.Choice.Several && !Compat && overloads.Find(one => Overloads.Choose([one], arguments, out _, out _) == Overloads.Choice.One) is { } first)
        {
            Overloads.Choose([first], arguments, out chosen, out promoted);
            return new Bound(first.Emit(FrameParameter, self?.Node, promoted));
        }

        throw Error(
            choice == Overloads.Choice.Several
                ? $"'{call.Text}' of {owner} can be meant in several ways with {Types(arguments)}, convert the arguments"
                : $"'{call.Text}' of {owner} does not take {Types(arguments)}",
            call);
    }

    /// <summary>A null among arguments that must have a value makes the result null, as it does with operators.</summary>
    private Bound InvokeLifted(List<Callable> overloads, Bound? self, Syntax.Call call, string owner, Expression[] arguments)
    {
        var held = arguments.Select(argument => TypeRules.IsNullable(argument.Type) ? Expression.Variable(argument.Type) : null).ToArray();
        var values = arguments.Select((argument, i) => held[i] is { } variable ? Expression.Property(variable, "Value") : argument).ToArray();
        if (Overloads.Choose(overloads, values, out var chosen, out var promoted) != Overloads.Choice.One)
        {
            throw Error($"'{call.Text}' of {owner} does not take {Types(arguments)}", call);
        }

        var inner = self is { } target
            ? Access(target, node => new Bound(chosen!.Emit(FrameParameter, node, promoted)))
            : new Bound(chosen!.Emit(FrameParameter, null, promoted));
        var type = TypeRules.Lifted(inner.Type);
        var variables = held.OfType<ParameterExpression>().ToArray();
        var anyNull = variables.Select(variable => (Expression)Expression.Equal(variable, Expression.Constant(null, variable.Type))).Aggregate(Expression.OrElse);
        var body = new List<Expression>();
        for (var i = 0; i < arguments.Length; i++)
        {
            if (held[i] is { } variable)
            {
                body.Add(Expression.Assign(variable, arguments[i]));
            }
        }

        body.Add(Expression.Condition(anyNull, Expression.Default(type), inner.Type == type ? inner.Node : Expression.Convert(inner.Node, type)));
        return inner with { Node = Expression.Block(variables, body) };
    }

    private IEnumerable<Callable> Callables(IReadOnlyDictionary<string, Callable[]> members, string name)
    {
        if (!members.TryGetValue(name, out var found))
        {
            return [];
        }

        return found.Where(callable => (callable.InOriginal || !Compat) && (!_settings.IsExpressionCaseSensitive || callable.Name == name));
    }

    private Expression[] Arguments(IReadOnlyList<Syntax> arguments)
    {
        var safe = _nullSafe;
        _nullSafe = false;
        var bound = arguments.Select(argument => Bind(argument).Node).ToArray();
        _nullSafe = safe;
        return bound;
    }
}
