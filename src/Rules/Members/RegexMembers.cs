using System.Text.RegularExpressions;

namespace WorkflowEngine.Rules;

/// <summary>
/// Patterns, matched by an automaton that reads each character once: a catastrophic pattern does not exist there, and a
/// pattern that needs backtracking (back references, look-around) is refused.
/// </summary>
internal static class RegexMembers
{
    private const int LongestPattern = 300;
    private const int MostKept = 256;

    private static readonly Dictionary<string, Regex> Kept = new(StringComparer.Ordinal);
    private static readonly Lock Gate = new();

    public static bool IsMatch(Frame frame, string text, string pattern)
    {
        frame.Charge(text.Length);
        return For(frame, pattern).IsMatch(text);
    }

    public static string Replace(Frame frame, string text, string pattern, string replacement)
    {
        frame.Charge((text.Length + 1L) * (replacement.Length + 1L));
        return For(frame, pattern).Replace(text, replacement);
    }

    private static Regex For(Frame frame, string pattern)
    {
        lock (Gate)
        {
            if (Kept.TryGetValue(pattern, out var kept))
            {
                return kept;
            }
        }

        if (pattern.Length > LongestPattern || Repetitions(pattern) > 1_000)
        {
            throw new BudgetException($"a pattern has at most {LongestPattern} characters and repeats at most 1000 times");
        }

        // Building an automaton costs about as much as a hundred thousand characters of text.
        frame.Charge(100_000);
        Regex regex;
        try
        {
            regex = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, TimeSpan.FromMilliseconds(50));
        }
        catch (NotSupportedException)
        {
            throw new BudgetException("a pattern with back references, look-around or very many repetitions is refused");
        }

        lock (Gate)
        {
            if (Kept.Count >= MostKept)
            {
                Kept.Clear();
            }

            Kept[pattern] = regex;
        }

        return regex;
    }

    /// <summary>The product of all counted repetitions: nesting multiplies the automaton.</summary>
    private static long Repetitions(string pattern)
    {
        var product = 1L;
        for (var open = pattern.IndexOf('{'); open >= 0 && product <= 1_000_000; open = pattern.IndexOf('{', open + 1))
        {
            var number = 0L;
            var largest = 1L;
            for (var i = open + 1; i < pattern.Length && pattern[i] != '}'; i++)
            {
                number = char.IsAsciiDigit(pattern[i]) ? Math.Min(1_000_000, (number * 10) + (pattern[i] - '0')) : 0;
                largest = Math.Max(largest, number);
            }

            product *= largest;
        }

        return product;
    }
}
