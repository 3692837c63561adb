using WorkflowEngine.Content;
using WorkflowEngine.Host.Serving;

namespace WorkflowEngine.Host.Tests.Support;

/// <summary>A content folder with the shipped calendars and regions, and the flows that a test writes into it.</summary>
public sealed class FlowFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public FlowFolder()
    {
        var root = HostSettings.ContentRootFrom(null);
        foreach (var file in Directory.GetFiles(System.IO.Path.Combine(root, "rules", "calendars")).Append(System.IO.Path.Combine(root, "rules", "regions.json")))
        {
            Write(System.IO.Path.GetRelativePath(root, file), File.ReadAllText(file));
        }
    }

    public string Path => _folder.Path;

    /// <summary>Adds a shipped letter and what letters share.</summary>
    public void WriteLetter(string name)
    {
        var root = HostSettings.ContentRootFrom(null);
        var templates = System.IO.Path.Combine(root, "templates");
        foreach (var file in Directory.GetFiles(templates, $"{name}.*").Concat(Directory.GetFiles(System.IO.Path.Combine(templates, "shared"))))
        {
            Write(System.IO.Path.GetRelativePath(root, file), File.ReadAllText(file));
        }
    }

    /// <summary>Adds all shipped content.</summary>
    public void WriteShipped()
    {
        foreach (var (path, text) in ContentFolder.ReadFiles(HostSettings.ContentRootFrom(null)).Files!) Write(path, text);
    }

    public void Write(string path, string text)
    {
        var file = System.IO.Path.Combine(_folder.Path, path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    public void Dispose() => _folder.Dispose();
}
