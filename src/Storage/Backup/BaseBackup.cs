using System.Globalization;
using System.Security.Cryptography;
using Npgsql;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Sealing;

namespace WorkflowEngine.Storage.Backup;

/// <summary>A finished backup.</summary>
public sealed record TakenBackup(string Folder, BackupManifest Manifest);

/// <summary>
/// A copy of the whole cluster while it works, by PostgreSQL's low-level interface (pg_backup_start, copy, pg_backup_stop): the npm package has no pg_basebackup.
/// It holds the log that it needs, so it can be restored by itself; with the archive, to any instant after it.
/// </summary>
public static class BaseBackup
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const string Wal = "pg_wal";

    /// <summary>Whose content belongs to the running server and is made anew by the next one.</summary>
    private static readonly string[] EmptyFolders = [Wal, "pg_dynshmem", "pg_notify", "pg_replslot", "pg_serial", "pg_snapshots", "pg_stat_tmp", "pg_subtrans"];

    private static readonly string[] LeftOut = ["postmaster.pid", "postmaster.opts", "backup_label", "backup_label.old", "tablespace_map", "tablespace_map.old", "recovery.signal", "standby.signal"];

    /// <summary>Copies the private cluster of a data folder into a new folder below <paramref name="to"/>, whether a host runs on it or not.</summary>
    /// <exception cref="DataFolderException">There is none, or it cannot be started.</exception>
    public static async Task<TakenBackup> TakeAsync(StorageOptions options, string to, TimeProvider systemClock, Microsoft.Extensions.Logging.ILogger log, CancellationToken ct)
    {
        if (options.ConnectionString is not null)
        {
            throw new DataFolderException(
                "ConnectionStrings__Default 指定了外部数据库服务器，请用该服务器自己的工具备份（docs/operations/backup.zh.md）。",
                "ConnectionStrings__Default names a server: back it up with its own tools (docs/operations/backup.zh.md).");
        }

        var cluster = ClusterFolder.RealPath(Path.Combine(Path.GetFullPath(options.DataFolder), "postgres"));
        if (!File.Exists(Path.Combine(cluster, "PG_VERSION")))
        {
            throw new DataFolderException($"数据目录 {options.DataFolder} 中没有数据库。", $"There is no database in the data folder {options.DataFolder}.");
        }

        if (EmbeddedPostgres.ConnectionTo(options.DataFolder) is { } running)
        {
            return await TakeAsync(running, cluster, MasterKey.Read(options), to, systemClock, ct);
        }

        await using var server = await EmbeddedPostgres.StartAsync(options, systemClock, log, ct);
        return await TakeAsync(server.ConnectionString, cluster, MasterKey.Read(options), to, systemClock, ct);
    }

    private static async Task<TakenBackup> TakeAsync(string connectionString, string cluster, MasterKey key, string to, TimeProvider systemClock, CancellationToken ct)
    {
        // One session from start to stop; the server ends the backup when it is lost.
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, CommandTimeout = 0 }.ConnectionString);
        await connection.OpenAsync(ct);
        var startedAt = systemClock.GetUtcNow();
        var folder = BackupManifest.FolderOf(to, startedAt);
        var copy = Path.Combine(folder, "cluster");
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!, Private);
        Directory.CreateDirectory(folder, Private);
        Directory.CreateDirectory(copy, Private);

        // The slot keeps the log that is written meanwhile from being thrown away; it is gone with the session.
        await connection.RunAsync($"select pg_create_physical_replication_slot('backup_{startedAt.ToUnixTimeMilliseconds()}', true, true)", ct);
        var first = await connection.ScalarAsync<string>("select pg_walfile_name(pg_backup_start('workflow', fast => true))", ct);
        var files = new List<BackupFile>();
        await CopyAsync(cluster, copy, "", files, ct);
        var isArchived = await connection.ScalarAsync<bool>("select current_setting('archive_mode') = 'on'", ct);
        var last = await StopAsync(connection, copy, isArchived, files, ct);
        foreach (var segment in Directory.GetFiles(Path.Combine(cluster, Wal)).Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal).Where(name => IsNeeded(name, first, last)))
        {
            files.Add(await CopyFileAsync(Path.Combine(cluster, Wal, segment), Path.Combine(copy, Wal, segment), $"{Wal}/{segment}", ct));
        }

        Flush(folder);
        var manifest = new BackupManifest(
            BackupManifest.CurrentFormat, startedAt, systemClock.GetUtcNow(), connection.ServerVersion,
            await connection.ScalarAsync<int>("select max(version) from migrations", ct), key.Fingerprint(), isArchived, files);
        manifest.WriteTo(folder);
        Flush(folder);
        return new TakenBackup(folder, manifest);
    }

    /// <summary>Ends the backup and returns the name of the last segment that it needs.</summary>
    private static async Task<string> StopAsync(NpgsqlConnection connection, string copy, bool isArchived, List<BackupFile> files, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select labelfile, spcmapfile, pg_walfile_name(lsn) from pg_backup_stop(wait_for_archive => $1)", connection) { Parameters = { new() { Value = isArchived } } };
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        if (reader.GetString(1).Length > 0)
        {
            throw new DataFolderException("数据库使用了表空间，本命令不能备份。", "The database has tablespaces, which this verb does not back up.");
        }

        var label = Path.Combine(copy, "backup_label");
        ClusterFolder.WritePrivate(label, reader.GetString(0));
        files.Add(new BackupFile("backup_label", new FileInfo(label).Length, Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(label, ct)))));
        return reader.GetString(2);
    }

    private static async Task CopyAsync(string source, string target, string below, List<BackupFile> files, CancellationToken ct)
    {
        foreach (var file in Directory.GetFiles(source))
        {
            var name = Path.GetFileName(file);
            if ((below.Length == 0 && LeftOut.Contains(name)) || name.StartsWith("pgsql_tmp", StringComparison.Ordinal) || name == "pg_internal.init")
            {
                continue;
            }

            try
            {
                files.Add(await CopyFileAsync(file, Path.Combine(target, name), Path.Combine(below, name), ct));
            }
            catch (FileNotFoundException)
            {
                // A table that was dropped meanwhile. The log says so too.
            }
        }

        foreach (var folder in Directory.GetDirectories(source))
        {
            var name = Path.GetFileName(folder);
            if (name.StartsWith("pgsql_tmp", StringComparison.Ordinal))
            {
                continue;
            }

            Directory.CreateDirectory(Path.Combine(target, name), Private);
            if (below.Length == 0 && EmptyFolders.Contains(name))
            {
                // The server wants these to be there.
                foreach (var inner in Directory.GetDirectories(folder).Where(_ => name == Wal)) Directory.CreateDirectory(Path.Combine(target, name, Path.GetFileName(inner)), Private);
                continue;
            }

            await CopyAsync(folder, Path.Combine(target, name), Path.Combine(below, name), files, ct);
        }
    }

    /// <summary>Pages may be torn while the server writes them: the log that comes along holds them whole.</summary>
    internal static async Task<BackupFile> CopyFileAsync(string source, string target, string name, CancellationToken ct)
    {
        await using var from = new FileStream(source, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        await using var into = new FileStream(target, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        var bytes = 0L;
        while (await from.ReadAsync(buffer, ct) is > 0 and var read)
        {
            hash.AppendData(buffer, 0, read);
            await into.WriteAsync(buffer.AsMemory(0, read), ct);
            bytes += read;
        }

        return new BackupFile(name, bytes, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>Names of segments: timeline (8 digits), then the place in the log (16), which orders them.</summary>
    private static bool IsNeeded(string name, string first, string last) =>
        name.Length == 24 && name.All(char.IsAsciiHexDigitUpper)
            ? string.CompareOrdinal(name, first) >= 0 && string.CompareOrdinal(name, last) <= 0
            : name.EndsWith(".history", StringComparison.Ordinal);

    /// <summary>One call for the whole disk: a call for each of a thousand small files would wait for it a thousand times.</summary>
    private static void Flush(string folder)
    {
        var (exit, output) = Programs.Run("sync", ["-f", folder]);
        if (exit != 0)
        {
            throw new IOException(string.Create(CultureInfo.InvariantCulture, $"sync -f {folder}: {output}"));
        }
    }
}
