using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace WorkflowEngine.Storage.Postgres;

/// <summary>
/// A private PostgreSQL server under a data folder: started with the host, reached by a socket that only the host's account can open, stopped with the host.
/// One host per folder. If the host is killed, the kernel stops the server.
/// </summary>
/// <remarks>
/// Layout of the data folder: <c>host.lock</c> (held while a host runs), <c>server.password</c> (of the superuser), <c>postgres/</c> (the cluster; a link when the
/// folder lies where the server's account cannot go), <c>socket/</c> (likewise).
/// </remarks>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    /// <summary>Less free space than this explains why a new cluster (some 40 MB) could not be made.</summary>
    private const long LeastRoom = 48 * 1024 * 1024;

    /// <summary>How long the server of a killed host may take to end by itself before it is told to.</summary>
    private static readonly TimeSpan OrphanPatience = TimeSpan.FromSeconds(5);

    private readonly FileStream _lock;
    private readonly ServerProcess _server;
    private readonly string _socketFolder;
    private readonly ILogger _log;

    private EmbeddedPostgres(FileStream @lock, ServerProcess server, string socketFolder, string password, ILogger log)
    {
        _lock = @lock;
        _server = server;
        _socketFolder = socketFolder;
        _log = log;
        ConnectionString = ClusterFolder.Connection(socketFolder, password, "workflow");
    }

    /// <summary>To the database <c>workflow</c> as the server's superuser: for migrations, nothing else.</summary>
    public string ConnectionString { get; }

    /// <summary>Ends when the server has ended, wanted or not.</summary>
    public Task Stopped => _server.Exited;

    internal int ProcessId => _server.Id;

    /// <summary>Makes the cluster if there is none, and starts the server.</summary>
    /// <exception cref="DataFolderException">Another host owns the folder, it cannot be written, the disk is full, the version is another, …</exception>
    public static async Task<EmbeddedPostgres> StartAsync(StorageOptions options, TimeProvider systemClock, ILogger log, CancellationToken ct)
    {
        var folder = Path.GetFullPath(options.DataFolder);
        var hostLock = Take(folder);
        try
        {
            var account = ClusterFolder.ServerAccount();
            var cluster = Path.Combine(folder, "postgres");
            var wanted = ReadVersion(cluster);
            var binaries = PostgresBinaries.Find(options.PackageFolders, wanted);
            var password = ClusterFolder.Password(folder);
            if (wanted is null)
            {
                Initialise(binaries, folder, cluster, password, account);
            }

            var socket = ClusterFolder.SocketFolder(folder, account);
            IReadOnlyList<string> archiving = options.ArchiveFolder is { } archive ? WalArchive.Settings(WalArchive.Prepare(archive, account)) : [];
            var server = await StartServerAsync(binaries, ClusterFolder.RealPath(cluster), socket, account, archiving, systemClock, log, ct);
            try
            {
                await CreateDatabaseAsync(socket, password, ct);
                return new EmbeddedPostgres(hostLock, server, socket, password, log);
            }
            catch
            {
                await server.StopAsync(systemClock);
                throw;
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
        {
            await hostLock.DisposeAsync();
            throw Unusable(folder, problem);
        }
        catch
        {
            await hostLock.DisposeAsync();
            throw;
        }
    }

    /// <summary>To the server that a host is running on the data folder now, for who may read the folder; null when none is.</summary>
    public static string? ConnectionTo(string dataFolder)
    {
        var folder = Path.GetFullPath(dataFolder);
        var file = Path.Combine(folder, "postgres", "postmaster.pid");
        // The fifth line is the folder of the socket, which need not lie in the data folder.
        return File.Exists(file) && File.ReadAllLines(file) is [_, _, _, _, { Length: > 0 } socket, ..] && Directory.Exists(socket)
            ? ClusterFolder.Connection(socket, ClusterFolder.Password(folder), "workflow")
            : null;
    }

    /// <summary>
    /// Starts the server of a restored cluster as the only user of the folder, waits until it has taken over what the settings tell it to, and stops it when
    /// <paramref name="finish"/>, connected as the superuser, has done what is left to do.
    /// </summary>
    /// <exception cref="DataFolderException">It does not get there, or another host owns the folder.</exception>
    internal static async Task RecoverAsync(StorageOptions options, IReadOnlyList<string> settings, Func<NpgsqlConnection, Task> finish, TimeProvider systemClock, ILogger log, CancellationToken ct)
    {
        var folder = Path.GetFullPath(options.DataFolder);
        await using var hostLock = Take(folder);
        var cluster = Path.Combine(folder, "postgres");
        var account = ClusterFolder.ServerAccount();
        var binaries = PostgresBinaries.Find(options.PackageFolders, ReadVersion(cluster));
        var socket = ClusterFolder.SocketFolder(folder, account);
        try
        {
            // The password of the restored superuser is not known here: whoever runs this verb is let in by name, this once.
            var access = ClusterFolder.PeerAccess(socket, account);
            var server = await StartServerAsync(binaries, ClusterFolder.RealPath(cluster), socket, account, [.. settings, .. access], systemClock, log, ct);
            try
            {
                var connecting = new NpgsqlConnectionStringBuilder { Host = socket, Username = ClusterFolder.SuperUser, Database = "workflow", Pooling = false };
                await using var connection = new NpgsqlConnection(connecting.ConnectionString);
                await connection.OpenAsync(ct);
                await finish(connection);
            }
            finally
            {
                await server.StopAsync(systemClock);
            }
        }
        finally
        {
            Directory.Delete(socket, recursive: true);
        }
    }

    /// <summary>Stops the server (fast shutdown with a checkpoint) in bounded time and gives the folder back.</summary>
    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(TimeProvider.System);
        if (Directory.Exists(_socketFolder))
        {
            Directory.Delete(_socketFolder, recursive: true);
        }

        await _lock.DisposeAsync();
        _log.LogDebug("The embedded PostgreSQL has stopped.");
    }

    private static FileStream Take(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw Unusable(folder, problem);
        }

        var owner = Path.Combine(folder, "host.pid");
        try
        {
            // An exclusive lock that the kernel gives back when this process ends, however it ends.
            var stream = new FileStream(Path.Combine(folder, "host.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(owner, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return stream;
        }
        catch (IOException held) when (held is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException) && !IsFull(held) && !IsReadOnly(held))
        {
            var pid = File.Exists(owner) ? File.ReadAllText(owner) : "?";
            throw new DataFolderException(
                $"数据目录 {folder} 正在被另一个进程（pid {pid}）使用。一个数据目录只能由一个程序使用：请先停止它，或用 --data 指定另一个目录。",
                $"The data folder {folder} is in use by another host (pid {pid}). One host per folder: stop it first, or choose another folder with --data.",
                held);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw Unusable(folder, problem);
        }
    }

    private static int? ReadVersion(string cluster)
    {
        var file = Path.Combine(cluster, "PG_VERSION");
        if (!File.Exists(file))
        {
            if (new DirectoryInfo(cluster) is { Exists: false, LinkTarget: { } target })
            {
                throw new DataFolderException(
                    $"数据目录中的 {cluster} 指向 {target}，而后者已不存在。请从备份恢复，或删除整个数据目录后重新开始。",
                    $"{cluster} points to {target}, which is gone. Restore a backup, or delete the whole data folder to begin anew.");
            }

            return Directory.Exists(cluster) && Directory.EnumerateFileSystemEntries(cluster).Any()
                ? throw new DataFolderException(
                    $"目录 {cluster} 不是 PostgreSQL 数据目录（缺少 PG_VERSION）。请移走该目录，或用 --data 指定另一个目录。",
                    $"{cluster} is not a PostgreSQL data folder (PG_VERSION is missing). Move it away, or choose another folder with --data.")
                : null;
        }

        var text = File.ReadAllText(file).Trim();
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            ? major
            : throw new DataFolderException(
                $"{file} 的内容“{text}”不是 PostgreSQL 版本号，数据目录可能已损坏。请从备份恢复，或用 --data 指定另一个目录。",
                $"{file} says '{text}', which is not a PostgreSQL version: the data folder may be damaged. Restore a backup, or choose another folder with --data.");
    }

    /// <summary>initdb into a folder aside, then a rename: a host killed in between leaves nothing that looks like a cluster.</summary>
    private static void Initialise(PostgresBinaries binaries, string folder, string cluster, string password, Account? account)
    {
        var home = ClusterFolder.HomeOfCluster(folder, account);
        var aside = Path.Combine(home, "postgres.new");
        if (Directory.Exists(aside))
        {
            Directory.Delete(aside, recursive: true);
        }

        if (Directory.Exists(cluster))
        {
            Directory.Delete(cluster);
        }

        ClusterFolder.MakePrivate(aside, account);
        var data = Path.Combine(aside, "data");
        var passwordFile = Path.Combine(aside, "password");
        ClusterFolder.WritePrivate(passwordFile, password);
        if (account is not null)
        {
            Posix.ChangeOwner(passwordFile, account);
        }

        string[] locale = binaries.Major >= 17 ? ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"] : ["--locale=C.UTF-8"];
        var command = ClusterFolder.As(account, Path.Combine(binaries.Folder, "initdb"),
            ["-D", data, "-U", ClusterFolder.SuperUser, "--auth=scram-sha-256", $"--pwfile={passwordFile}", "--encoding=UTF8", .. locale, "--data-checksums", "--no-instructions"]);
        var (exit, output) = Programs.Run(command[0], command[1..], aside);
        File.Delete(passwordFile);
        if (exit != 0)
        {
            // Looked at before the rest is removed: on a full disk initdb may die of a signal and say nothing of space.
            var room = new DriveInfo(aside).AvailableFreeSpace;
            Directory.Delete(aside, recursive: true);
            throw room < LeastRoom ? Full(folder, null) : Explain(output, folder);
        }

        var final = Path.Combine(home, "postgres");
        Directory.Move(data, final);
        Directory.Delete(aside);
        if (final != cluster)
        {
            File.CreateSymbolicLink(cluster, final);
        }
    }

    private static async Task<ServerProcess> StartServerAsync(
        PostgresBinaries binaries, string cluster, string socket, Account? account, IReadOnlyList<string> settings, TimeProvider clock, ILogger log, CancellationToken ct)
    {
        var command = ClusterFolder.As(account, Path.Combine(binaries.Folder, "postgres"),
        [
            "-D", cluster,
            "-c", "listen_addresses=",
            "-c", $"unix_socket_directories={socket}",
            "-c", "unix_socket_permissions=0700",
            "-c", "max_connections=100",
            "-c", "log_destination=stderr",
            "-c", "logging_collector=off",
            "-c", "lc_messages=C",
            // Parameters of failed statements may hold personal data.
            "-c", "log_parameter_max_length_on_error=0",
            "-c", "log_min_error_statement=panic",
            .. settings.SelectMany(setting => new[] { "-c", setting }),
        ]);
        // setsid: Ctrl+C in a terminal is the host's to handle. --pdeathsig: a killed host takes its server along, by a fast shutdown.
        string[] chain = command[0] == "setpriv"
            ? ["setsid", "setpriv", "--pdeathsig", "INT", .. command[1..]]
            : ["setsid", "setpriv", "--pdeathsig", "INT", .. command];

        var began = clock.GetTimestamp();
        var told = false;
        while (true)
        {
            var server = ServerProcess.Start(chain, cluster, log);
            if (await server.ReadyAsync(ct))
            {
                return server;
            }

            var output = server.Output;
            if (!IsStillRunning(output))
            {
                throw Explain(output, cluster);
            }

            // We hold the host's lock, so whoever runs on the cluster is the server of a killed host, most likely on its way out.
            var orphan = Orphan(cluster);
            if (orphan is null)
            {
                DeleteStalePid(cluster);
            }
            else if (clock.GetElapsedTime(began) > OrphanPatience && !told)
            {
                log.LogWarning("The PostgreSQL server {Pid} of a killed host is still running on {Folder}; telling it to stop.", orphan, cluster);
                Posix.Signal(orphan.Value, Posix.Interrupt);
                told = true;
            }
            else if (clock.GetElapsedTime(began) > OrphanPatience * 3)
            {
                throw new DataFolderException(
                    $"上次被强行终止的程序留下的 PostgreSQL（pid {orphan}）仍在使用 {cluster} 且不肯停止。请先结束该进程。",
                    $"The PostgreSQL server (pid {orphan}) of a killed host still runs on {cluster} and does not stop. End that process first.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), clock, ct);
        }
    }

    private static bool IsStillRunning(string output) =>
        output.Contains("lock file \"postmaster.pid\" already exists", StringComparison.Ordinal)
        || output.Contains("pre-existing shared memory block", StringComparison.Ordinal);

    /// <summary>A process whose working directory is the cluster: that is how PostgreSQL's processes run.</summary>
    private static int? Orphan(string cluster)
    {
        var named = File.Exists(Path.Combine(cluster, "postmaster.pid"))
            && int.TryParse(File.ReadLines(Path.Combine(cluster, "postmaster.pid")).FirstOrDefault(), CultureInfo.InvariantCulture, out var pid) ? pid : 0;
        int? found = null;
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(process), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            {
                continue;
            }

            string? folder;
            try
            {
                folder = File.ResolveLinkTarget(Path.Combine(process, "cwd"), returnFinalTarget: false)?.FullName;
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                continue;
            }

            if (folder == cluster)
            {
                found = id == named ? id : found ?? id;
            }
        }

        return found;
    }

    /// <summary>
    /// PostgreSQL refuses to start while the process named in postmaster.pid lives, though after a crash of the machine that number may belong to
    /// anybody. No process works in the cluster and we hold the host's lock, so the file is stale.
    /// </summary>
    private static void DeleteStalePid(string cluster) => File.Delete(Path.Combine(cluster, "postmaster.pid"));

    private static async Task CreateDatabaseAsync(string socket, string password, CancellationToken ct)
    {
        var settings = new NpgsqlConnectionStringBuilder(ClusterFolder.Connection(socket, password, "postgres")) { Pooling = false };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(ct);
        if (!await connection.ScalarAsync<bool>("select exists (select from pg_database where datname = 'workflow')", ct))
        {
            await connection.RunAsync("create database workflow", ct);
        }
    }

    private static bool IsFull(Exception problem) =>
        problem.Message.Contains("No space left", StringComparison.OrdinalIgnoreCase) || (problem.HResult & 0xFFFF) == 28;

    private static bool IsReadOnly(Exception problem) => problem.Message.Contains("Read-only file system", StringComparison.OrdinalIgnoreCase);

    private static DataFolderException Unusable(string folder, Exception problem) =>
        IsFull(problem)
            ? Full(folder, problem)
            : new DataFolderException(
                $"数据目录 {folder} 无法写入：{problem.Message} 请检查目录权限，或用 --data 指定另一个目录。",
                $"The data folder {folder} cannot be written: {problem.Message} Check its permissions, or choose another folder with --data.",
                problem);

    private static DataFolderException Full(string folder, Exception? problem) => new(
        $"磁盘空间不足，数据目录 {folder} 无法使用。请清理磁盘后重新启动；已有数据没有损坏。",
        $"The disk of the data folder {folder} is full. Free some space and start again; existing data is unharmed.",
        problem);

    /// <summary>What the server's last words mean to the person who started the host.</summary>
    internal static DataFolderException Explain(string output, string folder)
    {
        if (output.Contains("No space left on device", StringComparison.Ordinal))
        {
            return Full(folder, null);
        }

        if (output.Contains("database files are incompatible with server", StringComparison.Ordinal))
        {
            return new DataFolderException(
                $"数据目录 {folder} 由另一版本的 PostgreSQL 建立：{Tail(output)}",
                $"The data folder {folder} was made by another version of PostgreSQL: {Tail(output)}");
        }

        if (output.Contains("Permission denied", StringComparison.Ordinal) || output.Contains("Read-only file system", StringComparison.Ordinal)
            || output.Contains("has wrong ownership", StringComparison.Ordinal))
        {
            return new DataFolderException(
                $"PostgreSQL 无法使用数据目录 {folder}（权限不足）：{Tail(output)} 请用建立该目录的用户运行，或用 --data 指定另一个目录。",
                $"PostgreSQL may not use the data folder {folder}: {Tail(output)} Run as the user who made it, or choose another folder with --data.");
        }

        if (output.Contains("recovery ended before configured recovery target was reached", StringComparison.Ordinal))
        {
            return new DataFolderException(
                "归档的日志没有到达所要求的时刻（其后没有已归档的提交）。请不带 --at 恢复到归档的末尾，或用 --wal 指定原数据目录的 postgres/pg_wal。",
                "The archived log ends before the wanted instant (no later commit is archived). Restore without --at to its end, or name the old data folder's postgres/pg_wal with --wal.");
        }

        return new DataFolderException($"PostgreSQL 无法启动：{Tail(output)}", $"PostgreSQL does not start: {Tail(output)}");
    }

    private static string Tail(string output)
    {
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return string.Join(" ", lines.Where(line => line.Contains("FATAL", StringComparison.Ordinal) || line.Contains("error:", StringComparison.Ordinal)
            || line.Contains("HINT", StringComparison.Ordinal) || line.Contains("PANIC", StringComparison.Ordinal)).DefaultIfEmpty(lines.LastOrDefault() ?? "").TakeLast(3));
    }
}
