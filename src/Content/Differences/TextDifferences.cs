namespace WorkflowEngine.Content.Differences;

/// <summary>Changed lines of a template.</summary>
internal static class TextDifferences
{
    /// <summary>Beyond this many cells of the table the lines between the first and the last change are told as one.</summary>
    private const int MostCells = 4_000_000;

    public static List<Difference> Between(string path, string name, string before, string after)
    {
        var old = Lines(before);
        var now = Lines(after);
        var head = old.Zip(now).TakeWhile(pair => pair.First == pair.Second).Count();
        var tail = old.Skip(head).Reverse().Zip(now.Skip(head).Reverse()).TakeWhile(pair => pair.First == pair.Second).Count();
        var removed = old[head..^tail];
        var added = now[head..^tail];
        var changes = new List<Difference>();
        foreach (var (at, gone, come) in (long)removed.Length * added.Length > MostCells ? [(0, removed, added)] : Blocks(removed, added))
        {
            for (var i = 0; i < Math.Max(gone.Length, come.Length); i++)
            {
                changes.Add(Line(path, name, head + at + Math.Min(i, Math.Max(come.Length - 1, 0)) + 1, i < gone.Length ? gone[i] : null, i < come.Length ? come[i] : null));
            }
        }

        return changes;
    }

    private static Difference Line(string path, string name, int line, string? before, string? after)
    {
        var (chinese, english) = (before, after) switch
        {
            (null, _) => ($"新增“{after}”", $"'{after}' was added"),
            (_, null) => ($"删除“{before}”", $"'{before}' was removed"),
            _ => ($"“{before}”改为“{after}”", $"'{before}' became '{after}'"),
        };
        return new Difference(DifferenceKind.Template, path, null, $"文书“{name}”第 {line} 行：{chinese}", $"letter '{name}', line {line}: {english}");
    }

    private static string[] Lines(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal).TrimEnd('\n').Split('\n');

    /// <summary>The runs of lines that are not in the longest common subsequence, each with its place in the later text.</summary>
    private static List<(int At, string[] Gone, string[] Come)> Blocks(string[] old, string[] now)
    {
        var longest = new int[old.Length + 1, now.Length + 1];
        for (var i = old.Length - 1; i >= 0; i--)
        {
            for (var j = now.Length - 1; j >= 0; j--)
            {
                longest[i, j] = old[i] == now[j] ? longest[i + 1, j + 1] + 1 : Math.Max(longest[i + 1, j], longest[i, j + 1]);
            }
        }

        var blocks = new List<(int, string[], string[])>();
        for (int i = 0, j = 0; i < old.Length || j < now.Length;)
        {
            if (i < old.Length && j < now.Length && old[i] == now[j])
            {
                (i, j) = (i + 1, j + 1);
                continue;
            }

            var (fromOld, fromNow) = (i, j);
            while ((i < old.Length || j < now.Length) && !(i < old.Length && j < now.Length && old[i] == now[j]))
            {
                if (j == now.Length || (i < old.Length && longest[i + 1, j] >= longest[i, j + 1]))
                {
                    i++;
                }
                else
                {
                    j++;
                }
            }

            blocks.Add((fromNow, old[fromOld..i], now[fromNow..j]));
        }

        return blocks;
    }
}
