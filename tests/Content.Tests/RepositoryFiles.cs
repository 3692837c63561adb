namespace WorkflowEngine.Content.Tests;

/// <summary>The content that ships with the repository, as its own tests see it.</summary>
internal static class RepositoryFiles
{
    public static string Root { get; } = Find();

    public static IReadOnlyDictionary<string, string> All { get; } =
        ContentFolder.ReadFiles(Root).Files ?? throw new InvalidOperationException($"No content under {Root}.");

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "WorkflowEngine.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside the repository.");
    }
}
