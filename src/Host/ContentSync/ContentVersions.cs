using WorkflowEngine.Content.Differences;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Storage.Content;

namespace WorkflowEngine.Host.ContentSync;

/// <summary>Two versions of the content beside one another.</summary>
/// <param name="Before">A release's id, or <see cref="ContentVersions.Folder"/>.</param>
public sealed record ComparedContent(string Before, string After, IReadOnlyList<Difference> Differences);

/// <summary>The versions of the content that can be compared: every release, and the files of the folder as they were last looked at, also where they are refused.</summary>
public sealed class ContentVersions(FolderSync folder, ContentReleases releases, ReleaseStore store)
{
    /// <summary>Stands for the files of the folder.</summary>
    public const string Folder = "folder";

    private const int MostListed = 20;
    private const int LongestId = 128;

    /// <summary>The latest releases, newest first; one that was in force twice stands here once.</summary>
    public async Task<IReadOnlyList<Release>> LatestAsync(CancellationToken ct) => [.. (await store.HistoryAsync(MostListed, ct)).DistinctBy(release => release.Id)];

    /// <param name="before">Null: the release in force.</param>
    /// <param name="after">Null: the files of the folder.</param>
    /// <returns>Null when one of the two is unknown.</returns>
    public async Task<ComparedContent?> CompareAsync(string? before, string? after, CancellationToken ct)
    {
        var older = before ?? (releases.HasCurrent ? releases.Current.Id : "");
        var newer = after ?? Folder;
        return await FilesAsync(older, ct) is { } was && await FilesAsync(newer, ct) is { } becomes
            ? new ComparedContent(older, newer, ContentDifferences.Between(was, becomes))
            : null;
    }

    private async Task<IReadOnlyDictionary<string, string>?> FilesAsync(string version, CancellationToken ct)
    {
        if (version == Folder) return folder.Status.Files;
        if (releases.HasCurrent && releases.Current.Id == version) return releases.Current.Files;

        return version.Length is 0 or > LongestId ? null : await store.FilesAsync(version, ct);
    }
}
