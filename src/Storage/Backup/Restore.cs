using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Sealing;

namespace WorkflowEngine.Storage.Backup;

/// <summary>What is to be restored.</summary>
/// <param name="From">The backup folder: base backups, and the archived log if there is one.</param>
/// <param name="At">System time; what was committed later is not there. Null: everything that the archive holds.</param>
/// <param name="LastWal">The folder <c>pg_wal</c> of the server that is gone: what it had not archived yet. Null: it is lost.</param>
public sealed record RestoreRequest(string From, DateTimeOffset? At, string? LastWal);

/// <param name="Base">The base backup it began with.</param>
/// <param name="LastCommit">When the last transaction that is there was committed, system time; null: none after the backup.</param>
/// <param name="UndecidedMail">Mails that may have been sent after that and wait for a decision.</param>
public sealed record RestoredData(BackupManifest Base, DateTimeOffset? LastCommit, int UndecidedMail);

/// <summary>
/// Makes a data folder out of a backup: the base backup, and from the archived log whatever was committed up to the wanted instant. Ends with the epoch of mail and
/// requests raised, so that nothing that was sent after the instant is sent again (ADR 0014).
/// </summary>
public static class Restore
{
    private static readonly TimeSpan ChinaTime = TimeSpan.FromHours(8);

    /// <param name="options">The new data folder, which is empty or not there; the master key, or a folder into which it has been put.</param>
    /// <exception cref="DataFolderException">A person has to do something about it; nothing that was there has been changed.</exception>
    public static async Task<RestoredData> RunAsync(StorageOptions options, RestoreRequest request, MasterKey key, TimeProvider systemClock, ILogger log, CancellationToken ct)
    {
        var folder = Path.GetFullPath(options.DataFolder);
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            throw new DataFolderException($"目录 {folder} 不是空的。恢复不会覆盖已有数据：请用 --data 指定一个新目录。", $"The folder {folder} is not empty. A restore writes over nothing: name a new folder with --data.");
        }

        var (backup, manifest) = Choose(request);
        if (key.Fingerprint() != manifest.MasterKey)
        {
            throw new DataFolderException(
                "主密钥不是该备份的主密钥，密封的数据将无法打开。请用 --keys 指定保存该备份主密钥的目录，或设置 WORKFLOW_MASTER_KEY。",
                "The master key is not the one of this backup: sealed data could not be opened. Name the folder that keeps it with --keys, or set WORKFLOW_MASTER_KEY.");
        }

        var account = ClusterFolder.ServerAccount();
        var settings = Settings(request, account);
        Directory.CreateDirectory(folder);
        var cluster = Path.Combine(ClusterFolder.HomeOfCluster(folder, account), "postgres");
        try
        {
            await CopyAsync(backup, manifest, folder, cluster, account, ct);
            if (options.MasterKey is null)
            {
                key.SaveTo(folder);
            }

            RestoredData? restored = null;
            await EmbeddedPostgres.RecoverAsync(options, settings, async connection => restored = await FinishAsync(connection, folder, manifest, ct), systemClock, log, ct);
            return restored!;
        }
        catch
        {
            // Half a restore must not be taken for one. The folder was empty before.
            if (Directory.Exists(cluster)) Directory.Delete(cluster, recursive: true);
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>
    /// Raises the epoch of mail and requests by hand, after a database was restored with other tools. Hosts see by themselves when the data lies in another cluster
    /// or on another timeline; a copy of files, or of a disk, they cannot tell from the original.
    /// </summary>
    public static async Task<int> RaiseEpochAsync(Database database, CancellationToken ct)
    {
        await using var command = database.Engine.CreateCommand("update installation set outbox_epoch = outbox_epoch + 1 returning outbox_epoch");
        return (int)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>The newest base backup that was finished by the wanted instant.</summary>
    private static (string Folder, BackupManifest Manifest) Choose(RestoreRequest request)
    {
        var all = BackupManifest.In(request.From);
        if (all.Count == 0)
        {
            throw new DataFolderException($"{request.From} 中没有完整的备份。", $"There is no finished backup in {request.From}.");
        }

        var early = all.Where(backup => request.At is not { } at || backup.Manifest.FinishedAt <= at).ToList();
        if (early.Count == 0)
        {
            throw new DataFolderException(
                string.Create(CultureInfo.InvariantCulture, $"最早的备份完成于 {all[0].Manifest.FinishedAt.ToOffset(ChinaTime):yyyy-MM-dd HH:mm:ss}，不能恢复到此前的时刻。"),
                string.Create(CultureInfo.InvariantCulture, $"The oldest backup was finished at {all[0].Manifest.FinishedAt:yyyy-MM-dd HH:mm:ss} UTC; no earlier instant can be had."));
        }

        var chosen = early[^1];
        if (chosen.Manifest.Format != BackupManifest.CurrentFormat)
        {
            throw new DataFolderException($"备份 {chosen.Folder} 的格式为 {chosen.Manifest.Format}，本程序不认识。", $"The backup {chosen.Folder} has format {chosen.Manifest.Format}, which this program does not know.");
        }

        if (request.At is not null && !Directory.Exists(ArchiveOf(request)) && request.LastWal is null)
        {
            throw new DataFolderException(
                $"{request.From} 中没有归档的日志，只能恢复到备份完成的时刻：请不带 --at。",
                $"There is no archived log in {request.From}: only the state of the backup itself can be had. Leave out --at.");
        }

        return chosen;
    }

    private static string ArchiveOf(RestoreRequest request) => Path.Combine(Path.GetFullPath(request.From), WalArchive.Name);

    private static string[] Settings(RestoreRequest request, Account? account)
    {
        var archive = ArchiveOf(request);
        var lastWal = request.LastWal is { } given ? Path.GetFullPath(given) : null;
        foreach (var source in new[] { Directory.Exists(archive) ? archive : null, lastWal }.OfType<string>())
        {
            if (account is not null && Programs.Run("setpriv", [$"--reuid={account.UserId}", $"--regid={account.GroupId}", "--clear-groups", "test", "-r", source]).Exit != 0)
            {
                throw new DataFolderException(
                    $"账号 {account.Name} 不能读取 {source}，数据库无法取用其中的日志。请执行 chown -R {account.Name} {source}，并保证上级目录可以进入。",
                    $"The server's account {account.Name} cannot read {source}. Run chown -R {account.Name} {source} and make sure that the folders above can be entered.");
            }
        }

        string[] settings = ["archive_mode=off", "hot_standby=off", "recovery_target_action=promote", WalArchive.RestoreCommand(archive, lastWal)];
        return request.At is { } at ? [.. settings, $"recovery_target_time={at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture)}+00"] : settings;
    }

    /// <summary>Copies the backup and looks at every byte of it once more.</summary>
    private static async Task CopyAsync(string backup, BackupManifest manifest, string folder, string cluster, Account? account, CancellationToken ct)
    {
        ClusterFolder.MakePrivate(cluster, account);
        foreach (var source in Directory.EnumerateDirectories(Path.Combine(backup, "cluster"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            ClusterFolder.MakePrivate(Path.Combine(cluster, Path.GetRelativePath(Path.Combine(backup, "cluster"), source)), account);
        }

        foreach (var file in manifest.Files)
        {
            var target = Path.Combine(cluster, file.Path);
            if (await BaseBackup.CopyFileAsync(Path.Combine(backup, "cluster", file.Path), target, file.Path, ct) != file)
            {
                throw new DataFolderException($"备份文件 {file.Path} 已损坏（校验和不符）。请改用另一个备份。", $"The backup's file {file.Path} is damaged (its checksum differs). Use another backup.");
            }

            if (account is not null)
            {
                Posix.ChangeOwner(target, account);
            }
        }

        var signal = Path.Combine(cluster, "recovery.signal");
        ClusterFolder.WritePrivate(signal, "");
        if (account is not null)
        {
            Posix.ChangeOwner(signal, account);
        }

        if (Path.Combine(folder, "postgres") is var usual && usual != cluster)
        {
            File.CreateSymbolicLink(usual, cluster);
        }
    }

    private static async Task<RestoredData> FinishAsync(NpgsqlConnection connection, string folder, BackupManifest manifest, CancellationToken ct)
    {
        // The old password stayed with the old data folder; the hosts' logins follow from the new one when they start.
        await connection.RunAsync($"alter role {ClusterFolder.SuperUser} password '{ClusterFolder.Password(folder)}'", ct);
        await connection.RunAsync("update installation set outbox_epoch = outbox_epoch + 1", ct);
        if (await connection.ScalarAsync<bool>("select exists (select from information_schema.columns where table_name = 'installation' and column_name = 'origin')", ct))
        {
            await connection.RunAsync($"update installation set origin = {Origin.Sql}", ct);
        }

        var undecided = await connection.ScalarAsync<long>("select count(*) from outbox where status = 'pending'", ct);
        await using var command = new NpgsqlCommand("select pg_last_xact_replay_timestamp()", connection);
        var last = await command.ExecuteScalarAsync(ct) is DateTime instant ? new DateTimeOffset(instant, TimeSpan.Zero) : (DateTimeOffset?)null;
        return new RestoredData(manifest, last, (int)undecided);
    }
}
