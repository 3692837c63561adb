namespace WorkflowEngine.Templates.Parsing;

/// <summary>The text of a template and the name it goes by; turns offsets into lines and columns, from 1.</summary>
internal sealed class SourceText(string path, string text)
{
    public string Path { get; } = path;

    public string Text { get; } = text;

    public TemplateProblem Problem(int offset, string message)
    {
        var (line, column) = Locate(offset);
        return new TemplateProblem(Path, line, column, message);
    }

    public (int Line, int Column) Locate(int offset)
    {
        var before = Text.AsSpan(0, Math.Clamp(offset, 0, Text.Length));
        return (before.Count('\n') + 1, before.Length - before.LastIndexOf('\n'));
    }
}
