using WorkflowEngine.Storage.Content;

namespace WorkflowEngine.Host.ContentSync;

/// <summary>
/// The content folder beside what is in force, both compared with the folder as it last came into force. What only one of the two has changed is a change; what both have
/// changed, each in its own way, is for a person to decide.
/// </summary>
/// <param name="InFolder">Files that were changed, added or removed in the folder since.</param>
/// <param name="InForce">Files that were changed, added or removed in a browser since.</param>
/// <param name="Conflicts">Files of both lists whose texts differ.</param>
/// <param name="Merged">What is in force with the changes of the folder that are no conflicts.</param>
public sealed record ThreeWay(IReadOnlyList<string> InFolder, IReadOnlyList<string> InForce, IReadOnlyList<string> Conflicts, IReadOnlyDictionary<string, string> Merged)
{
    /// <summary>The folder says the same as what is in force.</summary>
    public bool IsSame => InFolder.Count == 0 && InForce.Count == 0;

    /// <param name="folder">Texts by path.</param>
    /// <param name="synced">Hashes of the folder's texts as they last came into force (<see cref="VersionStore.SyncedAsync"/>); null: what is in force came from the folder.</param>
    /// <param name="inForce">Texts by path.</param>
    public static ThreeWay Of(IReadOnlyDictionary<string, string> folder, IReadOnlyDictionary<string, string>? synced, IReadOnlyDictionary<string, string> inForce)
    {
        synced ??= inForce.ToDictionary(file => file.Key, file => VersionStore.Hash(file.Value));
        var paths = folder.Keys.Union(inForce.Keys).Union(synced.Keys).Order(StringComparer.Ordinal).ToList();
        var changedInFolder = paths.Where(path => HashOf(folder, path) != synced.GetValueOrDefault(path)).ToList();
        var changedInForce = paths.Where(path => HashOf(inForce, path) != synced.GetValueOrDefault(path)).ToList();
        var conflicts = changedInFolder.Intersect(changedInForce).Where(path => folder.GetValueOrDefault(path) != inForce.GetValueOrDefault(path)).ToList();
        var merged = new Dictionary<string, string>(inForce, StringComparer.Ordinal);
        foreach (var path in changedInFolder.Except(conflicts))
        {
            if (folder.TryGetValue(path, out var text)) merged[path] = text;
            else merged.Remove(path);
        }

        return new ThreeWay(changedInFolder, changedInForce, conflicts, merged);
    }

    private static string? HashOf(IReadOnlyDictionary<string, string> files, string path) => files.TryGetValue(path, out var text) ? VersionStore.Hash(text) : null;
}
