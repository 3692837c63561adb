using WorkflowEngine.Templates.Rendering;

namespace WorkflowEngine.Templates.Values;

/// <content>What the operators do with lists and ranges.</content>
internal static partial class Operators
{
    private static object Lists(BinaryOperator @operator, object left, object right, RenderContext context, int position)
    {
        var a = left is ScriptArray or ScriptRange ? Conversions.ToList(left, context, position) : null;
        var b = right is ScriptArray or ScriptRange ? Conversions.ToList(right, context, position) : null;
        switch (@operator)
        {
            case BinaryOperator.Add or BinaryOperator.Subtract when left is ScriptRange && b is null:
                throw new RenderFault($"A range binds tighter than `{Symbol(@operator)}`: write 1..(n {Symbol(@operator)} 1).", position);
            case BinaryOperator.Add when a is not null && b is not null:
                context.Charge(a.Count + b.Count, position);
                return new ScriptArray(a.Concat(b));
            case BinaryOperator.ShiftLeft when a is not null:
                return new ScriptArray(a.Append(right));
            case BinaryOperator.ShiftRight when b is not null:
                return new ScriptArray(b.Prepend(left));
            case BinaryOperator.Subtract when a is not null:
                var removed = b ?? [right];
                context.Charge((long)a.Count * removed.Count, position);
                return new ScriptArray(a.Where(item => !removed.Exists(r => AreEqual(item, r, context, position))));
            case BinaryOperator.Multiply when a is not null != b is not null && Kinds.IsNumber(a is null ? left : right):
                var times = Conversions.ToLong(a is null ? left : right, position);
                if (times < 0)
                {
                    throw new RenderFault($"A list cannot be repeated {times} times.", position);
                }

                var items = a ?? b!;
                context.ChargeRange(Math.Min(times, int.MaxValue) * items.Count, position);
                return new ScriptArray(items.Count == 0 ? [] : Enumerable.Repeat(items, (int)times).SelectMany(i => i));
            case BinaryOperator.Divide or BinaryOperator.DivideWhole or BinaryOperator.Modulo when a is not null && Kinds.IsNumber(right):
                return PartOf(a, @operator, Conversions.ToInt(right, position), position);
            case var _ when IsComparison(@operator) && a is not null && b is not null:
                return CompareLists(@operator, a, b, context, position);
            default:
                throw Unsupported(@operator, left, right, position);
        }
    }

    /// <summary><c>list / 2</c> is its first half, <c>list % 2</c> every second item of it.</summary>
    private static ScriptArray PartOf(List<object?> list, BinaryOperator @operator, int number, int position) => number switch
    {
        < 0 => throw new RenderFault($"A list cannot be divided by {number}.", position),
        0 => throw DivisionByZero(position),
        _ when @operator == BinaryOperator.Modulo => new ScriptArray(list.Where((_, i) => i % number == 0)),
        _ => new ScriptArray(list.Take(list.Count / number)),
    };

    /// <summary>The shorter list is the lesser; of two as long, one whose items are all less than their counterparts.</summary>
    private static bool CompareLists(BinaryOperator @operator, List<object?> a, List<object?> b, RenderContext context, int position)
    {
        if (a.Count != b.Count || a.Count == 0)
        {
            return IsTrueFor(@operator, a.Count.CompareTo(b.Count));
        }

        for (var i = 0; i < a.Count; i++)
        {
            context.Tick(position);
            if (Apply(@operator, a[i], b[i], context, position) is not true)
            {
                return false;
            }
        }

        return true;
    }

    private static bool AreListsEqual(object left, object right, RenderContext context, int position, int depth)
    {
        if (depth > 20)
        {
            throw new RenderFault("Lists that are nested more than 20 deep cannot be compared.", position);
        }

        var a = Conversions.ToList(left, context, position);
        var b = Conversions.ToList(right, context, position);
        if (a.Count != b.Count)
        {
            return false;
        }

        for (var i = 0; i < a.Count; i++)
        {
            if (!AreEqual(a[i], b[i], context, position, depth + 1))
            {
                return false;
            }
        }

        return true;
    }
}
