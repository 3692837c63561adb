using System.Text.RegularExpressions;

namespace WorkflowEngine.Rules;

/// <summary>The nearest known name to one that does not exist, for messages to the author of a file.</summary>
public static partial class DidYouMean
{
    // The table of distances grows with the square of the length: a file could ask for gigabytes.
    private const int LongestName = 64;

    /// <summary>E.g. <c>, did you mean 'country'?</c>; empty when no name is near.</summary>
    public static string Of(string name, IEnumerable<string> known) =>
        Nearest(name, known) is { } nearest ? $", did you mean '{nearest}'?" : "";

    /// <summary>The same in Chinese: <c>，是否想写“country”？</c>; empty when no name is near.</summary>
    public static string Chinese(string name, IEnumerable<string> known) =>
        Nearest(name, known) is { } nearest ? $"，是否想写“{nearest}”？" : "";

    /// <summary>A message with the hint of <see cref="Of"/> in it, and the hint in Chinese.</summary>
    public static string InChinese(string message) => Hint().Replace(message, "，是否想写“${name}”？");

    /// <summary>The name that was probably meant; <c>null</c> when none is within a third of the length in edits.</summary>
    public static string? Nearest(string name, IEnumerable<string> known)
    {
        string? best = null;
        var bestDistance = Math.Max(1, name.Length / 3) + 1;
        foreach (var candidate in known)
        {
            if (candidate == name || candidate.Length > LongestName || Math.Abs(candidate.Length - name.Length) >= bestDistance)
            {
                continue;
            }

            var distance = Distance(name, candidate);
            if (distance < bestDistance)
            {
                (best, bestDistance) = (candidate, distance);
            }
        }

        return best;
    }

    /// <summary>Edit distance without regard to letter case, where two swapped neighbours count once.</summary>
    private static int Distance(string left, string right)
    {
        if (left.Length > LongestName)
        {
            return int.MaxValue;
        }

        var rows = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
        {
            for (var j = 0; j <= right.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    rows[i, j] = i + j;
                    continue;
                }

                var same = Same(left[i - 1], right[j - 1]);
                var cost = Math.Min(Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1, rows[i - 1, j - 1] + (same ? 0 : 1));
                if (i > 1 && j > 1 && Same(left[i - 1], right[j - 2]) && Same(left[i - 2], right[j - 1]))
                {
                    cost = Math.Min(cost, rows[i - 2, j - 2] + 1);
                }

                rows[i, j] = cost;
            }
        }

        return rows[left.Length, right.Length];
    }

    [GeneratedRegex(", did you mean '(?<name>[^']*)'\\?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Hint();

    private static bool Same(char left, char right) => char.ToUpperInvariant(left) == char.ToUpperInvariant(right);
}
