using System.Globalization;

namespace WorkflowEngine.Rules;

/// <summary>What expressions call that is not a member of the language.</summary>
internal static class ExpressionRuntime
{
    /// <summary>Joins two values as texts; null is the empty text.</summary>
    public static string Concat(Frame frame, object? left, object? right)
    {
        var (first, second) = (Text(left), Text(right));
        frame.Charge((first?.Length ?? 0) + (long)(second?.Length ?? 0));
        return string.Concat(first, second);
    }

    /// <summary>A value as text, the same on every machine.</summary>
    public static string? Text(object? value) => value switch
    {
        null => null,
        string text => text,
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        FactRecord or System.Collections.IEnumerable => "",
        _ => value.ToString(),
    };

    public static int Compare(Frame frame, string? left, string? right) => string.CompareOrdinal(frame.Read(left), right);

    public static bool Same(Frame frame, string? left, string? right) => string.Equals(frame.Read(left), right, StringComparison.Ordinal);

    /// <summary>A member of a value whose type is known only now.</summary>
    public static object? Member(object? target, string name)
    {
        if (target is FactRecord record && record.Shape.Find(name, caseSensitive: false) is >= 0 and var index)
        {
            return record.Values[index];
        }

        throw new InvalidOperationException($"'{name}' cannot be read, the value before it {(target is null ? "is null" : "has no such member")}");
    }

    /// <summary>
    /// The same list, paid for because an operator without a function of its own walks it: sixteen elements cost as much as
    /// one that is copied.
    /// </summary>
    public static IEnumerable<T> Paid<T>(Frame frame, IEnumerable<T> elements, bool isCopied)
    {
        if (elements is not ICollection<T> collection)
        {
            return frame.Metered(elements);
        }

        frame.Charge(isCopied ? collection.Count * 2L : (collection.Count / 16) + 1);
        return elements;
    }

    /// <summary>A key or record is about to be made.</summary>
    public static T Weighed<T>(Frame frame, T value)
    {
        frame.Charge(100);
        return value;
    }

    /// <summary>A lazy list made real, each element a step.</summary>
    public static List<T> Kept<T>(Frame frame, IEnumerable<T> elements) => [.. frame.Metered(elements)];

    /// <summary>The elements of a list paid for before another list is made of them.</summary>
    public static IEnumerable<T> Metered<T>(Frame frame, IEnumerable<T> elements) => frame.Metered(elements);
}
