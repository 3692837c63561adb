using System.Linq.Expressions;
using System.Reflection;

namespace WorkflowEngine.Rules;

/// <summary>The methods of lists: LINQ's operators with <c>x => …</c> or with an implicit <c>it</c>.</summary>
internal sealed partial class Binder
{
    private static readonly MethodInfo PaidMethod = typeof(ExpressionRuntime).GetMethod(nameof(ExpressionRuntime.Paid))!;
    private static readonly MethodInfo WeighedMethod = typeof(ExpressionRuntime).GetMethod(nameof(ExpressionRuntime.Weighed))!;
    private static readonly MethodInfo MeteredMethod = typeof(ExpressionRuntime).GetMethod(nameof(ExpressionRuntime.Metered))!;

    private int _inLambda;

    private enum SequenceOperator
    {
        Filter,
        Test,
        Pick,
        Select,
        SelectMany,
        Order,
        Group,
        ByKey,
        PickByKey,
        Extreme,
        Total,
        Same,
        Take,
        At,
        Contains,
        Default,
        Add,
        Combine,
        Cast,
    }

    /// <summary>Tables of their own: they are made when the first list is walked, not with the first expression.</summary>
    private static class Sequences
    {
        /// <summary>The original takes every argument of these for a function of the element, or gives them a type too few, and finds no method.</summary>
        public static readonly HashSet<string> NotInOriginal = new(
            ["MinBy", "MaxBy", "DistinctBy", "Append", "Prepend", "ElementAt", "ElementAtOrDefault", "SkipLast", "TakeLast"], StringComparer.OrdinalIgnoreCase);

        public static readonly Dictionary<string, MethodInfo[]> Methods = typeof(Enumerable)
            .GetMethods(BindingFlags.Public | BindingFlags.Static)
            .GroupBy(method => method.Name, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(group => group.Key, group => group.ToArray(), StringComparer.OrdinalIgnoreCase);

        /// <summary>Every operator there is, with how it treats its argument.</summary>
        public static readonly Dictionary<string, SequenceOperator> Operators = new (string Name, SequenceOperator Kind)[]
        {
            ("Where", SequenceOperator.Filter), ("SkipWhile", SequenceOperator.Filter), ("TakeWhile", SequenceOperator.Filter),
            ("All", SequenceOperator.Test), ("Any", SequenceOperator.Test), ("Count", SequenceOperator.Test), ("LongCount", SequenceOperator.Test),
            ("First", SequenceOperator.Pick), ("FirstOrDefault", SequenceOperator.Pick), ("Last", SequenceOperator.Pick),
            ("LastOrDefault", SequenceOperator.Pick), ("Single", SequenceOperator.Pick), ("SingleOrDefault", SequenceOperator.Pick),
            ("Select", SequenceOperator.Select), ("SelectMany", SequenceOperator.SelectMany),
            ("OrderBy", SequenceOperator.Order), ("OrderByDescending", SequenceOperator.Order), ("ThenBy", SequenceOperator.Order), ("ThenByDescending", SequenceOperator.Order),
            ("GroupBy", SequenceOperator.Group), ("DistinctBy", SequenceOperator.ByKey),
            ("MinBy", SequenceOperator.PickByKey), ("MaxBy", SequenceOperator.PickByKey),
            ("Min", SequenceOperator.Extreme), ("Max", SequenceOperator.Extreme), ("Sum", SequenceOperator.Total), ("Average", SequenceOperator.Total),
            ("Distinct", SequenceOperator.Same), ("Reverse", SequenceOperator.Same), ("ToList", SequenceOperator.Same), ("ToArray", SequenceOperator.Same),
            ("AsEnumerable", SequenceOperator.Same), ("Order", SequenceOperator.Same), ("OrderDescending", SequenceOperator.Same),
            ("Skip", SequenceOperator.Take), ("Take", SequenceOperator.Take), ("SkipLast", SequenceOperator.Take), ("TakeLast", SequenceOperator.Take),
            ("ElementAt", SequenceOperator.At), ("ElementAtOrDefault", SequenceOperator.At),
            ("Contains", SequenceOperator.Contains), ("DefaultIfEmpty", SequenceOperator.Default),
            ("Append", SequenceOperator.Add), ("Prepend", SequenceOperator.Add),
            ("Concat", SequenceOperator.Combine), ("Union", SequenceOperator.Combine), ("Intersect", SequenceOperator.Combine),
            ("Except", SequenceOperator.Combine), ("SequenceEqual", SequenceOperator.Combine),
            ("OfType", SequenceOperator.Cast), ("Cast", SequenceOperator.Cast),
        }.ToDictionary(pair => pair.Name, pair => pair.Kind, StringComparer.OrdinalIgnoreCase);
    }

    private Bound BindSequenceCall(Bound source, Syntax.Call call)
    {
        var name = call.Text;
        var element = TypeRules.ElementOf(source.Type)!;
        if (!Sequences.Operators.TryGetValue(name, out var kind)
            || (_settings.IsExpressionCaseSensitive && Sequences.Methods[name][0].Name != name)
            || (Compat && Sequences.NotInOriginal.Contains(name)))
        {
            throw Error($"'{name}' is not a method of {Described(source)}{DidYouMean.Of(name, Sequences.Operators.Keys)}", call);
        }

        if (Depth(element) > DeepestTypes)
        {
            throw Error($"lists are nested more than {DeepestTypes} deep", call);
        }

        var safe = _nullSafe;
        var bound = Access(source, node => SequenceCall(source with { Node = node }, element, kind, call));
        _nullSafe = safe;
        return bound;
    }

    private Bound SequenceCall(Bound source, Type element, SequenceOperator kind, Syntax.Call call)
    {
        _nullSafe = false;
        var elementShape = Shape.ElementOf(source.Shape);
        var node = Paid(source.Node, element, kind, call);
        var count = call.Arguments.Count;
        switch (kind)
        {
            case SequenceOperator.Filter:
                Count(call, 1, 1);
                return new Bound(Call(call, [element], node, Predicate(call, element, elementShape)), Shape.SequenceOf(elementShape));
            case SequenceOperator.Test:
                Count(call, SameName(call.Text, "All") ? 1 : 0, 1);
                return new Bound(count == 0 ? Call(call, [element], node) : Test(node, element, Predicate(call, element, elementShape), call));
            case SequenceOperator.Pick:
                Count(call, 0, 1);
                return new Bound(count == 0 ? Call(call, [element], node) : Call(call, [element], node, Predicate(call, element, elementShape)), elementShape);
            case SequenceOperator.Select:
                Count(call, 1, 1);
                var (selected, selectedShape) = Selector(call.Arguments[0], element, elementShape);
                return new Bound(Call(call, [element, selected.ReturnType], node, selected), Shape.SequenceOf(selectedShape));
            case SequenceOperator.SelectMany:
                Count(call, 1, 1);
                return SelectMany(node, element, elementShape, call);
            case SequenceOperator.Order or SequenceOperator.ByKey or SequenceOperator.PickByKey:
                Count(call, 1, 1);
                var (key, _) = Selector(call.Arguments[0], element, elementShape);
                return new Bound(
                    Call(call, [element, key.ReturnType], node, key),
                    kind == SequenceOperator.PickByKey ? elementShape : Shape.SequenceOf(elementShape));
            case SequenceOperator.Group:
                Count(call, 1, 2);
                return Group(node, element, elementShape, call);
            case SequenceOperator.Extreme or SequenceOperator.Total:
                Count(call, 0, 1);
                return new Bound(Aggregate(node, element, elementShape, kind, call));
            case SequenceOperator.Same:
                Count(call, 0, 0);
                return new Bound(Call(call, [element], node), Shape.SequenceOf(elementShape));
            case SequenceOperator.Take or SequenceOperator.At:
                Count(call, 1, 1);
                var number = Argument(call, typeof(int));
                return new Bound(Call(call, [element], node, number), kind == SequenceOperator.At ? elementShape : Shape.SequenceOf(elementShape));
            case SequenceOperator.Contains:
                Count(call, 1, 1);
                return new Bound(Contains(source, element, Bind(call.Arguments[0]).Node, call));
            case SequenceOperator.Default:
                Count(call, 0, 1);
                return new Bound(count == 0 ? Call(call, [element], node) : Call(call, [element], node, Argument(call, element)), Shape.SequenceOf(elementShape));
            case SequenceOperator.Add:
                Count(call, 1, 1);
                return new Bound(Call(call, [element], node, Argument(call, element)), Shape.SequenceOf(elementShape));
            case SequenceOperator.Combine:
                Count(call, 1, 1);
                return Combine(node, element, elementShape, call);
            default:
                Count(call, 1, 1);
                return Cast(node, call);
        }
    }

    /// <summary>Inside a function of another list, walking or copying this one happens again and again.</summary>
    private Expression Paid(Expression node, Type element, SequenceOperator kind, Syntax.Call call)
    {
        var isCopied = kind is SequenceOperator.Same or SequenceOperator.Order or SequenceOperator.Group or SequenceOperator.ByKey or SequenceOperator.Combine;
        var isWalked = isCopied || (call.Arguments.Count == 0 && kind is SequenceOperator.Extreme or SequenceOperator.Total);
        return _inLambda > 0 && isWalked && !Word(call.Text).StartsWith("then", StringComparison.OrdinalIgnoreCase)
            ? Expression.Call(PaidMethod.MakeGenericMethod(element), FrameParameter, node, Expression.Constant(isCopied))
            : node;
    }

    /// <summary>
    /// Any, All and Count over a list are loops of their own: a delegate that reaches the facts would be made anew for every
    /// evaluation, which costs more than walking a short list.
    /// </summary>
    private static Expression Test(Expression node, Type element, LambdaExpression predicate, Syntax.Call call)
    {
        if (node.Type != typeof(List<>).MakeGenericType(element) || SameName(call.Text, "LongCount"))
        {
            return Call(call, [element], node, predicate);
        }

        var (isAll, isCount) = (SameName(call.Text, "All"), SameName(call.Text, "Count"));
        var list = Expression.Variable(node.Type);
        var index = Expression.Variable(typeof(int));
        var result = Expression.Variable(isCount ? typeof(int) : typeof(bool));
        var end = Expression.Label();
        var item = predicate.Parameters[0];
        Expression hit = isCount
            ? Expression.PreIncrementAssign(result)
            : Expression.Block(typeof(void), Expression.Assign(result, Expression.Constant(!isAll)), Expression.Break(end));
        var condition = isAll ? Expression.Not(predicate.Body) : predicate.Body;
        var step = Expression.Block(
            typeof(void),
            [item],
            Expression.Assign(item, Expression.Property(list, "Item", Expression.PostIncrementAssign(index))),
            Expression.IfThen(condition, hit));
        return Expression.Block(
            [list, index, result],
            Expression.Assign(list, node),
            Expression.Assign(index, Expression.Constant(0)),
            Expression.Assign(result, isCount ? Expression.Constant(0) : Expression.Constant(isAll)),
            Expression.Loop(
                Expression.IfThenElse(Expression.LessThan(index, Expression.Property(list, "Count")), step, Expression.Break(end)),
                end),
            result);
    }

    private static bool SameName(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);

    private Bound SelectMany(Expression node, Type element, Shape? elementShape, Syntax.Call call)
    {
        var (lambda, shape) = Selector(call.Arguments[0], element, elementShape);
        if (TypeRules.ElementOf(lambda.ReturnType) is not { } inner)
        {
            throw Error($"SelectMany needs a list for every element, this is {TypeRules.Name(lambda.ReturnType)}", call.Arguments[0]);
        }

        // Nested lists multiply: every element that comes out is a step.
        var metered = Metered(lambda.Body, inner);
        var body = Expression.Lambda(typeof(Func<,>).MakeGenericType(element, typeof(IEnumerable<>).MakeGenericType(inner)), metered, lambda.Parameters);
        return new Bound(Call(call, [element, inner], node, body), Shape.SequenceOf(Shape.ElementOf(shape)));
    }

    private Bound Group(Expression node, Type element, Shape? elementShape, Syntax.Call call)
    {
        var (key, keyShape) = Selector(call.Arguments[0], element, elementShape);
        key = Expression.Lambda(key.Type, Expression.Call(WeighedMethod.MakeGenericMethod(key.ReturnType), FrameParameter, key.Body), key.Parameters);
        if (call.Arguments.Count == 1)
        {
            return new Bound(
                Call(call, [element, key.ReturnType], node, key),
                new Shape.Sequence(new Shape.Grouping(keyShape, elementShape)));
        }

        var (value, valueShape) = Selector(call.Arguments[1], element, elementShape);
        return new Bound(
            Call(call, [element, key.ReturnType, value.ReturnType], node, key, value),
            new Shape.Sequence(new Shape.Grouping(keyShape, valueShape)));
    }

    private MethodCallExpression Aggregate(Expression node, Type element, Shape? elementShape, SequenceOperator kind, Syntax.Call call)
    {
        if (kind == SequenceOperator.Extreme)
        {
            if (call.Arguments.Count == 0)
            {
                return Call(call, [element], node);
            }

            var (selected, _) = Selector(call.Arguments[0], element, elementShape);
            return Call(call, [element, selected.ReturnType], node, selected);
        }

        var parameter = Expression.Parameter(element);
        var (body, lambda) = call.Arguments.Count == 0
            ? (parameter, null)
            : Selector(call.Arguments[0], element, elementShape) is var (one, _) ? (one.Body, one) : default;
        foreach (var type in new[] { typeof(int), typeof(long), typeof(float), typeof(double), typeof(decimal), typeof(int?), typeof(long?), typeof(float?), typeof(double?), typeof(decimal?) })
        {
            if (body.Type != type)
            {
                continue;
            }

            return lambda is null
                ? Expression.Call(Sequences.Methods[call.Text].First(method => !method.IsGenericMethod && method.GetParameters()[0].ParameterType == typeof(IEnumerable<>).MakeGenericType(type)), node)
                : Expression.Call(
                    Sequences.Methods[call.Text].First(method => method.IsGenericMethod && method.GetParameters() is [_, var selector] && selector.ParameterType.GetGenericArguments()[^1] == type).MakeGenericMethod(element),
                    node,
                    lambda);
        }

        throw Error($"'{call.Text}' adds numbers, not {TypeRules.Name(body.Type)}", call);
    }

    private Bound Combine(Expression node, Type element, Shape? elementShape, Syntax.Call call)
    {
        var other = Bind(call.Arguments[0]);
        if (!typeof(IEnumerable<>).MakeGenericType(element).IsAssignableFrom(other.Type))
        {
            throw Error($"'{call.Text}' needs another list of {TypeRules.Name(element)}, this is {Name(other.Node)}", call);
        }

        return new Bound(
            Call(call, [element], node, Metered(other.Node, element)),
            Word(call.Text) == "sequenceequal" ? null : Shape.SequenceOf(elementShape));
    }

    private Bound Cast(Expression node, Syntax.Call call)
    {
        if (call.Arguments[0] is not Syntax.Literal { Value: string typeName })
        {
            throw Error($"'{call.Text}' takes the name of a type as a text", call);
        }

        var type = Catalog.Find(typeName.TrimEnd('?').Replace("System.", "", StringComparison.Ordinal), _settings)?.Clr
            ?? throw Error($"type '{typeName}' is not known{DidYouMean.Of(typeName, Catalog.Names)}", call.Arguments[0]);
        return new Bound(Call(call, [typeName.EndsWith('?') ? TypeRules.Lifted(type) : type], node));
    }

    private Expression Contains(Bound source, Type element, Expression value, Syntax at)
    {
        var sequence = _inLambda > 0
            ? Expression.Call(PaidMethod.MakeGenericMethod(element), FrameParameter, source.Node, Expression.Constant(false))
            : source.Node;
        if (TypeRules.Promote(value, element, exact: true) is { } fitting)
        {
            return CallNamed("Contains", [element], sequence, fitting);
        }

        // A nullable fact is looked up in a list of values that are never null.
        if (!Compat && TypeRules.NonNullable(value.Type) == element)
        {
            var held = Expression.Variable(value.Type);
            return Expression.Block(
                [held],
                Expression.Assign(held, value),
                Expression.AndAlso(Expression.Property(held, "HasValue"), CallNamed("Contains", [element], sequence, Expression.Property(held, "Value"))));
        }

        throw Error($"{Name(value)} cannot be in a list of {TypeRules.Name(element)}", at);
    }

    private LambdaExpression Predicate(Syntax.Call call, Type element, Shape? shape)
    {
        var (lambda, _) = Selector(call.Arguments[0], element, shape);
        if (lambda.ReturnType == typeof(bool))
        {
            return lambda;
        }

        return lambda.ReturnType == typeof(bool?) && !Compat
            ? Expression.Lambda(typeof(Func<,>).MakeGenericType(element, typeof(bool)), Expression.Coalesce(lambda.Body, Expression.Constant(false)), lambda.Parameters)
            : throw Error($"the condition of '{call.Text}' must be Boolean, this is {TypeRules.Name(lambda.ReturnType)}", call.Arguments[0]);
    }

    /// <summary>A function of one element. Every call of it is a step of the budget.</summary>
    private (LambdaExpression Lambda, Shape? Shape) Selector(Syntax argument, Type element, Shape? shape)
    {
        var parameter = Expression.Parameter(element);
        var it = new Bound(parameter, shape);
        var (outerIt, outerParent) = (_it, _parent);
        (_parent, _it) = (_it, it);
        if (++_inLambda > DeepestFunctions)
        {
            throw Error($"lists are walked inside one another more than {DeepestFunctions} deep", argument);
        }

        var body = argument;
        if (argument is Syntax.Lambda lambda)
        {
            _lambdas.Add((lambda.Parameter, it));
            body = lambda.Body;
        }

        var bound = Bind(body);
        if (argument is Syntax.Lambda)
        {
            _lambdas.RemoveAt(_lambdas.Count - 1);
        }

        _inLambda--;
        (_it, _parent) = (outerIt, outerParent);
        var stepping = Expression.Block(Expression.Call(FrameParameter, StepMethod), bound.Node);
        return (Expression.Lambda(typeof(Func<,>).MakeGenericType(element, bound.Type), stepping, parameter), bound.Shape);
    }

    private Expression Argument(Syntax.Call call, Type type)
    {
        var value = Bind(call.Arguments[0]).Node;
        return TypeRules.Promote(value, type, exact: true)
            ?? (TypeRules.NonNullable(value.Type) == type && !Compat ? Expression.Convert(value, type) : null)
            ?? throw Error($"'{call.Text}' takes {TypeRules.Name(type)}, not {Name(value)}", call.Arguments[0]);
    }

    private static MethodCallExpression Metered(Expression sequence, Type element) =>
        Expression.Call(MeteredMethod.MakeGenericMethod(element), FrameParameter, sequence);

    private static MethodCallExpression Call(Syntax.Call call, Type[] types, params Expression[] arguments) => CallNamed(call.Text, types, arguments);

    private static MethodCallExpression CallNamed(string name, Type[] types, params Expression[] arguments)
    {
        foreach (var method in Sequences.Methods[name])
        {
            if (!method.IsGenericMethodDefinition || method.GetGenericArguments().Length != types.Length || method.GetParameters().Length != arguments.Length)
            {
                continue;
            }

            var last = method.GetParameters()[^1].ParameterType;
            if (arguments.Length > 1 && last.IsGenericType && last.GetGenericTypeDefinition() == typeof(Func<,,>))
            {
                continue;
            }

            // Of a list whose elements have no type, a condition would fit where a default value is meant.
            if (arguments.Length > 1 && arguments[^1] is LambdaExpression && !typeof(Delegate).IsAssignableFrom(last))
            {
                continue;
            }

            MethodInfo made;
            try
            {
                made = method.MakeGenericMethod(types);
            }
            catch (ArgumentException)
            {
                continue;
            }

            var parameters = made.GetParameters();
            var fits = true;
            for (var i = 0; i < arguments.Length && fits; i++)
            {
                fits = parameters[i].ParameterType.IsAssignableFrom(arguments[i].Type);
            }

            if (fits)
            {
                return Expression.Call(made, arguments);
            }
        }

        throw new InvalidOperationException(
            name.StartsWith("Then", StringComparison.OrdinalIgnoreCase) ? $"{name} comes after OrderBy" : $"'{name}' does not fit this list");
    }

    private static int Depth(Type type) => type.IsArray
        ? 1 + Depth(type.GetElementType()!)
        : type.IsGenericType ? 1 + type.GetGenericArguments().Max(Depth) : 0;
}
