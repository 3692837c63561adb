namespace WorkflowEngine.Storage.Postgres;

/// <summary>
/// The server's log, copied away segment by segment as it is written: with a base backup before it, the database can be had as of any instant. Segments are
/// packed, because one that is closed after a minute is mostly empty.
/// </summary>
internal static class WalArchive
{
    /// <summary>Under the backup folder.</summary>
    public const string Name = "wal";

    /// <summary>What happened is in the archive this many seconds later at the most, whether or not the segment is full.</summary>
    private const int LongestGap = 60;

    /// <summary>Makes the archive of a backup folder for the server's account and returns it.</summary>
    /// <exception cref="DataFolderException">The server's account cannot get there.</exception>
    public static string Prepare(string backupFolder, Account? account)
    {
        var folder = Path.GetFullPath(backupFolder);
        if (!Directory.Exists(folder))
        {
            // The server's account passes, nobody else looks.
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        }

        if (account is not null && !ClusterFolder.CanTraverse(folder))
        {
            throw new DataFolderException(
                $"备份目录 {folder} 的上级目录不允许账号 {account.Name} 进入，数据库无法在其中归档日志。请另选目录，或对各级目录执行 chmod o+x。",
                $"The server's account {account.Name} cannot get to the backup folder {folder} to archive its log. Choose another folder, or chmod o+x those above it.");
        }

        var archive = Path.Combine(folder, Name);
        ClusterFolder.MakePrivate(archive, account);
        return archive;
    }

    /// <summary>Settings of a server that archives. A segment that is there already must be the same: another database's archive is never written over.</summary>
    public static string[] Settings(string archive)
    {
        var file = $"{Quoted(archive)}/%f.gz";
        return
        [
            "archive_mode=on",
            $"archive_timeout={LongestGap}",
            $"archive_command=if [ -e {file} ]; then gzip -dc {file} | cmp -s - %p; else gzip -c %p > {file}.part && sync {file}.part && mv {file}.part {file}; fi",
        ];
    }

    /// <summary>Settings of a server that reads a backup folder's archive and, behind its end, the log of a server that is gone.</summary>
    /// <param name="lastWal">Its folder <c>pg_wal</c>, if that is left.</param>
    public static string RestoreCommand(string archive, string? lastWal)
    {
        var file = $"{Quoted(archive)}/%f.gz";
        var rest = lastWal is null ? "false" : $"cp {Quoted(lastWal)}/%f \"%p\"";
        return $"restore_command=if [ -e {file} ]; then gzip -dc {file} > \"%p\"; else {rest}; fi";
    }

    /// <summary>For the shell, and for the server, to which a percent sign begins a placeholder.</summary>
    private static string Quoted(string path) => $"'{path.Replace("'", "'\\''", StringComparison.Ordinal).Replace("%", "%%", StringComparison.Ordinal)}'";
}
