using System.Collections;
using System.Globalization;
using System.Text;

namespace WorkflowEngine.Rules;

/// <summary>
/// What expressions can do with texts. This list is the whole of it: a method that is not here cannot be reached. Methods
/// that take a <see cref="Frame"/> pay for what they make or walk. Comparison is by code unit, casing is invariant, so
/// that no machine's culture changes an answer.
/// </summary>
internal static class TextMembers
{
    internal static class Properties
    {
        public static int Length(string self) => self.Length;
    }

    internal static class Instance
    {
        public static bool Contains(Frame frame, string self, string value) => Paid(frame, self).Contains(value, StringComparison.Ordinal);

        public static bool Contains(Frame frame, string self, char value) => Paid(frame, self).Contains(value, StringComparison.Ordinal);

        public static bool Contains(Frame frame, string self, string value, StringComparison comparison) => Paid(frame, self).Contains(value, Safe(comparison));

        public static bool StartsWith(string self, string value) => self.StartsWith(value, StringComparison.Ordinal);

        public static bool StartsWith(string self, char value) => self.StartsWith(value);

        public static bool StartsWith(string self, string value, StringComparison comparison) => self.StartsWith(value, Safe(comparison));

        public static bool EndsWith(string self, string value) => self.EndsWith(value, StringComparison.Ordinal);

        public static bool EndsWith(string self, char value) => self.EndsWith(value);

        public static bool EndsWith(string self, string value, StringComparison comparison) => self.EndsWith(value, Safe(comparison));

        public static int IndexOf(Frame frame, string self, string value) => Paid(frame, self).IndexOf(value, StringComparison.Ordinal);

        public static int IndexOf(Frame frame, string self, char value) => Paid(frame, self).IndexOf(value, StringComparison.Ordinal);

        public static int IndexOf(Frame frame, string self, string value, int start) => Paid(frame, self).IndexOf(value, start, StringComparison.Ordinal);

        public static int IndexOf(Frame frame, string self, char value, int start) => Paid(frame, self).IndexOf(value, start);

        public static int IndexOf(Frame frame, string self, string value, StringComparison comparison) => Paid(frame, self).IndexOf(value, Safe(comparison));

        public static int LastIndexOf(Frame frame, string self, string value) => Paid(frame, self).LastIndexOf(value, StringComparison.Ordinal);

        public static int LastIndexOf(Frame frame, string self, char value) => Paid(frame, self).LastIndexOf(value);

        public static string Substring(Frame frame, string self, int start) => Made(frame, self.Substring(start));

        public static string Substring(Frame frame, string self, int start, int length) => Made(frame, self.Substring(start, length));

        public static string ToUpper(Frame frame, string self) => Paid(frame, self).ToUpperInvariant();

        public static string ToUpperInvariant(Frame frame, string self) => Paid(frame, self).ToUpperInvariant();

        public static string ToLower(Frame frame, string self) => Paid(frame, self).ToLowerInvariant();

        public static string ToLowerInvariant(Frame frame, string self) => Paid(frame, self).ToLowerInvariant();

        public static string Trim(Frame frame, string self) => Paid(frame, self).Trim();

        public static string Trim(Frame frame, string self, char sign) => Paid(frame, self).Trim(sign);

        public static string Trim(Frame frame, string self, params char[] signs) => Paid(frame, self).Trim(signs);

        public static string TrimStart(Frame frame, string self) => Paid(frame, self).TrimStart();

        public static string TrimStart(Frame frame, string self, char sign) => Paid(frame, self).TrimStart(sign);

        public static string TrimEnd(Frame frame, string self) => Paid(frame, self).TrimEnd();

        public static string TrimEnd(Frame frame, string self, char sign) => Paid(frame, self).TrimEnd(sign);

        public static string PadLeft(Frame frame, string self, int width) => Sized(frame, width, self).PadLeft(width);

        public static string PadLeft(Frame frame, string self, int width, char sign) => Sized(frame, width, self).PadLeft(width, sign);

        public static string PadRight(Frame frame, string self, int width) => Sized(frame, width, self).PadRight(width);

        public static string PadRight(Frame frame, string self, int width, char sign) => Sized(frame, width, self).PadRight(width, sign);

        public static string Replace(Frame frame, string self, string old, string @new)
        {
            // Counted first: a short text with a long replacement is how a small rule makes a large result.
            var hits = old.Length == 0 ? 0L : Paid(frame, self).AsSpan().Count(old);
            frame.Charge(hits * (@new?.Length ?? 0));
            return self.Replace(old, @new, StringComparison.Ordinal);
        }

        public static int LastIndexOf(Frame frame, string self, string value, StringComparison comparison) => Paid(frame, self).LastIndexOf(value, Safe(comparison));

        public static string Replace(Frame frame, string self, char old, char @new) => Paid(frame, self).Replace(old, @new);

        public static string Insert(Frame frame, string self, int at, string value)
        {
            frame.Charge((long)self.Length + value.Length);
            return self.Insert(at, value);
        }

        public static string Remove(Frame frame, string self, int start) => Paid(frame, self).Remove(start);

        public static string Remove(Frame frame, string self, int start, int count) => Paid(frame, self).Remove(start, count);

        public static string[] Split(Frame frame, string self, params char[] separators) => Parts(frame, self.Split(Paid(frame, separators)));

        public static string[] Split(Frame frame, string self, char separator, StringSplitOptions options) => Parts(frame, Paid(frame, self).Split(separator, options));

        public static string[] Split(Frame frame, string self, string separator, StringSplitOptions options) => Parts(frame, Paid(frame, self).Split(separator, options));

        [NotInOriginal]
        public static string[] Split(Frame frame, string self, string separator) => Parts(frame, Paid(frame, self).Split(separator));

        public static char[] ToCharArray(Frame frame, string self) => Paid(frame, self).ToCharArray();

        public static int CompareTo(Frame frame, string self, string other) => Math.Sign(string.CompareOrdinal(Paid(frame, self), other));

        public static bool Equals(Frame frame, string self, string other) => string.Equals(Paid(frame, self), other, StringComparison.Ordinal);

        public static bool Equals(Frame frame, string self, string other, StringComparison comparison) => string.Equals(Paid(frame, self), other, Safe(comparison));

        public static string ToString(string self) => self.Length == 0 ? "" : self;
    }

    internal static class Static
    {
        public static string Empty() => "";

        public static bool IsNullOrEmpty(string? text) => string.IsNullOrEmpty(text);

        public static bool IsNullOrWhiteSpace(string? text) => string.IsNullOrWhiteSpace(text);

        public static int Compare(Frame frame, string? left, string? right) => Math.Sign(string.CompareOrdinal(frame.Read(left), frame.Read(right)));

        public static int Compare(Frame frame, string? left, string? right, bool ignoreCase) =>
            Math.Sign(string.Compare(frame.Read(left), frame.Read(right), ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal));

        public static int CompareOrdinal(Frame frame, string? left, string? right) => string.CompareOrdinal(frame.Read(left), frame.Read(right));

        public static bool Equals(Frame frame, string? left, string? right) => string.Equals(frame.Read(left), frame.Read(right), StringComparison.Ordinal);

        public static bool Equals(Frame frame, string? left, string? right, StringComparison comparison) => string.Equals(frame.Read(left), frame.Read(right), Safe(comparison));

        public static string Concat(Frame frame, object? left, object? right) => ExpressionRuntime.Concat(frame, left, right);

        public static string Concat(Frame frame, object? first, object? second, object? third) =>
            ExpressionRuntime.Concat(frame, ExpressionRuntime.Concat(frame, first, second), third);

        public static string Concat(Frame frame, string? left, string? right) => ExpressionRuntime.Concat(frame, left, right);

        public static string Concat(Frame frame, string? first, string? second, string? third) =>
            ExpressionRuntime.Concat(frame, ExpressionRuntime.Concat(frame, first, second), third);

        public static string Join(Frame frame, string? separator, IEnumerable<string?> values) => Joined(frame, separator, values);

        public static string Join(Frame frame, string? separator, params string?[] values) => Joined(frame, separator, values);

        public static string Join(Frame frame, string? separator, params object?[] values) => Joined(frame, separator, values.SelectMany(Texts));

        public static string Format(Frame frame, string format, object? value) => Formatted(frame, format, [value]);

        public static string Format(Frame frame, string format, object? first, object? second) => Formatted(frame, format, [first, second]);

        public static string Format(Frame frame, string format, object? first, object? second, object? third) => Formatted(frame, format, [first, second, third]);

        /// <summary>The texts of a value: a list has one for each element.</summary>
        private static IEnumerable<string?> Texts(object? value) => value is IEnumerable elements and not string
            ? elements.Cast<object?>().Select(ExpressionRuntime.Text)
            : [ExpressionRuntime.Text(value)];

        private static string Joined(Frame frame, string? separator, IEnumerable<string?> values)
        {
            var text = new StringBuilder();
            var first = true;
            foreach (var value in values)
            {
                frame.Charge((value?.Length ?? 0) + (separator?.Length ?? 0) + 1L);
                text.Append(first ? "" : separator).Append(value);
                first = false;
            }

            return text.ToString();
        }

        private static string Formatted(Frame frame, string format, object?[] values)
        {
            FormatText.Check(format);
            var texts = Array.ConvertAll(values, value => value is FactRecord ? "" : value);
            foreach (var text in texts)
            {
                frame.Charge(text is string { Length: var length } ? (long)length * format.Length : 64);
            }

            return Made(frame, string.Format(CultureInfo.InvariantCulture, format, texts));
        }
    }

    internal static class Constructors
    {
        public static string New(Frame frame, char sign, int count)
        {
            frame.Charge(count);
            return new string(sign, count);
        }
    }

    private static string Paid(Frame frame, string self) => frame.Read(self)!;

    private static char[] Paid(Frame frame, char[] separators)
    {
        frame.Charge(separators.Length);
        return separators;
    }

    private static string Made(Frame frame, string made)
    {
        frame.Charge(made.Length);
        return made;
    }

    private static string Sized(Frame frame, int width, string self)
    {
        frame.Charge(Math.Max((long)width, self.Length));
        return self;
    }

    private static string[] Parts(Frame frame, string[] parts)
    {
        frame.Charge(parts.Length * 8L);
        return parts;
    }

    /// <summary>Comparisons of a culture are answered by the invariant rule nearest to them.</summary>
    private static StringComparison Safe(StringComparison comparison) => comparison switch
    {
        StringComparison.CurrentCulture or StringComparison.InvariantCulture or StringComparison.Ordinal => StringComparison.Ordinal,
        _ => StringComparison.OrdinalIgnoreCase,
    };
}

/// <summary>Format texts are small programs of their own: their widths and precisions are bounded before they run.</summary>
internal static class FormatText
{
    private const int LongestFormat = 200;
    private const int LargestNumber = 99;

    /// <exception cref="BudgetException">The format asks for more than it should.</exception>
    public static string Check(string format)
    {
        if (format.Length > LongestFormat)
        {
            throw new BudgetException($"a format has at most {LongestFormat} characters");
        }

        var number = 0;
        foreach (var sign in format)
        {
            number = char.IsAsciiDigit(sign) ? (number * 10) + (sign - '0') : 0;
            if (number > LargestNumber && number is < 1900 or > 2200)
            {
                throw new BudgetException($"a format has no number above {LargestNumber}");
            }
        }

        return format;
    }
}
