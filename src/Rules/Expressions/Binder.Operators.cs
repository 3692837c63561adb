using System.Linq.Expressions;
using System.Reflection;

namespace WorkflowEngine.Rules;

/// <summary>Operators and choices.</summary>
internal sealed partial class Binder
{
    private static readonly MethodInfo ConcatMethod = typeof(ExpressionRuntime).GetMethod(nameof(ExpressionRuntime.Concat))!;
    private static readonly MethodInfo CompareMethod = typeof(ExpressionRuntime).GetMethod(nameof(ExpressionRuntime.Compare))!;
    private static readonly MethodInfo TextEquality = ((Func<string?, string?, bool>)string.Equals).Method;
    private static readonly MethodInfo SameMethod = typeof(ExpressionRuntime).GetMethod(nameof(ExpressionRuntime.Same))!;

    private Bound BindUnary(Syntax.Unary unary)
    {
        var operand = Bind(unary.Operand).Node;
        var types = unary.Operator == '-' ? OperandTypes.Negation : OperandTypes.Not;
        if (Overloads.Choose(types, [operand], out _, out var promoted) != Overloads.Choice.One)
        {
            throw Error($"'{unary.Operator}' does not work on {Name(operand)}", unary);
        }

        return new Bound(unary.Operator == '-' ? Expression.Negate(promoted[0]) : Expression.Not(promoted[0]));
    }

    private Bound BindBinary(Syntax.Binary binary)
    {
        // Long chains lean to the left: walked in a loop, so that their length does not become depth.
        var chain = new Stack<Syntax.Binary>();
        Syntax syntax = binary;
        while (syntax is Syntax.Binary next)
        {
            chain.Push(next);
            syntax = next.Left;
        }

        var left = Bind(syntax);
        _height += chain.Count;
        if (_height > TallestTree)
        {
            throw Error("the expression is too long to be understood, split it into parameters", binary);
        }

        var count = chain.Count;
        while (chain.TryPop(out var op))
        {
            left = BindBinary(op, left, Bind(op.Right));
        }

        _height -= count;
        return left;
    }

    private Bound BindBinary(Syntax.Binary op, Bound left, Bound right)
    {
        try
        {
            return new Bound(op.Operator switch
            {
                BinaryOperator.Or => Logical(op, left.Node, right.Node, Expression.OrElse),
                BinaryOperator.And => Logical(op, left.Node, right.Node, Expression.AndAlso),
                BinaryOperator.BitAnd or BinaryOperator.BitOr => Bits(op, left.Node, right.Node),
                BinaryOperator.ShiftLeft => Arithmetic(op, OperandTypes.Shift, left.Node, right.Node, Expression.LeftShift),
                BinaryOperator.ShiftRight => Arithmetic(op, OperandTypes.Shift, left.Node, right.Node, Expression.RightShift),
                BinaryOperator.Add when left.Type == typeof(string) || right.Type == typeof(string) => ConcatNode(left.Node, right.Node),
                BinaryOperator.Add => Arithmetic(op, OperandTypes.Additive, left.Node, right.Node, Expression.Add),
                BinaryOperator.Subtract => Arithmetic(op, OperandTypes.Subtractive, left.Node, right.Node, Expression.Subtract),
                BinaryOperator.Multiply => Arithmetic(op, OperandTypes.Arithmetic, left.Node, right.Node, Expression.Multiply),
                BinaryOperator.Divide => Arithmetic(op, OperandTypes.Arithmetic, left.Node, right.Node, Expression.Divide),
                BinaryOperator.Modulo => Arithmetic(op, OperandTypes.Arithmetic, left.Node, right.Node, Expression.Modulo),
                _ => Comparison(op.Operator, left, right, op),
            });
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            throw Incompatible(op, left.Node, right.Node);
        }
    }

    private static Expression Logical(Syntax.Binary op, Expression left, Expression right, Func<Expression, Expression, Expression> make)
    {
        if (left.Type == typeof(bool) && right.Type == typeof(bool))
        {
            return make(left, right);
        }

        Operands(op, OperandTypes.Logical, ref left, ref right);
        return make(left, right);
    }

    private static Expression Arithmetic(Syntax.Binary op, OperandTypes[] types, Expression left, Expression right, Func<Expression, Expression, Expression> make)
    {
        Operands(op, types, ref left, ref right);
        return make(left, right);
    }

    private static Expression Bits(Syntax.Binary op, Expression left, Expression right)
    {
        if (left.Type.IsEnum && left.Type == right.Type)
        {
            return Expression.Convert(Bits(op, Number(left), Number(right)), left.Type);
        }

        left = Number(left);
        right = Number(right);
        if (op.Operator == BinaryOperator.BitAnd)
        {
            left = TextOfNumber(left, right);
            right = TextOfNumber(right, left);
        }

        if (op.Operator == BinaryOperator.BitAnd && (left.Type == typeof(string) || right.Type == typeof(string)))
        {
            return ConcatNode(left, right);
        }

        if (left.Type != right.Type)
        {
            var lifted = TypeRules.IsNullable(left.Type) || TypeRules.IsNullable(right.Type);
            var order = new[] { typeof(ulong), typeof(long), typeof(uint), typeof(int), typeof(ushort), typeof(short), typeof(byte) };
            var common = Array.Find(order, type => TypeRules.NonNullable(left.Type) == type || TypeRules.NonNullable(right.Type) == type);
            if (common is null || !TypeRules.IsNumeric(left.Type) || !TypeRules.IsNumeric(right.Type))
            {
                throw Incompatible(op, left, right);
            }

            common = lifted ? TypeRules.Lifted(common) : common;
            left = left.Type == common ? left : Expression.Convert(left, common);
            right = right.Type == common ? right : Expression.Convert(right, common);
        }

        return op.Operator == BinaryOperator.BitAnd ? Expression.And(left, right) : Expression.Or(left, right);

        // "5" & 4 is a number, "a" & 4 a text.
        static Expression TextOfNumber(Expression node, Expression other) =>
            node is ConstantExpression { Value: string text } && TypeRules.IsNumeric(other.Type) && TypeRules.FromText(text, typeof(int)) is { } number ? Expression.Constant(number) : node;

        static Expression Number(Expression node) => node.Type.IsEnum ? Expression.Convert(node, Enum.GetUnderlyingType(node.Type)) : node;
    }

    private static MethodCallExpression ConcatNode(Expression left, Expression right) =>
        Expression.Call(ConcatMethod, FrameParameter, Boxed(left), Boxed(right));

    private static Expression Boxed(Expression node) => node.Type == typeof(object) ? node : Expression.Convert(node, typeof(object));

    private static void Operands(Syntax op, OperandTypes[] types, ref Expression left, ref Expression right)
    {
        // The common case, decided without trying every pair of types.
        var common = TypeRules.NonNullable(left.Type);
        if (TypeRules.NonNullable(right.Type) == common && Array.Exists(types, type => type.Parameters[0] == common && type.Parameters[1] == common))
        {
            if (left.Type != right.Type)
            {
                left = TypeRules.Promote(left, TypeRules.Lifted(left.Type), exact: true)!;
                right = TypeRules.Promote(right, TypeRules.Lifted(right.Type), exact: true)!;
            }

            return;
        }

        if (Overloads.Choose(types, [left, right], out _, out var promoted) != Overloads.Choice.One)
        {
            throw Incompatible(op, left, right);
        }

        (left, right) = (promoted[0], promoted[1]);
    }

    private Expression Comparison(BinaryOperator op, Bound leftBound, Bound rightBound, Syntax at)
    {
        var (left, right) = (leftBound.Node, rightBound.Node);
        var isEquality = op is BinaryOperator.Equal or BinaryOperator.NotEqual;
        if (isEquality && !left.Type.IsValueType && !right.Type.IsValueType)
        {
            if (!leftBound.IsNullLiteral && !rightBound.IsNullLiteral && left.Type != right.Type)
            {
                if (left.Type.IsAssignableFrom(right.Type))
                {
                    right = Expression.Convert(right, left.Type);
                }
                else if (right.Type.IsAssignableFrom(left.Type))
                {
                    left = Expression.Convert(left, right.Type);
                }
                else
                {
                    throw Incompatible(at, left, right);
                }
            }
            else if (leftBound.IsNullLiteral != rightBound.IsNullLiteral)
            {
                left = leftBound.IsNullLiteral ? Expression.Constant(null, right.Type) : left;
                right = rightBound.IsNullLiteral ? Expression.Constant(null, left.Type) : right;
            }
        }
        else if (TypeRules.NonNullable(left.Type).IsEnum || TypeRules.NonNullable(right.Type).IsEnum)
        {
            if (left.Type != right.Type)
            {
                if (TypeRules.Promote(right, left.Type, exact: true) is { } asLeft)
                {
                    right = asLeft;
                }
                else
                {
                    left = TypeRules.Promote(left, right.Type, exact: true) ?? throw Incompatible(at, left, right);
                }
            }
        }
        else if (right is ConstantExpression { Value: string text } && left.Type != typeof(string) && TypeRules.ReadsText(left.Type))
        {
            right = FromText(text, left.Type, at);
        }
        else if (left is ConstantExpression { Value: string leftText } && right.Type != typeof(string) && TypeRules.ReadsText(right.Type))
        {
            left = FromText(leftText, right.Type, at);
        }
        else if (left.Type != right.Type || left.Type == typeof(object))
        {
            Operands(at, isEquality ? OperandTypes.Equality : OperandTypes.Relational, ref left, ref right);
        }
        else if (!isEquality && left.Type != typeof(string) && !Ordered(left.Type))
        {
            throw Incompatible(at, left, right);
        }

        return Compare(op, left, right);
    }

    private static bool Ordered(Type type)
    {
        type = TypeRules.NonNullable(type);
        return TypeRules.IsNumeric(type) || type == typeof(char) || type == typeof(DateTime) || type == typeof(DateTimeOffset)
            || type == typeof(TimeSpan) || type == typeof(DateOnly) || type == typeof(TimeOnly) || type == typeof(Guid);
    }

    private Expression Compare(BinaryOperator op, Expression left, Expression right)
    {
        var isEquality = op is BinaryOperator.Equal or BinaryOperator.NotEqual;
        if (left.Type == typeof(string) && right.Type == typeof(string))
        {
            if (!isEquality)
            {
                left = Expression.Call(CompareMethod, FrameParameter, left, right);
                right = Expression.Constant(0);
            }
            else if (_lambdas.Count > 0 || _inLambda > 0)
            {
                // Long texts compared for every element of a list must be paid for.
                var same = Expression.Call(SameMethod, FrameParameter, left, right);
                return op == BinaryOperator.Equal ? same : Expression.Not(same);
            }
            else
            {
                // Named, because looking for the operator among the members of String takes longer than all the rest.
                var same = Expression.Equal(left, right, liftToNull: false, TextEquality);
                return op == BinaryOperator.Equal ? same : Expression.Not(same);
            }
        }
        else if (!isEquality && (left.Type.IsEnum || right.Type.IsEnum))
        {
            left = left.Type.IsEnum ? Expression.Convert(left, Enum.GetUnderlyingType(left.Type)) : left;
            right = right.Type.IsEnum ? Expression.Convert(right, Enum.GetUnderlyingType(right.Type)) : right;
        }
        else if (isEquality && left.Type == typeof(FactRecord) && right.Type == typeof(FactRecord))
        {
            var same = Expression.Call(typeof(object), nameof(Equals), null, Boxed(left), Boxed(right));
            return op == BinaryOperator.Equal ? same : Expression.Not(same);
        }

        return op switch
        {
            BinaryOperator.Equal => Expression.Equal(left, right),
            BinaryOperator.NotEqual => Expression.NotEqual(left, right),
            BinaryOperator.Less => Expression.LessThan(left, right),
            BinaryOperator.LessOrEqual => Expression.LessThanOrEqual(left, right),
            BinaryOperator.Greater => Expression.GreaterThan(left, right),
            _ => Expression.GreaterThanOrEqual(left, right),
        };
    }

    private static ConstantExpression FromText(string text, Type type, Syntax at) => TypeRules.FromText(text, type) is { } value
        ? Expression.Constant(value, type)
        : throw Error($"\"{text}\" is not a {TypeRules.Name(TypeRules.NonNullable(type))}", at);

    private Bound BindInList(Syntax.InList list)
    {
        var left = Bind(list.Value);
        if (Compat)
        {
            return BindInListOfOriginal(list, left.Node);
        }

        Expression? any = null;
        foreach (var item in list.Items)
        {
            var same = Comparison(BinaryOperator.Equal, left, Bind(item), list);
            any = any is null ? same : Expression.OrElse(any, same);
        }

        var found = any ?? throw Error("the list after 'in' is empty", list);
        return new Bound(list.Negated ? Expression.Not(found) : found);
    }

    /// <summary>
    /// The original's list: a text is no number and no date here, and what it is brought to stays so for the items that
    /// follow. A truth value before 'in' counts as a first answer.
    /// </summary>
    private Bound BindInListOfOriginal(Syntax.InList list, Expression left)
    {
        var any = list.Items.Count > 0 ? left : throw Error("the list after 'in' is empty", list);
        foreach (var item in list.Items)
        {
            var right = Bind(item).Node;
            if (left.Type.IsEnum && right is ConstantExpression constant)
            {
                right = TypeRules.Promote(constant, left.Type, exact: true) ?? throw Incompatible(list, left, right);
            }
            else if (left.Type != right.Type)
            {
                Operands(list, OperandTypes.Equality, ref left, ref right);
            }

            var same = Compare(BinaryOperator.Equal, left, right);
            any = any.Type == typeof(bool) ? Expression.OrElse(any, same) : same;
        }

        return new Bound(any);
    }

    private Bound BindInSequence(Syntax.InSequence membership)
    {
        var left = Bind(membership.Value);
        var right = Bind(membership.Sequence);
        if (TypeRules.ElementOf(right.Type) is not { } element)
        {
            throw Error($"what follows 'in' must be a list, {Described(right)} is not", membership);
        }

        var found = Contains(right, element, left.Node, membership);
        return new Bound(membership.Negated ? Expression.Not(found) : found);
    }

    private Bound BindConditional(Bound test, Bound then, Bound otherwise, Syntax at)
    {
        var condition = test.Node;
        if (condition.Type == typeof(bool?) && !Compat)
        {
            condition = Expression.Coalesce(condition, Expression.Constant(false));
        }

        if (condition.Type != typeof(bool))
        {
            throw Error($"the first part of a choice must be Boolean, this is {Name(condition)}", at);
        }

        var (left, right) = (then.Node, otherwise.Node);
        if (left.Type != right.Type)
        {
            // A value beside null is the value or nothing.
            if (then.IsNullLiteral != otherwise.IsNullLiteral)
            {
                var type = TypeRules.Lifted(then.IsNullLiteral ? right.Type : left.Type);
                left = TypeRules.Promote(left, type, exact: true)!;
                right = TypeRules.Promote(right, type, exact: true)!;
            }
            else
            {
                var leftAsRight = TypeRules.Promote(left, right.Type, exact: true);
                var rightAsLeft = TypeRules.Promote(right, left.Type, exact: true);
                if ((leftAsRight is null) == (rightAsLeft is null))
                {
                    throw Error($"the two values of a choice must be of one type, these are {Name(left)} and {Name(right)}", at);
                }

                (left, right) = leftAsRight is not null ? (leftAsRight, right) : (left, rightAsLeft!);
            }
        }

        return new Bound(Expression.Condition(condition, left, right), then.Shape ?? otherwise.Shape);
    }

    private Bound BindCoalesce(Bound left, Bound right, Syntax at)
    {
        if (left.IsNullLiteral)
        {
            return right;
        }

        if (!TypeRules.TakesNull(left.Type))
        {
            return Compat ? throw Error("the value before '??' is never null", at) : left;
        }

        if (right.IsNullLiteral)
        {
            return left;
        }

        var value = TypeRules.Promote(right.Node, TypeRules.NonNullable(left.Type), exact: true)
            ?? TypeRules.Promote(right.Node, left.Type, exact: true);
        if (value is not null)
        {
            return new Bound(Expression.Coalesce(left.Node, value), left.Shape ?? right.Shape);
        }

        return TypeRules.Fits(TypeRules.NonNullable(left.Type), right.Type)
            ? new Bound(Expression.Coalesce(left.Node, right.Node), left.Shape ?? right.Shape)
            : throw Error($"{Name(right.Node)} cannot stand in for {Name(left.Node)}", at);
    }

    private static string Name(Expression node) => TypeRules.IsNullLiteral(node) ? "null" : TypeRules.Name(node.Type);

    private static ExpressionException Incompatible(Syntax at, Expression left, Expression right)
    {
        var sign = at is Syntax.Binary binary ? binary.Operator.ToString() : "in";
        return Error($"{Name(left)} and {Name(right)} cannot be combined by '{sign}'", at);
    }
}
