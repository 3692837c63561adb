using System.Globalization;
using WorkflowEngine.Templates.Values;
using static WorkflowEngine.Templates.Builtins.BuiltinFunctions;

namespace WorkflowEngine.Templates.Builtins;

/// <summary>
/// <c>date.*</c> (scriban/site/docs/builtins/date.md). Unlike the original, a text that is no date is an error and not the
/// year 1, and a date keeps the offset that it was given with.
/// </summary>
internal static class DateFunctions
{
    private static readonly string[] ChineseForms = ["yyyy年M月d日", "yyyy年M月d日H时m分", "yyyy年M月d日 H:mm", "yyyy年M月d日 H:mm:ss"];

    public static Definition[] All { get; } =
    [
        new("add_days", "date days", static (in a) => Add(a, static (d, n) => d.AddDays(n))),
        new("add_hours", "date hours", static (in a) => Add(a, static (d, n) => d.AddHours(n))),
        new("add_milliseconds", "date millis", static (in a) => Add(a, static (d, n) => d.AddMilliseconds(n))),
        new("add_minutes", "date minutes", static (in a) => Add(a, static (d, n) => d.AddMinutes(n))),
        new("add_months", "date months", static (in a) => Add(a, static (d, n) => d.AddMonths((int)Math.Round(n)))),
        new("add_seconds", "date seconds", static (in a) => Add(a, static (d, n) => d.AddSeconds(n))),
        new("add_years", "date years", static (in a) => Add(a, static (d, n) => d.AddYears((int)Math.Round(n)))),
        new("now", "", static (in a) => a.Context.Now),
        new("parse", "text pattern? culture?", static (in a) => Parse(a, 0, 1, 2)),
        new("parse_to_string", "text output_pattern? output_culture? input_pattern? input_culture?", ParseToString),
        new("to_string", "datetime pattern? culture?", static (in a) => ToString(a)),
        new("utc_now", "", static (in a) => a.Context.Now.ToUniversalTime()),
    ];

    private static object? Add(in Arguments a, Func<DateTime, double, DateTime> add)
    {
        if (!a.Has(0))
        {
            return null;
        }

        if (Moment.Of(a[0]) is null)
        {
            throw Conversions.CannotConvert(a[0], "a date", a.Position);
        }

        try
        {
            var amount = a.Double(1);
            return Math.Abs(amount) < int.MaxValue || amount.Equals(Math.Floor(amount)) && Math.Abs(amount) < 1e15
                ? Moment.Move(a[0]!, d => add(d, amount))
                : throw a.Fault("The date would lie outside of the calendar.");
        }
        catch (ArgumentOutOfRangeException)
        {
            throw a.Fault("The date would lie outside of the calendar.");
        }
    }

    public static object? ToString(in Arguments a)
    {
        if (!a.Has(0))
        {
            return null;
        }

        var moment = Moment.Of(a[0]) ?? throw Conversions.CannotConvert(a[0], "a date", a.Position);
        return a.Context.Bounded(DateFormats.Write(moment, a.TextOrNull(1) ?? a.Context.DateFormat, a.CultureOf(2)), a.Position);
    }

    private static object? ParseToString(in Arguments a)
    {
        var date = Parse(a, 0, 3, 4);
        return date is null ? null
            : a.Context.Bounded(DateFormats.Write(Moment.Of(date)!.Value, a.TextOrNull(1) ?? a.Context.DateFormat, a.CultureOf(2)), a.Position);
    }

    private static object? Parse(in Arguments a, int textAt, int patternAt, int cultureAt)
    {
        if (Moment.Of(a[textAt]) is not null)
        {
            return a[textAt];
        }

        var text = a.Text(textAt);
        if (text.Length == 0)
        {
            return null;
        }

        var culture = a.CultureOf(cultureAt);
        var parsed = a.TextOrNull(patternAt) is { } pattern ? ByPattern(a, text, pattern, culture) : ByCulture(text, culture);
        return parsed ?? throw a.Fault("The text is not a date in the form expected here.");
    }

    private static object? ByPattern(in Arguments a, string text, string pattern, CultureInfo culture)
    {
        var reading = DateFormats.ReadingPattern(pattern) ?? throw a.Fault($"A date cannot be read by the pattern '{pattern}'.");
        if (pattern.Contains("%g", StringComparison.Ordinal))
        {
            culture = CultureInfo.InvariantCulture;
        }

        return pattern.Contains("%Z", StringComparison.Ordinal)
            ? DateTimeOffset.TryParseExact(text, reading, culture, DateTimeStyles.AllowWhiteSpaces, out var instant) ? instant : null
            : DateTime.TryParseExact(text, reading, culture, DateTimeStyles.AllowWhiteSpaces, out var date) ? date : null;
    }

    /// <summary>A date as the culture writes it, in ISO form, or as 2022年9月13日. With an offset when the text has one.</summary>
    private static object? ByCulture(string text, CultureInfo culture)
    {
        if (DateTime.TryParseExact(text, ChineseForms, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces, out var chinese))
        {
            return chinese;
        }

        if (!DateTime.TryParse(text, culture, DateTimeStyles.RoundtripKind | DateTimeStyles.NoCurrentDateDefault, out var date) || date.Year == 1)
        {
            return null;
        }

        return date.Kind == DateTimeKind.Unspecified ? date
            : DateTimeOffset.TryParse(text, culture, DateTimeStyles.AssumeUniversal, out var instant) ? instant : null;
    }
}

/// <summary><c>timespan.*</c> (scriban/site/docs/builtins/timespan.md).</summary>
internal static class TimeSpanFunctions
{
    public static Definition[] All { get; } =
    [
        new("from_days", "days", static (in a) => Span(a, TimeSpan.FromDays)),
        new("from_hours", "hours", static (in a) => Span(a, TimeSpan.FromHours)),
        new("from_milliseconds", "millis", static (in a) => Span(a, TimeSpan.FromMilliseconds)),
        new("from_minutes", "minutes", static (in a) => Span(a, TimeSpan.FromMinutes)),
        new("from_seconds", "seconds", static (in a) => Span(a, TimeSpan.FromSeconds)),
        new("parse", "text", Parse),
    ];

    private static object Span(in Arguments a, Func<double, TimeSpan> make)
    {
        try
        {
            return make(a.Double(0));
        }
        catch (Exception wrong) when (wrong is OverflowException or ArgumentException)
        {
            throw a.Fault("The time span is too long.");
        }
    }

    private static object Parse(in Arguments a) => TimeSpan.TryParse(a.Text(0), CultureInfo.InvariantCulture, out var span)
        ? span
        : throw a.Fault("The text is not a time span: write 1.02:03:04 for a day, two hours, three minutes and four seconds.");
}
