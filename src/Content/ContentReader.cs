using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Content;

/// <summary>What came of reading content.</summary>
/// <param name="Set">The release; null when a problem is an error.</param>
/// <param name="Report">Everything found, for the author: problems, what was read, what the examples cover.</param>
public sealed record ContentResult(ContentSet? Set, CheckReport Report)
{
    public IReadOnlyList<Problem> Problems => Report.Problems;
}

/// <summary>Turns files into a release, with every check that publishing asks for. Pure: the same files give the same result.</summary>
public static class ContentReader
{
    /// <param name="files">Texts by repository path, e.g. <c>workflows/guangdong/vendor-integration.json</c>.</param>
    public static ContentResult Read(IReadOnlyDictionary<string, string> files) =>
        throw new NotSupportedException("Reading a whole release follows with the engines' readers.");
}
