using System.Text;

namespace WorkflowEngine.Workflows.Execution;

/// <summary>Others' text in bounds.</summary>
public static class ShortText
{
    /// <summary>The beginning, at most so long, and no character cut in half.</summary>
    public static string Of(string text, int most) =>
        text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];

    /// <summary>With the sign for a broken letter where a database could keep nothing: NUL and half characters.</summary>
    public static string Storable(string text) =>
        text.Contains('\0', StringComparison.Ordinal) || text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF')
            ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\uFFFD')
            : text;
}
