using System.Numerics;
using System.Text;
using WorkflowEngine.Templates.Rendering;

namespace WorkflowEngine.Templates.Values;

internal enum BinaryOperator
{
    IfNull,
    IfNotNull,
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Contains,
    StartsWith,
    EndsWith,
    HasKey,
    HasValue,
    Add,
    Subtract,
    Multiply,
    Divide,
    DivideWhole,
    Modulo,
    ShiftLeft,
    ShiftRight,
    Range,
    RangeExclusive,
}

/// <summary>The operators, by the kinds of their operands: text decides first, then numbers, dates and lists.</summary>
internal static partial class Operators
{
    public static object? Apply(BinaryOperator @operator, object? left, object? right, RenderContext context, int position)
    {
        left = left is HtmlText && @operator != BinaryOperator.Add ? left.ToString() : left;
        right = right is HtmlText && @operator != BinaryOperator.Add ? right.ToString() : right;
        switch (@operator)
        {
            case BinaryOperator.Equal or BinaryOperator.NotEqual when left is null && right is EmptyValue || left is EmptyValue && right is null:
                return null;
            case BinaryOperator.Equal:
                return AreEqual(left, right, context, position);
            case BinaryOperator.NotEqual:
                return !AreEqual(left, right, context, position);
            case BinaryOperator.Range or BinaryOperator.RangeExclusive:
                return Range(@operator, left, right, position);
            case BinaryOperator.Contains:
                return Contains(left, right, context, position);
            case BinaryOperator.StartsWith:
                return IsPartAt(left, right, context, static (text, part) => text.StartsWith(part, StringComparison.Ordinal));
            case BinaryOperator.EndsWith:
                return IsPartAt(left, right, context, static (text, part) => text.EndsWith(part, StringComparison.Ordinal));
            case BinaryOperator.HasKey or BinaryOperator.HasValue when left is ScriptObject members:
                var name = TextForm.Of(right, context);
                return @operator == BinaryOperator.HasKey ? members.Has(name) : members[name] is not null;
            default:
                break;
        }

        if (left is int a && right is int b)
        {
            return WholeNumbers(@operator, a, b, position);
        }

        if (Kinds.IsText(left) || Kinds.IsText(right))
        {
            return Texts(@operator, left, right, context, position);
        }

        if (left is null || right is null)
        {
            return IsComparison(@operator) ? false : null;
        }

        return Others(@operator, left, right, context, position);
    }

    private static object Others(BinaryOperator @operator, object left, object right, RenderContext context, int position)
    {
        if (left is ScriptArray or ScriptRange || right is ScriptArray or ScriptRange)
        {
            return Lists(@operator, left, right, context, position);
        }

        if (Kinds.IsNumber(left) && Kinds.IsNumber(right))
        {
            return Numbers(@operator, left, right, position);
        }

        try
        {
            if (left is TimeSpan or DateOnly or DateTime or DateTimeOffset && Dates(@operator, left, right) is { } result)
            {
                return result;
            }
        }
        catch (Exception beyond) when (beyond is OverflowException or ArgumentOutOfRangeException)
        {
            throw new RenderFault("The date or time span is beyond the calendar.", position);
        }

        if ((left is bool && Kinds.IsNumber(right)) || (Kinds.IsNumber(left) && right is bool))
        {
            return Apply(@operator, AsNumber(left), AsNumber(right), context, position)!;
        }

        throw Unsupported(@operator, left, right, position);
    }

    /// <summary>Beside a number, a truth value is 1 or 0.</summary>
    private static object AsNumber(object value) => value is bool truth ? truth ? 1 : 0 : value;

    private static RenderFault Unsupported(BinaryOperator @operator, object? left, object? right, int position) =>
        new($"The operator `{Symbol(@operator)}` does not work on {Kinds.Name(left)} and {Kinds.Name(right)}.", position);

    private static string Symbol(BinaryOperator @operator) => @operator switch
    {
        BinaryOperator.Less => "<",
        BinaryOperator.LessOrEqual => "<=",
        BinaryOperator.Greater => ">",
        BinaryOperator.GreaterOrEqual => ">=",
        BinaryOperator.Add => "+",
        BinaryOperator.Subtract => "-",
        BinaryOperator.Multiply => "*",
        BinaryOperator.Divide => "/",
        BinaryOperator.DivideWhole => "//",
        BinaryOperator.Modulo => "%",
        BinaryOperator.ShiftLeft => "<<",
        BinaryOperator.ShiftRight => ">>",
        BinaryOperator.Range => "..",
        BinaryOperator.RangeExclusive => "..<",
        _ => @operator.ToString(),
    };

    private static bool IsComparison(BinaryOperator @operator) =>
        @operator is BinaryOperator.Less or BinaryOperator.LessOrEqual or BinaryOperator.Greater or BinaryOperator.GreaterOrEqual;

    private static bool IsTrueFor(BinaryOperator @operator, int comparison) => @operator switch
    {
        BinaryOperator.Less => comparison < 0,
        BinaryOperator.LessOrEqual => comparison <= 0,
        BinaryOperator.Greater => comparison > 0,
        _ => comparison >= 0,
    };

    private static object WholeNumbers(BinaryOperator @operator, long a, long b, int position) => @operator switch
    {
        BinaryOperator.Add => ModelValues.Fit(a + b),
        BinaryOperator.Subtract => ModelValues.Fit(a - b),
        BinaryOperator.Multiply => ModelValues.Fit(a * b),
        BinaryOperator.Divide => (double)a / b,
        BinaryOperator.DivideWhole => ModelValues.Fit(b == 0 ? throw DivisionByZero(position) : a / b),
        BinaryOperator.Modulo => ModelValues.Fit(b == 0 ? throw DivisionByZero(position) : a % b),
        BinaryOperator.ShiftLeft => Shift(a, b, position),
        BinaryOperator.ShiftRight => Shift(a, -b, position),
        _ => IsTrueFor(@operator, a.CompareTo(b)),
    };

    private static object Shift(BigInteger a, BigInteger by, int position) =>
        BigInteger.Abs(by) <= 1024 ? ModelValues.Fit(by >= 0 ? a << (int)by : a >> (int)-by)
        : throw new RenderFault("A shift by more than 1024 bits is not possible.", position);

    private static RenderFault DivisionByZero(int position) => new("Attempted to divide by zero.", position);

    private static object Numbers(BinaryOperator @operator, object left, object right, int position)
    {
        try
        {
            return (left, right) switch
            {
                (decimal, _) or (_, decimal) => Decimals(@operator, Conversions.ToDecimal(left, position), Conversions.ToDecimal(right, position), position),
                (double, _) or (_, double) => Doubles(@operator, Conversions.ToDouble(left, position), Conversions.ToDouble(right, position), position),
                (float, _) or (_, float) => Floats(@operator, left, right, position),
                _ => BigNumbers(@operator, Conversions.ToBig(left), Conversions.ToBig(right), position),
            };
        }
        catch (Exception beyond) when (beyond is OverflowException or DivideByZeroException)
        {
            throw new RenderFault("The result is too large to be calculated.", position);
        }
    }

    private static object Decimals(BinaryOperator @operator, decimal a, decimal b, int position) => @operator switch
    {
        BinaryOperator.Add => a + b,
        BinaryOperator.Subtract => a - b,
        BinaryOperator.Multiply => a * b,
        BinaryOperator.Divide => b == 0 ? throw DivisionByZero(position) : a / b,
        BinaryOperator.DivideWhole => b == 0 ? throw DivisionByZero(position) : Math.Round(a / b),
        BinaryOperator.Modulo => b == 0 ? throw DivisionByZero(position) : a % b,
        BinaryOperator.ShiftLeft => a * (decimal)Math.Pow(2, (double)b),
        BinaryOperator.ShiftRight => a / (decimal)Math.Pow(2, (double)b),
        _ when IsComparison(@operator) => IsTrueFor(@operator, a.CompareTo(b)),
        _ => throw Unsupported(@operator, a, b, position),
    };

    private static object Floats(BinaryOperator @operator, object left, object right, int position) =>
        @operator == BinaryOperator.DivideWhole
            ? MathF.Truncate((float)Conversions.ToDouble(left, position) / (float)Conversions.ToDouble(right, position))
            : Doubles(@operator, Conversions.ToDouble(left, position), Conversions.ToDouble(right, position), position) is var result
            && result is double number ? (float)number : result;

    private static object Doubles(BinaryOperator @operator, double a, double b, int position) => @operator switch
    {
        BinaryOperator.Add => a + b,
        BinaryOperator.Subtract => a - b,
        BinaryOperator.Multiply => a * b,
        BinaryOperator.Divide => a / b,
        BinaryOperator.DivideWhole => Math.Round(a / b),
        BinaryOperator.Modulo => a % b,
        BinaryOperator.ShiftLeft => a * Math.Pow(2, b),
        BinaryOperator.ShiftRight => a / Math.Pow(2, b),
        _ when IsComparison(@operator) => a < b ? IsTrueFor(@operator, -1) : a > b ? IsTrueFor(@operator, 1) : a.Equals(b) && IsTrueFor(@operator, 0),
        _ => throw Unsupported(@operator, a, b, position),
    };

    private static object BigNumbers(BinaryOperator @operator, BigInteger a, BigInteger b, int position)
    {
        if (@operator == BinaryOperator.Multiply && a.GetBitLength() + b.GetBitLength() > 32_768)
        {
            throw new OverflowException();
        }

        return @operator switch
        {
            BinaryOperator.Add => ModelValues.Fit(a + b),
            BinaryOperator.Subtract => ModelValues.Fit(a - b),
            BinaryOperator.Multiply => ModelValues.Fit(a * b),
            BinaryOperator.Divide => (double)a / (double)b,
            BinaryOperator.DivideWhole => b.IsZero ? throw DivisionByZero(position) : ModelValues.Fit(BigInteger.Divide(a, b)),
            BinaryOperator.Modulo => b.IsZero ? throw DivisionByZero(position) : ModelValues.Fit(BigInteger.Remainder(a, b)),
            BinaryOperator.ShiftLeft => Shift(a, b, position),
            BinaryOperator.ShiftRight => Shift(a, -b, position),
            _ => IsTrueFor(@operator, a.CompareTo(b)),
        };
    }

    private static object? Dates(BinaryOperator @operator, object left, object right) => (left, right) switch
    {
        (TimeSpan a, TimeSpan b) => @operator switch
        {
            BinaryOperator.Add => a + b,
            BinaryOperator.Subtract => a - b,
            _ when IsComparison(@operator) => IsTrueFor(@operator, a.CompareTo(b)),
            _ => null,
        },
        (TimeSpan span, _) when Moment.Of(right) is not null && @operator == BinaryOperator.Add => Moment.Move(right, d => d + span),
        (_, TimeSpan span) => @operator switch
        {
            BinaryOperator.Add => Moment.Move(left, d => d + span),
            BinaryOperator.Subtract => Moment.Move(left, d => d - span),
            _ => null,
        },
        _ when Moment.Of(left) is { } a && Moment.Of(right) is { } b => @operator switch
        {
            BinaryOperator.Subtract => a.Since(b),
            _ when IsComparison(@operator) => IsTrueFor(@operator, a.Since(b).CompareTo(TimeSpan.Zero)),
            _ => null,
        },
        _ => null,
    };

    private static object Texts(BinaryOperator @operator, object? left, object? right, RenderContext context, int position)
    {
        switch (@operator)
        {
            case BinaryOperator.Add:
                return Join(left, right, context, position);
            case BinaryOperator.Multiply when Kinds.IsText(right):
                return Repeat(right!.ToString()!, Conversions.ToLong(left, position), context, position);
            case BinaryOperator.Multiply:
                return Repeat(left!.ToString()!, Conversions.ToLong(right, position), context, position);
            case var _ when IsComparison(@operator):
                var comparison = context.Culture.CompareInfo.Compare(TextForm.Of(left, context), TextForm.Of(right, context));
                return IsTrueFor(@operator, comparison);
            default:
                throw Unsupported(@operator, left, right, position);
        }
    }

    /// <summary>Text put together. HTML that is made already stays HTML, and what is joined to it is escaped for it.</summary>
    private static object Join(object? left, object? right, RenderContext context, int position)
    {
        var a = TextForm.Of(left, context);
        var b = TextForm.Of(right, context);
        if (left is HtmlText || right is HtmlText)
        {
            return new HtmlText(context.Bounded(
                (left is HtmlText ? a : HtmlEscape.Escape(a)) + (right is HtmlText ? b : HtmlEscape.Escape(b)), position));
        }

        return context.Bounded(a + b, position);
    }

    private static string Repeat(string text, long times, RenderContext context, int position)
    {
        if (times <= 0 || text.Length == 0)
        {
            return "";
        }

        if (times > context.MaxCharacters / text.Length)
        {
            throw context.TooLong(position);
        }

        return new StringBuilder(text.Length * (int)times).Insert(0, text, (int)times).ToString();
    }

    private static ScriptRange Range(BinaryOperator @operator, object? left, object? right, int position)
    {
        if (left is not (int or long) || right is not (int or long))
        {
            throw new RenderFault($"A range needs whole numbers on both sides, not {Kinds.Name(left)} and {Kinds.Name(right)}.", position);
        }

        var first = Conversions.ToLong(left, position);
        var last = Conversions.ToLong(right, position);
        var step = first <= last ? 1 : -1;
        var count = Math.Abs((decimal)last - first) + (@operator == BinaryOperator.Range ? 1 : 0);
        return new ScriptRange(first, (long)Math.Min(count, long.MaxValue), step);
    }

    private static bool Contains(object? left, object? right, RenderContext context, int position) => left switch
    {
        null => false,
        string text => right is not null && text.Contains(TextForm.Of(right, context), StringComparison.Ordinal),
        ScriptObject members => right is not null && members.Has(TextForm.Of(right, context)),
        _ => Conversions.ToList(left, context, position).Exists(item => AreEqual(item, right, context, position)),
    };

    private static bool IsPartAt(object? left, object? right, RenderContext context, Func<string, string, bool> isAt) =>
        left is not null && right is not null && isAt(TextForm.Of(left, context), TextForm.Of(right, context));

    public static bool AreEqual(object? left, object? right, RenderContext context, int position)
    {
        context.Tick(position);
        return AreEqual(left, right, context, position, depth: 0);
    }

    /// <summary>As <c>==</c>, but without conversion: a number is no text and no truth value.</summary>
    public static bool AreSame(object? left, object? right, RenderContext context, int position) =>
        Kinds.IsText(left) == Kinds.IsText(right) && left is bool == right is bool && AreEqual(left, right, context, position);

    private static bool AreEqual(object? left, object? right, RenderContext context, int position, int depth)
    {
        if (ReferenceEquals(left, right))
        {
            return true;
        }

        if (left is EmptyValue || right is EmptyValue)
        {
            var other = left is EmptyValue ? right : left;
            return other is not null && Kinds.IsEmpty(other);
        }

        if (left is null || right is null)
        {
            return false;
        }

        if (Kinds.IsText(left) || Kinds.IsText(right))
        {
            return string.Equals(TextForm.Of(left, context), TextForm.Of(right, context), StringComparison.Ordinal);
        }

        if ((Kinds.IsNumber(left) || left is bool) && (Kinds.IsNumber(right) || right is bool))
        {
            return CompareNumbers(AsNumber(left), AsNumber(right), position) == 0;
        }

        if (left is ScriptArray or ScriptRange && right is ScriptArray or ScriptRange)
        {
            return AreListsEqual(left, right, context, position, depth);
        }

        return Moment.Of(left) is { } a && Moment.Of(right) is { } b ? a.Since(b) == TimeSpan.Zero : left.Equals(right);
    }

    private static int CompareNumbers(object left, object right, int position)
    {
        if (left is double or float || right is double or float)
        {
            return Conversions.ToDouble(left, position).CompareTo(Conversions.ToDouble(right, position));
        }

        return left is decimal || right is decimal
            ? Conversions.ToDecimal(left, position).CompareTo(Conversions.ToDecimal(right, position))
            : Conversions.ToBig(left).CompareTo(Conversions.ToBig(right));
    }

    /// <summary>The order in which lists are sorted: nothing first, then numbers, dates, time spans, truth values and texts, each among their own.</summary>
    public static int Compare(object? left, object? right, RenderContext context, int position)
    {
        context.Tick(position);
        if (left is null || right is null || Rank(left) != Rank(right))
        {
            return Rank(left).CompareTo(Rank(right));
        }

        return (left, right) switch
        {
            _ when Kinds.IsNumber(left) => CompareNumbers(left, right, position),
            _ when Moment.Of(left) is { } a && Moment.Of(right) is { } b => a.Since(b).CompareTo(TimeSpan.Zero),
            (TimeSpan x, TimeSpan y) => x.CompareTo(y),
            (bool x, bool y) => x.CompareTo(y),
            _ => context.Culture.CompareInfo.Compare(TextForm.Of(left, context), TextForm.Of(right, context)),
        };
    }

    private static int Rank(object? value) => value switch
    {
        null => 0,
        _ when Kinds.IsNumber(value) => 1,
        DateOnly or DateTime or DateTimeOffset => 2,
        TimeSpan => 3,
        bool => 4,
        _ => 5,
    };

    public static object? Negate(object? value, int position) => value switch
    {
        int number => ModelValues.Fit(-(long)number),
        long number => ModelValues.Fit(-(BigInteger)number),
        BigInteger number => ModelValues.Fit(-number),
        double number => -number,
        float number => -number,
        decimal number => -number,
        TimeSpan span => -span,
        _ => throw new RenderFault($"The operator `-` does not work on {Kinds.Name(value)}.", position),
    };

    public static object? Plus(object? value, int position) => Kinds.IsNumber(value)
        ? value
        : throw new RenderFault($"The operator `+` does not work on {Kinds.Name(value)}.", position);
}
