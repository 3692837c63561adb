namespace WorkflowEngine.Templates.Parsing;

/// <summary>The text of a template and the name it goes by; turns offsets into lines and columns, from 1.</summary>
internal sealed class SourceText(string path, string text)
{
    private int[]? lineStarts;

    public string Path { get; } = path;

    public string Text { get; } = text;

    public TemplateProblem Problem(int offset, string message)
    {
        var (line, column) = Locate(offset);
        return new TemplateProblem(Path, line, column, message);
    }

    public (int Line, int Column) Locate(int offset)
    {
        offset = Math.Clamp(offset, 0, Text.Length);
        var starts = lineStarts ??= FindLineStarts();
        var at = Array.BinarySearch(starts, offset);
        var line = at >= 0 ? at : ~at - 1;
        return (line + 1, offset - starts[line] + 1);
    }

    private int[] FindLineStarts()
    {
        var starts = new List<int> { 0 };
        for (var end = Text.IndexOf('\n', StringComparison.Ordinal); end >= 0; end = Text.IndexOf('\n', end + 1))
        {
            starts.Add(end + 1);
        }

        return [.. starts];
    }
}
