using WorkflowEngine.Content;
using WorkflowEngine.Content.Scenarios;

namespace WorkflowEngine.Host.Walkthrough;

/// <summary>
/// The content in a folder of its own, with a story's changes in it; removed with the story. Without the files of stories: they are about the content as it was, and what a
/// story changes would not be published beside them.
/// </summary>
internal sealed class ContentFolderCopy : IDisposable
{
    private ContentFolderCopy(string path) => Path = path;

    public string Path { get; }

    public static ContentFolderCopy Of(ContentSet content, IReadOnlyList<ContentChange> changes)
    {
        var copy = new ContentFolderCopy(Directory.CreateTempSubdirectory("wfe-content-").FullName);
        var changed = ContentChanges.Apply(content.Files, changes);
        foreach (var (path, text) in content.Files.Where(file => !file.Key.EndsWith(ScenarioReader.Ending, StringComparison.Ordinal)))
        {
            var target = System.IO.Path.Combine(copy.Path, path);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            File.WriteAllText(target, changed.GetValueOrDefault(path, text));
        }

        return copy;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
