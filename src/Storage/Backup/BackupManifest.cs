using System.Globalization;
using System.Text.Json;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Storage.Backup;

/// <summary>What a base backup is, written last: a folder without it is a backup that was not finished.</summary>
/// <param name="StartedAt">System time. The backup holds everything that was committed before <paramref name="FinishedAt"/> at the latest.</param>
/// <param name="Schema">The newest schema script that was applied.</param>
/// <param name="MasterKey">Fingerprint of the key that sealed values need; the key itself is kept apart.</param>
/// <param name="Archived">The log is archived as well: any later instant can be had.</param>
public sealed record BackupManifest(
    int Format, DateTimeOffset StartedAt, DateTimeOffset FinishedAt, string Server, int Schema, string MasterKey, bool Archived, IReadOnlyList<BackupFile> Files)
{
    public const int CurrentFormat = 1;

    private const string FileName = "manifest.json";
    private const string BaseFolder = "base";

    /// <summary>The folder of a new base backup, which sorts by its time.</summary>
    internal static string FolderOf(string backupFolder, DateTimeOffset startedAt) =>
        Path.Combine(Path.GetFullPath(backupFolder), BaseFolder, startedAt.UtcDateTime.ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture));

    internal void WriteTo(string folder)
    {
        var aside = Path.Combine(folder, $"{FileName}.part");
        ClusterFolder.WritePrivate(aside, JsonSerializer.Serialize(this, StoredJson.Options));
        File.Move(aside, Path.Combine(folder, FileName));
    }

    /// <summary>The finished base backups of a backup folder, oldest first.</summary>
    internal static IReadOnlyList<(string Folder, BackupManifest Manifest)> In(string backupFolder)
    {
        var bases = Path.Combine(Path.GetFullPath(backupFolder), BaseFolder);
        if (!Directory.Exists(bases))
        {
            return [];
        }

        return
        [
            .. from folder in Directory.GetDirectories(bases).Order(StringComparer.Ordinal)
               let file = Path.Combine(folder, FileName)
               where File.Exists(file)
               select (folder, StoredJson.Read<BackupManifest>(File.ReadAllText(file))),
        ];
    }
}

/// <param name="Path">Below the cluster's folder.</param>
public sealed record BackupFile(string Path, long Bytes, string Sha256);
