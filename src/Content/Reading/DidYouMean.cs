namespace WorkflowEngine.Content.Reading;

/// <summary>The nearest known name to one that does not exist, if any is near enough to be what was meant.</summary>
internal static class DidYouMean
{
    private const int LongestName = 64;

    /// <summary>", did you mean 'review'?" or nothing.</summary>
    public static string English(string unknown, IEnumerable<string> known) =>
        Nearest(unknown, known) is { } name ? $", did you mean '{name}'?" : "";

    /// <summary>“，是否想写“review”？” or nothing.</summary>
    public static string Chinese(string unknown, IEnumerable<string> known) =>
        Nearest(unknown, known) is { } name ? $"，是否想写“{name}”？" : "";

    public static string? Nearest(string unknown, IEnumerable<string> known)
    {
        // The table of distances grows with the square of the length: a file could ask for gigabytes.
        if (unknown.Length > LongestName)
        {
            return null;
        }

        var limit = Math.Max(1, unknown.Length / 3);
        return known
            .Where(name => Math.Abs(name.Length - unknown.Length) <= limit && name != unknown)
            .Select(name => (Name: name, Distance: Distance(unknown, name)))
            .Where(candidate => candidate.Distance <= limit)
            .OrderBy(candidate => candidate.Distance)
            .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
            .Select(candidate => candidate.Name)
            .FirstOrDefault();
    }

    /// <summary>Edits between two names, case apart; two swapped neighbours are one edit, the commonest slip of the hand.</summary>
    private static int Distance(string left, string right)
    {
        var rows = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
        {
            rows[i, 0] = i;
        }

        for (var j = 0; j <= right.Length; j++)
        {
            rows[0, j] = j;
        }

        for (var i = 1; i <= left.Length; i++)
        {
            for (var j = 1; j <= right.Length; j++)
            {
                var same = Same(left[i - 1], right[j - 1]);
                var best = Math.Min(Math.Min(rows[i - 1, j] + 1, rows[i, j - 1] + 1), rows[i - 1, j - 1] + (same ? 0 : 1));
                if (i > 1 && j > 1 && Same(left[i - 1], right[j - 2]) && Same(left[i - 2], right[j - 1]))
                {
                    best = Math.Min(best, rows[i - 2, j - 2] + 1);
                }

                rows[i, j] = best;
            }
        }

        return rows[left.Length, right.Length];
    }

    private static bool Same(char left, char right) => char.ToUpperInvariant(left) == char.ToUpperInvariant(right);
}
