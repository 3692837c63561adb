using System.Globalization;
using System.Text;
using WorkflowEngine.Templates.Values;
using static WorkflowEngine.Templates.Builtins.BuiltinFunctions;

namespace WorkflowEngine.Templates.Builtins;

/// <summary><c>string.*</c> (scriban/site/docs/builtins/string.md), without the hash functions.</summary>
internal static class StringFunctions
{
    public static Definition[] All { get; } =
    [
        new("append", "text with", static (in a) => Operators.Apply(BinaryOperator.Add, a.Text(0), a.Text(1), a.Context, a.Position)),
        new("base64_decode", "text", Base64Decode),
        new("base64_encode", "text", static (in a) => a.Context.Bounded(Convert.ToBase64String(Encoding.UTF8.GetBytes(a.Text(0))), a.Position)),
        new("capitalize", "text", static (in a) => Capitalize(a.Text(0))),
        new("capitalizewords", "text", CapitalizeWords),
        new("contains", "text value", static (in a) => HasPart(a, static (text, part) => text.Contains(part, StringComparison.Ordinal))),
        new("downcase", "text", static (in a) => a.TextOrNull(0)?.ToLower(CultureInfo.InvariantCulture)),
        new("empty", "text", static (in a) => a.Text(0).Length == 0),
        new("ends_with", "text value", static (in a) => HasPart(a, static (text, part) => text.EndsWith(part, StringComparison.Ordinal))),
        new("equals_ignore_case", "text value", static (in a) => string.Equals(a.TextOrNull(0), a.TextOrNull(1), StringComparison.OrdinalIgnoreCase)),
        new("escape", "text", Escape),
        new("handleize", "text", static (in a) => Handleize(a.Text(0))),
        new("index_of", "text search startIndex? count? stringComparison?", IndexOf),
        new("literal", "text", Literal),
        new("lstrip", "text", static (in a) => a.TextOrNull(0)?.TrimStart()),
        new("pad_left", "text width", static (in a) => a.Text(0).PadLeft(Width(a))),
        new("pad_right", "text width", static (in a) => a.Text(0).PadRight(Width(a))),
        new("pluralize", "number singular plural", static (in a) => a.Int(0) == 1 ? a[1] : a[2]),
        new("prepend", "text by", static (in a) => Operators.Apply(BinaryOperator.Add, a.Text(1), a.Text(0), a.Context, a.Position)),
        new("remove", "text remove", static (in a) => Replace(a, a.Text(1), "")),
        new("remove_first", "text remove", static (in a) => ReplaceOne(a, a.Text(1), "", fromEnd: false)),
        new("remove_last", "text remove", static (in a) => ReplaceOne(a, a.Text(1), "", fromEnd: true)),
        new("replace", "text match replace", static (in a) => a.Text(0).Length > 0 && a.Text(1).Length == 0
            ? throw a.Fault("The text to be replaced is empty.")
            : Replace(a, a.Text(1), a.Text(2))),
        new("replace_first", "text match replace fromEnd?", static (in a) => ReplaceOne(a, a.Text(1), a.Text(2), Kinds.IsTrue(a[3]))),
        new("rstrip", "text", static (in a) => a.TextOrNull(0)?.TrimEnd()),
        new("size", "text", static (in a) => ModelValues.Fit(a.Text(0).Length)),
        new("slice", "text start length?", static (in a) => Slice(a, a.Has(2) ? a.Int(2) : a.Text(0).Length)),
        new("slice1", "text start length?", static (in a) => Slice(a, a.Has(2) ? Math.Max(0, a.Int(2)) : 1)),
        new("split", "text match", Split),
        new("starts_with", "text value", static (in a) => HasPart(a, static (text, part) => text.StartsWith(part, StringComparison.Ordinal))),
        new("strip", "text", static (in a) => a.TextOrNull(0)?.Trim()),
        new("strip_newlines", "text", static (in a) => a.TextOrNull(0)?.Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal)),
        new("to_double", "text", static (in a) => double.TryParse(a.Text(0), NumberStyles.Float | NumberStyles.AllowThousands, a.Culture, out var number) ? number : null),
        new("to_float", "text", static (in a) => float.TryParse(a.Text(0), NumberStyles.Float | NumberStyles.AllowThousands, a.Culture, out var number) ? number : null),
        new("to_int", "text", static (in a) => int.TryParse(a.Text(0), NumberStyles.Integer, a.Culture, out var number) ? number : null),
        new("to_long", "text", static (in a) => long.TryParse(a.Text(0), NumberStyles.Integer, a.Culture, out var number) ? number : null),
        new("truncate", "text length ellipsis?", Truncate),
        new("truncatewords", "text count ellipsis?", TruncateWords),
        new("upcase", "text", static (in a) => a.TextOrNull(0)?.ToUpper(CultureInfo.InvariantCulture)),
        new("whitespace", "text", static (in a) => string.IsNullOrWhiteSpace(a.Text(0))),
    ];

    /// <summary>An empty text is no part of any.</summary>
    private static bool HasPart(in Arguments a, Func<string, string, bool> has) =>
        a.Text(0) is { Length: > 0 } text && a.Text(1) is { Length: > 0 } part && has(text, part);

    private static string Base64Decode(in Arguments a)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(a.Text(0)));
        }
        catch (FormatException)
        {
            throw a.Fault("The text is not Base64.");
        }
    }

    private static string Capitalize(string text) =>
        text.Length == 0 || char.IsUpper(text[0]) ? text : char.ToUpper(text[0], CultureInfo.InvariantCulture) + text[1..];

    private static string CapitalizeWords(in Arguments a)
    {
        var result = new StringBuilder(a.Text(0));
        var begins = true;
        for (var i = 0; i < result.Length; i++)
        {
            if (begins && char.IsLetter(result[i]))
            {
                result[i] = char.ToUpper(result[i], CultureInfo.InvariantCulture);
                begins = false;
            }

            begins |= char.IsWhiteSpace(result[i]);
        }

        return result.ToString();
    }

    private static string Escape(in Arguments a)
    {
        var result = new StringBuilder();
        TextForm.AppendEscaped(result, a.Text(0));
        return a.Context.Bounded(result.ToString(), a.Position);
    }

    private static object? Literal(in Arguments a)
    {
        if (!a.Has(0))
        {
            return null;
        }

        var result = new StringBuilder();
        TextForm.AppendQuoted(result, a.Text(0));
        return a.Context.Bounded(result.ToString(), a.Position);
    }

    /// <summary>Lower case letters and digits, one hyphen for whatever is between them.</summary>
    private static string Handleize(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (char.IsLetterOrDigit(c))
            {
                result.Append(char.ToLower(c, CultureInfo.InvariantCulture));
            }
            else if (result.Length == 0 || result[^1] != '-')
            {
                result.Append('-');
            }
        }

        return result.ToString().TrimEnd('-');
    }

    private static object IndexOf(in Arguments a)
    {
        var (text, search) = (a.Text(0), a.Text(1));
        var start = a.Has(2) ? a.Int(2) : 0;
        if (start < 0 || start > text.Length)
        {
            throw a.Fault($"The start {start} is outside of the text, which has {text.Length} characters.");
        }

        var count = a.Has(3) ? a.Int(3) : text.Length - start;
        if (count < 0 || count > text.Length - start)
        {
            throw a.Fault($"There are not {count} characters from {start} on.");
        }

        if (!Enum.TryParse<StringComparison>(a.TextOrNull(4) ?? nameof(StringComparison.Ordinal), ignoreCase: true, out var comparison) || !Enum.IsDefined(comparison))
        {
            throw a.Fault("There is no comparison of that name: write Ordinal or OrdinalIgnoreCase.");
        }

        return ModelValues.Fit(text.IndexOf(search, start, count, comparison));
    }

    private static int Width(in Arguments a)
    {
        var width = a.Int(1);
        a.Context.CheckLength(width, a.Position);
        return Math.Max(width, 0);
    }

    private static object? Replace(in Arguments a, string match, string replacement)
    {
        var text = a.TextOrNull(0);
        if (string.IsNullOrEmpty(text) || match.Length == 0)
        {
            return text;
        }

        if (replacement.Length > match.Length)
        {
            long times = 0;
            for (var at = text.IndexOf(match, StringComparison.Ordinal); at >= 0; at = text.IndexOf(match, at + match.Length, StringComparison.Ordinal))
            {
                times++;
            }

            a.Context.CheckLength(text.Length + (times * (replacement.Length - match.Length)), a.Position);
        }

        return text.Replace(match, replacement, StringComparison.Ordinal);
    }

    private static object? ReplaceOne(in Arguments a, string match, string replacement, bool fromEnd)
    {
        var text = a.TextOrNull(0);
        if (string.IsNullOrEmpty(text) || match.Length == 0)
        {
            return text;
        }

        const StringComparison Comparison = StringComparison.OrdinalIgnoreCase;
        var at = fromEnd ? text.LastIndexOf(match, Comparison) : text.IndexOf(match, Comparison);
        return at < 0 ? text : a.Context.Bounded(string.Concat(text.AsSpan(0, at), replacement, text.AsSpan(at + match.Length)), a.Position);
    }

    /// <summary>A piece of the text; a start below 0 counts from the end, and what lies before the beginning is left out.</summary>
    private static string Slice(in Arguments a, int length)
    {
        var (text, start) = (a.Text(0), a.Int(1));
        if (length < 0)
        {
            throw a.Fault("The length of a piece of text cannot be negative.");
        }

        var from = start < 0 ? start + text.Length : start;
        var end = Math.Min(text.Length, (long)from + length);
        from = Math.Max(from, 0);
        return end > from ? text[from..(int)end] : "";
    }

    private static object Split(in Arguments a)
    {
        var text = a.Text(0);
        var parts = text.Length == 0 ? [] : text.Split(a.Text(1), StringSplitOptions.RemoveEmptyEntries);
        a.Context.Charge(parts.Length, a.Position);
        return new ScriptArray(parts);
    }

    private static object Truncate(in Arguments a)
    {
        var (text, length) = (a.Text(0), Math.Max(0, a.Int(1)));
        if (text.Length <= length)
        {
            return text;
        }

        var ellipsis = a.TextOrNull(2) ?? "...";
        return a.Context.Bounded(string.Concat(text.AsSpan(0, Math.Max(0, length - ellipsis.Length)), ellipsis), a.Position);
    }

    private static object TruncateWords(in Arguments a)
    {
        var count = Math.Max(0, a.Int(1));
        var words = a.Text(0).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words.Length <= count
            ? string.Join(' ', words)
            : a.Context.Bounded(string.Join(' ', words.Take(count)) + (a.TextOrNull(2) ?? "..."), a.Position);
    }
}
