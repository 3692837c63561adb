using WorkflowEngine.Content;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Serving;

namespace WorkflowEngine.Host.Designer.Files;

/// <summary>
/// What is wrong with a text while it is being written: everything that publishing would look at but for the stories, with the drafts of what is written together with it. One
/// at a time, since each is a reading of the whole content.
/// </summary>
public sealed class DraftCheck(FileDesk desk, ContentReleases releases, HostSettings settings) : IDisposable
{
    private readonly OneAtATime _turn = new();

    public async Task<IReadOnlyList<ToldProblem>> CheckAsync(string path, string text, CancellationToken ct)
    {
        if (text.Length > FileDesk.LongestText) return [new ToldProblem(1, 1, "内容过大，不能保存。", IsError: true)];

        var files = await FilesAsync(path, text, ct);
        return await _turn.RunAsync(() => Task.FromResult(FileProblems.BesideText(ContentReader.Read(files, settings.Http.ReachableHosts, settings.ContentMemory).Problems, path)), ct);
    }

    /// <summary>The content in force with this text, and with the drafts of the files that are written together with it.</summary>
    public async Task<Dictionary<string, string>> FilesAsync(string path, string text, CancellationToken ct)
    {
        var files = new Dictionary<string, string>(releases.Current.Files, StringComparer.Ordinal);
        foreach (var draft in await desk.DraftsAsync(FileKinds.WrittenTogether(path), ct)) files[draft.File.Path] = draft.Text;
        files[path] = text;
        return files;
    }

    public void Dispose() => _turn.Dispose();
}
