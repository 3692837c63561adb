namespace WorkflowEngine.Rules;

/// <summary>Reads rule files.</summary>
internal static class RuleFileReader
{
    public static RuleFileResult Read(string json, string path) => throw new NotSupportedException(json + path);
}
