namespace WorkflowEngine.Workflows.Definitions;

/// <summary>Helps the author of a file: the nearest known name to a misspelt one.</summary>
internal static class DidYouMean
{
    /// <summary><c>, did you mean 'x'?</c>, or nothing when no known name is near.</summary>
    public static string Of(string unknown, IEnumerable<string> known)
    {
        string? best = null;
        var nearest = Math.Max(1, Math.Min(unknown.Length, 64) / 3) + 1;
        foreach (var candidate in known)
        {
            var distance = Distance(unknown, candidate, nearest);
            if (distance < nearest)
            {
                nearest = distance;
                best = candidate;
            }
        }

        return best is null ? "" : $", did you mean '{best}'?";
    }

    /// <summary>Edits (insertions, deletions, replacements, swaps of neighbours) from one word to the other, in any case; at least <paramref name="limit"/> when far.</summary>
    private static int Distance(string a, string b, int limit)
    {
        if (Math.Abs(a.Length - b.Length) >= limit || a.Length > 64 || b.Length > 64)
        {
            return limit;
        }

        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            table[i, 0] = i;
        }

        for (var j = 0; j <= b.Length; j++)
        {
            table[0, j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var same = char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]);
                table[i, j] = Math.Min(Math.Min(table[i - 1, j], table[i, j - 1]) + 1, table[i - 1, j - 1] + (same ? 0 : 1));
                if (i > 1 && j > 1 && char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 2])
                    && char.ToUpperInvariant(a[i - 2]) == char.ToUpperInvariant(b[j - 1]))
                {
                    table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
                }
            }
        }

        return table[a.Length, b.Length];
    }
}
