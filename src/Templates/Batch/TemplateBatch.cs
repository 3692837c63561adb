namespace WorkflowEngine.Templates;

/// <summary>The <c>template batch</c> verb: one JSON request in, one JSON answer out.</summary>
public static class TemplateBatch
{
    /// <summary>Answers one request line. Never throws: a line that is no request is answered with <c>{"error":"…"}</c>.</summary>
    public static string Answer(string jsonLine) => """{"error":"rendering is not available yet"}""";
}
