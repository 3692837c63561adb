namespace WorkflowEngine.Workflows.Execution;

/// <summary>Others' text in bounds.</summary>
public static class ShortText
{
    /// <summary>The beginning, at most so long, and no character cut in half.</summary>
    public static string Of(string text, int most) =>
        text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];
}
