namespace WorkflowEngine.Templates;

/// <summary>Something wrong with a template, where it stands and what to do about it.</summary>
/// <param name="File">The path the template was parsed under.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column, from 1, in UTF-16 characters.</param>
/// <param name="Message">What is wrong, for the author of the template.</param>
public sealed record TemplateProblem(string File, int Line, int Column, string Message)
{
    public override string ToString() => $"{File}:{Line}:{Column}: {Message}";
}
