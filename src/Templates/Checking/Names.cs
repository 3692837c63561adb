namespace WorkflowEngine.Templates.Checking;

/// <summary>Helps whoever has mistyped a name.</summary>
internal static class Names
{
    /// <summary>The end of a sentence about a name: ", did you mean 'name'?" with the known name that is near enough, else a full stop.</summary>
    public static string DidYouMean(string name, IEnumerable<string> known)
    {
        var best = known
            .Take(1_000)
            .Select(k => (Name: k, Distance: Distance(name, k)))
            .Where(k => k.Distance > 0 && k.Distance <= Math.Max(1, name.Length / 3))
            .OrderBy(k => k.Distance)
            .ThenBy(k => k.Name, StringComparer.Ordinal)
            .FirstOrDefault();
        return best.Name is null ? "." : $", did you mean '{best.Name}'?";
    }

    /// <summary>Insertions, deletions, replacements and exchanges of neighbours that lead from one name to the other.</summary>
    private static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > 3 || a.Length > 64 || b.Length > 64)
        {
            return int.MaxValue;
        }

        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                table[i, j] = i == 0 ? j : j == 0 ? i : Math.Min(
                    Math.Min(table[i - 1, j], table[i, j - 1]) + 1,
                    table[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
                }
            }
        }

        return table[a.Length, b.Length];
    }
}
