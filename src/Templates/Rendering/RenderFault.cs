namespace WorkflowEngine.Templates;

/// <summary>Ends a rendering from within. Caught at the door, where it becomes a <see cref="TemplateProblem"/>; never leaves the engine.</summary>
/// <param name="position">Offset in the template being executed; -1 when the statement shall say where.</param>
internal sealed class RenderFault(string message, int position = -1) : Exception(message)
{
    public int Position { get; set; } = position;
}
