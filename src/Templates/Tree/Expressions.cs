using System.Text;
using WorkflowEngine.Templates.Rendering;
using WorkflowEngine.Templates.Values;

namespace WorkflowEngine.Templates.Tree;

/// <param name="Position">Offset in the template where errors of this expression are reported.</param>
internal abstract record Expression(int Position)
{
    public abstract object? Evaluate(RenderContext context);

    /// <summary>The value itself, also when it is a function: not called.</summary>
    public virtual object? EvaluateUncalled(RenderContext context) => Evaluate(context);

    /// <summary>The expression as the author wrote it, roughly, for messages.</summary>
    public virtual string Describe() => "the expression";
}

internal sealed record Literal(int Position, object? Value) : Expression(Position)
{
    public override object? Evaluate(RenderContext context) => Value;

    public override string Describe() => Value?.ToString() ?? "null";
}

/// <summary><c>$"… {expression} …"</c>.</summary>
internal sealed record InterpolatedText(int Position, Expression[] Parts) : Expression(Position)
{
    public override object? Evaluate(RenderContext context)
    {
        var result = new StringBuilder();
        foreach (var part in Parts)
        {
            result.Append(TextForm.Of(part.Evaluate(context), context));
            context.CheckLength(result.Length, Position);
        }

        context.ChargeText(result.Length, Position);
        return result.ToString();
    }
}

internal sealed record ArrayLiteral(int Position, Expression[] Items) : Expression(Position)
{
    public override object? Evaluate(RenderContext context)
    {
        var result = new ScriptArray(Items.Length);
        foreach (var item in Items)
        {
            result.Add(item.Evaluate(context));
        }

        return result;
    }
}

internal sealed record ObjectLiteral(int Position, (string Name, Expression Value)[] Members) : Expression(Position)
{
    public override object? Evaluate(RenderContext context)
    {
        var result = new ScriptObject();
        foreach (var (name, value) in Members)
        {
            result[name] = value.Evaluate(context);
        }

        return result;
    }
}

/// <summary><c>(expression)</c>.</summary>
internal sealed record NestedExpression(int Position, Expression Inner) : Expression(Position)
{
    public override object? Evaluate(RenderContext context) => Inner.Evaluate(context);

    public override object? EvaluateUncalled(RenderContext context) => Inner.EvaluateUncalled(context);

    public override string Describe() => $"({Inner.Describe()})";
}

internal enum UnaryOperator
{
    Not,
    Negate,
    Plus,

    /// <summary><c>@f</c>: the function itself.</summary>
    Alias,

    /// <summary><c>^list</c>: its items as arguments.</summary>
    Expand,
}

internal sealed record UnaryExpression(int Position, UnaryOperator Operator, Expression Operand) : Expression(Position)
{
    public override object? Evaluate(RenderContext context) => Operator switch
    {
        UnaryOperator.Not => !Kinds.IsTrue(Operand.Evaluate(context)),
        UnaryOperator.Negate => Operators.Negate(Operand.Evaluate(context), Position),
        UnaryOperator.Plus => Operators.Plus(Operand.Evaluate(context), Position),
        UnaryOperator.Alias => Operand.EvaluateUncalled(context),
        _ => Operand.Evaluate(context),
    };
}

/// <summary><c>++x --x x++ x--</c>.</summary>
internal sealed record Increment(int Position, PathExpression Target, int Step, bool IsPrefix) : Expression(Position)
{
    public override object? Evaluate(RenderContext context)
    {
        var before = Target.Evaluate(context);
        if (!Kinds.IsNumber(before))
        {
            throw new RenderFault($"'{Target.Describe()}' is {Kinds.Name(before)}: only a number can be counted up or down.", Position);
        }

        var after = Operators.Apply(BinaryOperator.Add, before, Step, context, Position);
        Target.Assign(context, after);
        return IsPrefix ? after : before;
    }
}

internal sealed record BinaryExpression(int Position, BinaryOperator Operator, Expression Left, Expression Right) : Expression(Position)
{
    public override object? Evaluate(RenderContext context)
    {
        RenderContext.CheckStack(Position);
        var left = Left.Evaluate(context);
        switch (Operator)
        {
            case BinaryOperator.And:
                return Kinds.IsTrue(left) && Kinds.IsTrue(Right.Evaluate(context));
            case BinaryOperator.Or:
                return Kinds.IsTrue(left) || Kinds.IsTrue(Right.Evaluate(context));
            case BinaryOperator.IfNull:
                return left ?? Right.Evaluate(context);
            case BinaryOperator.IfNotNull:
                return left is null ? null : Right.Evaluate(context);
            default:
                return Operators.Apply(Operator, left, Right.Evaluate(context), context, Position);
        }
    }
}

/// <summary><c>condition ? then : otherwise</c>.</summary>
internal sealed record ConditionalExpression(int Position, Expression Condition, Expression Then, Expression Otherwise) : Expression(Position)
{
    public override object? Evaluate(RenderContext context) =>
        Kinds.IsTrue(Condition.Evaluate(context)) ? Then.Evaluate(context) : Otherwise.Evaluate(context);
}

/// <summary><c>do … end</c>: a function without a name.</summary>
internal sealed record AnonymousFunction(int Position, FunctionBody Body) : Expression(Position)
{
    public override object? Evaluate(RenderContext context) => new UserFunction("do", Body, context.Source);
}

/// <summary><c>this</c>: the object whose members the variables are.</summary>
internal sealed record ThisExpression(int Position) : Expression(Position)
{
    public override object? Evaluate(RenderContext context) => context.TopHolder;

    public override string Describe() => "this";
}

/// <summary><c>$$</c>: runs the statements that <c>wrap</c> handed over.</summary>
internal sealed record WrappedBlock(int Position) : Expression(Position)
{
    public override object? Evaluate(RenderContext context)
    {
        context.EnterCall(Position);
        context.Local.Wrapped?.Execute(context);
        context.LeaveCall();
        return null;
    }

    public override string Describe() => "$$";
}
