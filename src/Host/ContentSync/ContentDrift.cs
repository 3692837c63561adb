using WorkflowEngine.Content.Differences;
using WorkflowEngine.Storage.Content;

namespace WorkflowEngine.Host.ContentSync;

/// <summary>Where a file was changed since folder and release in force last said the same.</summary>
public enum ChangedIn
{
    Folder,
    Browser,

    /// <summary>In both, each in its own way: what is in force stays until somebody decides.</summary>
    Both,
}

/// <summary>A file of which the folder says something else than what is in force.</summary>
/// <param name="Folder">Its text there; null: the folder has it not.</param>
/// <param name="InForce">Its text; null: nothing of it is in force.</param>
public sealed record DriftedFile(string Path, ChangedIn Where, string? Folder, string? InForce)
{
    /// <summary>What taking the folder's would change.</summary>
    public IReadOnlyList<Difference> Changes => ContentDifferences.Between(Only(InForce), Only(Folder));

    /// <summary>Stands for both texts: who decides has seen these.</summary>
    public string Seen => VersionStore.Hash($"{(Folder is null ? "" : VersionStore.Hash(Folder))}/{(InForce is null ? "" : VersionStore.Hash(InForce))}");

    public override string ToString() => $"{Path}: {Where switch
    {
        ChangedIn.Folder => "只在文件夹中改过 (changed in the folder)",
        ChangedIn.Browser => "只在网页上改过 (changed in a browser)",
        _ => "两边都改过，等人决定 (changed in both, somebody has to decide)",
    }}";

    private Dictionary<string, string> Only(string? text) => text is null ? [] : new Dictionary<string, string> { [Path] = text };
}

/// <summary>How far the content folder and what is in force are apart.</summary>
public static class ContentDrift
{
    /// <inheritdoc cref="ThreeWay.Of"/>
    public static IReadOnlyList<DriftedFile> Of(IReadOnlyDictionary<string, string> folder, IReadOnlyDictionary<string, string>? synced, IReadOnlyDictionary<string, string> inForce)
    {
        var compared = ThreeWay.Of(folder, synced, inForce);
        return
        [
            .. compared.InFolder.Union(compared.InForce).Order(StringComparer.Ordinal)
                .Select(path => new DriftedFile(
                    path, compared.Conflicts.Contains(path) ? ChangedIn.Both : compared.InFolder.Contains(path) ? ChangedIn.Folder : ChangedIn.Browser, folder.GetValueOrDefault(path), inForce.GetValueOrDefault(path)))
                .Where(file => file.Folder != file.InForce),
        ];
    }
}
