using System.Linq.Expressions;
using System.Reflection;

namespace WorkflowEngine.Rules;

/// <summary>
/// Walks the everyday parts of an expression as they stand: facts, constants, comparisons, <c>&amp;&amp;</c>, <c>||</c>, <c>!</c>, <c>??</c> and choices.
/// Most rules consist of nothing else and most are run a few times in the life of a process, for which making them into
/// anything takes longer than running them. Values are boxed; what is used often is compiled by <see cref="HotExpression{T}"/>.
/// </summary>
internal static class FirstRuns
{
    private static readonly object True = true;
    private static readonly object False = false;
    private static readonly PropertyInfo Slots = typeof(Frame).GetProperty(nameof(Frame.Slots))!;
    private static readonly PropertyInfo Values = typeof(FactRecord).GetProperty(nameof(FactRecord.Values))!;

    /// <summary>Null when there is a part that this does not know.</summary>
    public static Func<Frame, object?>? Of(Expression node) => node switch
    {
        ConstantExpression constant => Constant(constant.Value),
        BinaryExpression { NodeType: ExpressionType.ArrayIndex } index => Element(index),
        BinaryExpression { NodeType: ExpressionType.AndAlso or ExpressionType.OrElse, Method: null } logical => Logical(logical),
        BinaryExpression { NodeType: ExpressionType.Coalesce, Conversion: null } coalesce => Coalesce(coalesce),
        BinaryExpression { IsLiftedToNull: false } comparison => Comparison(comparison),
        UnaryExpression { NodeType: ExpressionType.Convert, Method: null } convert => Convert(convert),
        UnaryExpression { NodeType: ExpressionType.Not, Method: null } not when TypeRules.NonNullable(not.Type) == typeof(bool) => Not(not),
        ConditionalExpression choice when choice.Type != typeof(void) => Choice(choice),
        MemberExpression { Expression: { } target, Member.Name: "HasValue" } when TypeRules.IsNullable(target.Type) => HasValue(target),
        _ => null,
    };

    private static object Boxed(bool value) => value ? True : False;

    private static Func<Frame, object?> Constant(object? value) => _ => value;

    private static Func<Frame, object?>? Element(BinaryExpression index)
    {
        if (index.Left is not MemberExpression { Expression: { } owner } list || index.Right is not ConstantExpression { Value: int at })
        {
            return null;
        }

        if (list.Member == Slots && owner is ParameterExpression)
        {
            return frame => frame.Slots[at];
        }

        return list.Member == Values && Of(owner) is { } record ? frame => ((FactRecord)record(frame)!).Values[at] : null;
    }

    private static Func<Frame, object?>? Logical(BinaryExpression node)
    {
        if (TypeRules.NonNullable(node.Type) != typeof(bool) || node.Left.Type != node.Right.Type || Of(node.Left) is not { } left || Of(node.Right) is not { } right)
        {
            return null;
        }

        // Null is "unknown": unknown and false is false, unknown or true is true.
        var decisive = node.NodeType == ExpressionType.OrElse;
        return frame =>
        {
            var first = (bool?)left(frame);
            if (first == decisive)
            {
                return Boxed(decisive);
            }

            var second = (bool?)right(frame);
            return second == decisive ? Boxed(decisive) : first is null || second is null ? null : Boxed(!decisive);
        };
    }

    private static Func<Frame, object?>? Not(UnaryExpression node) => Of(node.Operand) is { } operand
        ? frame => (bool?)operand(frame) is { } value ? Boxed(!value) : null
        : null;

    private static Func<Frame, object?>? Coalesce(BinaryExpression node) =>
        TypeRules.NonNullable(node.Left.Type) == TypeRules.NonNullable(node.Right.Type) && Of(node.Left) is { } left && Of(node.Right) is { } right
            ? frame => left(frame) ?? right(frame)
            : null;

    private static Func<Frame, object?>? Choice(ConditionalExpression node) =>
        Of(node.Test) is { } test && Of(node.IfTrue) is { } then && Of(node.IfFalse) is { } otherwise
            ? frame => (bool)test(frame)! ? then(frame) : otherwise(frame)
            : null;

    private static Func<Frame, object?>? HasValue(Expression target) => Of(target) is { } value ? frame => Boxed(value(frame) is not null) : null;

    private static Func<Frame, object?>? Convert(UnaryExpression node)
    {
        if (Of(node.Operand) is not { } operand)
        {
            return null;
        }

        var (from, to) = (TypeRules.NonNullable(node.Operand.Type), TypeRules.NonNullable(node.Type));
        if (from == to || !to.IsValueType || node.Operand.Type == typeof(object))
        {
            return from == to && TypeRules.TakesNull(node.Type) ? operand : Cast(operand, to, TypeRules.TakesNull(node.Type));
        }

        return (from, to) switch
        {
            _ when TypeRules.IsNullable(node.Operand.Type) && !TypeRules.IsNullable(node.Type) => null,
            _ when from == typeof(int) && to == typeof(long) => frame => operand(frame) is int value ? (long)value : null,
            _ when from == typeof(int) && to == typeof(double) => frame => operand(frame) is int value ? (double)value : null,
            _ when from == typeof(long) && to == typeof(double) => frame => operand(frame) is long value ? (double)value : null,
            _ => null,
        };
    }

    private static Func<Frame, object?> Cast(Func<Frame, object?> operand, Type type, bool takesNull) => frame =>
    {
        var value = operand(frame);
        if (value is null && takesNull)
        {
            return null;
        }

        // Asking a null for its type fails as unboxing it would.
        var found = value!.GetType();
        return type.IsAssignableFrom(found) ? value : throw new InvalidCastException($"a {found.Name} is not a {type.Name}");
    };

    private static Func<Frame, object?>? Comparison(BinaryExpression node)
    {
        if (node.Left.Type != node.Right.Type || Of(node.Left) is not { } left || Of(node.Right) is not { } right)
        {
            return null;
        }

        var type = TypeRules.NonNullable(node.Left.Type);
        var kind = node.NodeType;
        if (kind is ExpressionType.Equal or ExpressionType.NotEqual)
        {
            if (!type.IsValueType && type != typeof(string))
            {
                return node.Method is null ? Equality(kind, left, right, ReferenceEquals) : null;
            }

            return type == typeof(double) || type == typeof(float) ? Numbers(kind, left, right)
                : type == typeof(string) || type == typeof(bool) || IsOrdered(type) ? Equality(kind, left, right, Equals)
                : null;
        }

        if (kind is not (ExpressionType.LessThan or ExpressionType.LessThanOrEqual or ExpressionType.GreaterThan or ExpressionType.GreaterThanOrEqual))
        {
            return null;
        }

        return type == typeof(double) || type == typeof(float) ? Numbers(kind, left, right)
            : IsOrdered(type) ? frame => left(frame) is IComparable first && right(frame) is { } second ? Boxed(Holds(kind, first.CompareTo(second))) : BothRead(frame, right)
            : null;
    }

    /// <summary>The right side is read also when the left is null: it may be what cannot be read.</summary>
    private static object BothRead(Frame frame, Func<Frame, object?> right)
    {
        right(frame);
        return False;
    }

    private static bool IsOrdered(Type type) =>
        type == typeof(int) || type == typeof(long) || type == typeof(decimal) || type == typeof(DateTime) || type == typeof(DateOnly) || type == typeof(TimeSpan) || type == typeof(char);

    private static Func<Frame, object?> Equality(ExpressionType kind, Func<Frame, object?> left, Func<Frame, object?> right, Func<object?, object?, bool> same) =>
        frame => Boxed(same(left(frame), right(frame)) == (kind == ExpressionType.Equal));

    /// <summary>Not a number is neither less, equal nor greater.</summary>
    private static Func<Frame, object?> Numbers(ExpressionType kind, Func<Frame, object?> left, Func<Frame, object?> right) => frame =>
    {
        var (first, second) = (Number(left(frame)), Number(right(frame)));
        return Boxed(kind switch
        {
            ExpressionType.Equal => first == second,
            ExpressionType.NotEqual => first != second,
            ExpressionType.LessThan => first < second,
            ExpressionType.LessThanOrEqual => first <= second,
            ExpressionType.GreaterThan => first > second,
            _ => first >= second,
        });
    };

    private static double? Number(object? value) => value switch
    {
        null => null,
        double number => number,
        _ => (float)value,
    };

    private static bool Holds(ExpressionType kind, int order) => kind switch
    {
        ExpressionType.LessThan => order < 0,
        ExpressionType.LessThanOrEqual => order <= 0,
        ExpressionType.GreaterThan => order > 0,
        _ => order >= 0,
    };
}
