namespace WorkflowEngine.Workflows.Tests;

/// <summary>The content files that are shipped, read as they are.</summary>
internal static class RepositoryFiles
{
    private static readonly string Root = FindRoot();

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static string FindRoot()
    {
        var at = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(at, "WorkflowEngine.sln")))
        {
            at = Path.GetDirectoryName(at) ?? throw new InvalidOperationException("The tests run outside the repository.");
        }

        return at;
    }
}
