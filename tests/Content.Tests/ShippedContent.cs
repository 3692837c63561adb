using WorkflowEngine.Content.Reading;
using WorkflowEngine.Content.Rehearsal;

namespace WorkflowEngine.Content.Tests;

/// <summary>The content of this repository, as it is and with one thing changed.</summary>
internal static class ShippedContent
{
    public const string FlowPath = "workflows/guangdong/vendor-integration.json";

    private static readonly ContentMemory Memory = new();

    public static string Root { get; } = FindRoot();

    public static IReadOnlyDictionary<string, string> Files { get; } =
        ContentFolder.ReadFiles(Root) is { Files: { } files } ? files : throw new InvalidOperationException("The repository has no content.");

    public static ContentResult Result { get; } = Read(Files);

    public static ContentSet Set => Result.Set ?? throw new InvalidOperationException(Result.Report.ToString());

    /// <summary>Reads files of which most are as shipped, as a host does that read them before.</summary>
    public static ContentResult Read(IReadOnlyDictionary<string, string> files, IReadOnlyCollection<string>? reachableHosts = null) => ContentReader.Read(files, reachableHosts, Memory);

    /// <summary>Checks files of which most are as shipped, stories included.</summary>
    public static ContentResult Check(IReadOnlyDictionary<string, string> files) => ContentCheck.Run(files, memory: Memory);

    /// <summary>The files with one passage of one file changed; the passage must be there exactly once, or the test would prove nothing.</summary>
    public static Dictionary<string, string> With(string path, string passage, string instead)
    {
        var text = Files[path];
        var at = text.IndexOf(passage, StringComparison.Ordinal);
        Assert.True(at >= 0, $"{path} does not contain: {passage}");
        Assert.True(text.IndexOf(passage, at + 1, StringComparison.Ordinal) < 0, $"{path} contains more than once: {passage}");
        return new Dictionary<string, string>(Files) { [path] = text.Replace(passage, instead, StringComparison.Ordinal) };
    }

    /// <summary>The line on which a passage stands, from 1.</summary>
    public static int LineOf(string text, string passage)
    {
        var at = text.IndexOf(passage, StringComparison.Ordinal);
        Assert.True(at >= 0, $"there is no: {passage}");
        return text.AsSpan(0, at).Count('\n') + 1;
    }

    /// <summary>How the flow says the limit of 材料审核, in working days.</summary>
    public static string ReviewLimit(int days) => $$"""
        "clock": { "typeName": "String", "expression": { "type": "Literal", "value": "review" } },
                "limit": { "typeName": "Int32", "expression": { "type": "Literal", "value": {{days}} } }
        """;

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "WorkflowEngine.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The tests run outside the repository.");
    }
}
