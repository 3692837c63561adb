using WorkflowEngine.Templates.Rendering;
using WorkflowEngine.Templates.Values;
using static WorkflowEngine.Templates.Builtins.BuiltinFunctions;

namespace WorkflowEngine.Templates.Builtins;

/// <summary><c>array.*</c> (scriban/site/docs/builtins/array.md). Every function answers a new list and leaves its input alone.</summary>
internal static class ArrayFunctions
{
    public static Definition[] All { get; } =
    [
        new("add", "list value", static (in a) => new ScriptArray(a.List(0).Append(a[1]))),
        new("add_range", "list1 list2", Concat),
        new("any", "list function args*", Any),
        new("compact", "list", static (in a) => new ScriptArray(a.List(0).Where(i => i is not null))),
        new("concat", "list1 list2", Concat),
        new("contains", "list item", static (in a) => Contains(a)),
        new("cycle", "list group?", Cycle),
        new("each", "list function", Each),
        new("filter", "list function", Filter),
        new("first", "list", static (in a) => a.List(0) is { Count: > 0 } list ? list[0] : null),
        new("insert_at", "list index value", InsertAt),
        new("join", "list delimiter function?", Join),
        new("last", "list", static (in a) => a.List(0) is { Count: > 0 } list ? list[^1] : null),
        new("limit", "list count", static (in a) => a.Has(0) ? new ScriptArray(a.List(0).Take(a.Int(1))) : null),
        new("map", "list member", Map),
        new("offset", "list index", static (in a) => a.Has(0) ? new ScriptArray(a.List(0).Skip(a.Int(1))) : null),
        new("remove_at", "list index", RemoveAt),
        new("reverse", "list", static (in a) => new ScriptArray(a.List(0).AsEnumerable().Reverse())),
        new("size", "list", static (in a) => a[0] is ScriptRange range ? ModelValues.Fit(range.Count) : ModelValues.Fit(a.List(0).Count)),
        new("sort", "list member?", Sort),
        new("uniq", "list", Unique),
    ];

    private static ScriptArray Concat(in Arguments a) => new(a.List(0).Concat(a.List(1)));

    private static bool Contains(in Arguments a)
    {
        var (context, position, item) = (a.Context, a.Position, a[1]);
        return a.List(0).Exists(i => Operators.AreSame(i, item, context, position));
    }

    private static object? Any(in Arguments a)
    {
        var function = a.Function(1);
        var arguments = new object?[a.Count - 1];
        for (var i = 2; i < a.Count; i++)
        {
            arguments[i - 1] = a[i];
        }

        foreach (var item in a.List(0))
        {
            arguments[0] = item;
            if (Kinds.IsTrue(function.Invoke(a.Context, a.Position, [.. arguments], null, null)))
            {
                return true;
            }
        }

        return false;
    }

    private static object? Each(in Arguments a)
    {
        if (!a.Has(1))
        {
            return a[0];
        }

        var result = new ScriptArray();
        var function = a.Function(1);
        foreach (var item in a.List(0))
        {
            result.Add(function.Invoke(a.Context, a.Position, [item], null, null));
        }

        return result;
    }

    private static object? Filter(in Arguments a)
    {
        if (!a.Has(1))
        {
            return a[0];
        }

        var result = new ScriptArray();
        var function = a.Function(1);
        foreach (var item in a.List(0))
        {
            if (Kinds.IsTrue(function.Invoke(a.Context, a.Position, [item], null, null)))
            {
                result.Add(item);
            }
        }

        return result;
    }

    /// <summary>The next of the list each time it is called with the same list, or the same group.</summary>
    private static object? Cycle(in Arguments a)
    {
        var list = a.List(0);
        if (list.Count == 0)
        {
            return null;
        }

        var context = a.Context;
        var group = a.TextOrNull(1) ?? string.Join(',', list.Select(i => TextForm.Of(i, context)));
        return list[context.NextInCycle(group) % list.Count];
    }

    private static object? InsertAt(in Arguments a)
    {
        var list = a.List(0);
        var index = Math.Max(0, a.Int(1));
        if (index > list.Count)
        {
            a.Context.ChargeRange(index - list.Count, a.Position);
            list.AddRange(Enumerable.Repeat<object?>(null, index - list.Count));
        }

        list.Insert(index, a[2]);
        return new ScriptArray(list);
    }

    private static object? RemoveAt(in Arguments a)
    {
        var list = a.List(0);
        var index = a.Int(1);
        index = index < 0 ? list.Count + index : index;
        if (index >= 0 && index < list.Count)
        {
            list.RemoveAt(index);
        }

        return new ScriptArray(list);
    }

    private static object? Join(in Arguments a)
    {
        if (!a.Has(0))
        {
            return "";
        }

        var context = a.Context;
        var function = a.Has(2) ? a.Function(2) : null;
        var delimiter = a.Text(1);
        var result = new System.Text.StringBuilder();
        var first = true;
        foreach (var item in a.List(0))
        {
            var text = TextForm.Of(item, context);
            if (function is not null)
            {
                text = TextForm.Of(function.Invoke(context, a.Position, [text], null, null), context);
            }

            result.Append(first ? "" : delimiter).Append(text);
            first = false;
            context.CheckLength(result.Length, a.Position);
        }

        return result.ToString();
    }

    private static object? Map(in Arguments a)
    {
        if (!a.Has(1) || a[0] is not (ScriptArray or ScriptRange or ScriptObject))
        {
            return new ScriptArray();
        }

        var member = a.Text(1);
        return new ScriptArray(a.List(0).Where(item => item is not null && Members.Has(item, member)).Select(item => Members.Of(item!, member)));
    }

    private static object? Sort(in Arguments a)
    {
        if (!a.Has(0))
        {
            return new ScriptArray();
        }

        var (context, position, member) = (a.Context, a.Position, a.TextOrNull(1));
        if (Kinds.IsNumber(a[0]) || a[0] is bool || Moment.Of(a[0]) is not null)
        {
            return new ScriptArray([a[0]]);
        }

        var list = a.List(0);
        context.Charge(list.Count, position);
        var order = Comparer<object?>.Create((x, y) => Operators.Compare(x, y, context, position));
        try
        {
            return new ScriptArray(string.IsNullOrEmpty(member)
                ? list.Order(order)
                : list.OrderBy(item => item is null ? null : Members.Of(item, member), order));
        }
        catch (InvalidOperationException wrapped) when (wrapped.InnerException is RenderFault fault)
        {
            // The sort wraps whatever ends a comparison.
            throw new RenderFault(fault.Message, position);
        }
    }

    private static object? Unique(in Arguments a)
    {
        var (context, position) = (a.Context, a.Position);
        var result = new List<object?>();
        var seen = new HashSet<object>();
        foreach (var item in a.List(0))
        {
            // Texts are looked up; anything else is compared with what is there, which costs steps.
            if (item is string text ? !seen.Add(text) : Repeats(result, item, context, position))
            {
                continue;
            }

            result.Add(item);
        }

        return new ScriptArray(result);
    }

    private static bool Repeats(List<object?> result, object? item, RenderContext context, int position)
    {
        context.Charge(result.Count / 16, position);
        return result.Exists(r => r is not string && (r is null ? item is null : Operators.AreSame(r, item, context, position)));
    }
}
