using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using WorkflowEngine.Templates.Rendering;
using WorkflowEngine.Templates.Values;
using static WorkflowEngine.Templates.Builtins.BuiltinFunctions;

namespace WorkflowEngine.Templates.Builtins;

/// <summary>
/// <c>regex.*</c> (scriban/site/docs/builtins/regex.md). Patterns run on the engine whose time grows with the text only;
/// those it cannot run (back-references, look-around) run on the other one, within <see cref="RenderBudget.RegexTime"/>.
/// </summary>
internal static class RegexFunctions
{
    private const int MostPatterns = 256;
    private const int LongestPattern = 1_000;

    private static readonly ConcurrentDictionary<(string Pattern, RegexOptions Options, TimeSpan Time), Regex> Patterns = new();

    public static Definition[] All { get; } =
    [
        new("escape", "pattern", static (in a) => a.Context.Bounded(Regex.Escape(a.Text(0)), a.Position)),
        new("match", "text pattern options?", Match),
        new("matches", "text pattern options?", Matches),
        new("replace", "text pattern replace options?", Replace),
        new("split", "text pattern options?", Split),
        new("unescape", "pattern", Unescape),
    ];

    private static Regex Pattern(in Arguments a, int optionsAt)
    {
        a.Context.CheckTime(a.Position);
        var pattern = a.Text(1);
        if (pattern.Length > LongestPattern)
        {
            throw a.Fault($"The pattern is longer than {LongestPattern} characters.");
        }

        var options = RegexOptions.CultureInvariant;
        foreach (var c in a.Text(optionsAt))
        {
            options |= c switch
            {
                'i' => RegexOptions.IgnoreCase,
                'm' => RegexOptions.Multiline,
                's' => RegexOptions.Singleline,
                'x' => RegexOptions.IgnorePatternWhitespace,
                _ => throw a.Fault($"'{c}' is no option of a pattern: i, m, s and x are."),
            };
        }

        var time = a.Context.RegexTime;
        if (Patterns.TryGetValue((pattern, options, time), out var known))
        {
            return known;
        }

        var made = Make(a, pattern, options, time);
        if (Patterns.Count < MostPatterns)
        {
            Patterns[(pattern, options, time)] = made;
        }

        return made;
    }

    private static Regex Make(in Arguments a, string pattern, RegexOptions options, TimeSpan time)
    {
        try
        {
            try
            {
                return new Regex(pattern, options | RegexOptions.NonBacktracking, time);
            }
            catch (NotSupportedException)
            {
                return new Regex(pattern, options, time);
            }
        }
        catch (RegexParseException wrong)
        {
            throw a.Fault($"The pattern is wrong at character {wrong.Offset + 1}: {wrong.Error}.");
        }
    }

    private static T Within<T>(in Arguments a, Func<T> run)
    {
        try
        {
            return run();
        }
        catch (RegexMatchTimeoutException)
        {
            throw a.Fault($"The pattern took longer than {a.Context.RegexTime.TotalSeconds.ToString("0.###", System.Globalization.CultureInfo.InvariantCulture)} s.");
        }
    }

    private static object? Match(in Arguments a)
    {
        var (regex, text) = (Pattern(a, 2), a.Text(0));
        return Groups(Within(a, () => regex.Match(text)), a.Context, a.Position);
    }

    private static ScriptArray Groups(Match match, RenderContext context, int position)
    {
        // Groups in groups are the same text over and over.
        context.ChargeText(match.Groups.Values.Sum(group => (long)group.Length), position);
        return match.Success ? new ScriptArray(match.Groups.Values.Select(g => g.Value)) : new ScriptArray();
    }

    private static object? Matches(in Arguments a)
    {
        var (regex, text) = (Pattern(a, 2), a.Text(0));
        var (context, position) = (a.Context, a.Position);
        var matches = Within(a, () => regex.Matches(text).ToList());
        context.Charge(matches.Count, position);
        return new ScriptArray(matches.Select(match => Groups(match, context, position)));
    }

    private static object? Replace(in Arguments a)
    {
        var (regex, text, replacement) = (Pattern(a, 3), a.Text(0), a.Text(2));
        if (replacement.Length > 0)
        {
            // A replacement may bring the match in again ($0): the bound is on the longest that can come of it.
            var matches = Within(a, () => regex.Count(text));
            a.Context.CheckLength(text.Length + ((long)matches * replacement.Length), a.Position);
        }

        return a.Context.Bounded(Within(a, () => regex.Replace(text, replacement)), a.Position);
    }

    private static object? Split(in Arguments a)
    {
        var (regex, text) = (Pattern(a, 2), a.Text(0));
        var parts = Within(a, () => regex.Split(text));
        a.Context.Charge(parts.Length, a.Position);
        a.Context.ChargeText(parts.Sum(part => (long)part.Length), a.Position);
        return new ScriptArray(parts);
    }

    private static object? Unescape(in Arguments a)
    {
        try
        {
            return Regex.Unescape(a.Text(0));
        }
        catch (ArgumentException)
        {
            throw a.Fault("The text has an escape sequence that patterns do not have.");
        }
    }
}
