using System.Globalization;
using System.Security.Cryptography;
using System.Text;
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
    private const string SuperUser = "workflow_admin";
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Of sockaddr_un.sun_path, less the terminating zero.</summary>
    private const int LongestSocketPath = 107;

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
        ConnectionString = Connection(socketFolder, password, "workflow");
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
            var account = Posix.IsRoot ? Posix.FindAccount("postgres") ?? Posix.FindAccount("nobody") : null;
            var cluster = Path.Combine(folder, "postgres");
            var wanted = ReadVersion(cluster);
            var binaries = PostgresBinaries.Find(options.PackageFolders, wanted);
            var password = Password(folder);
            if (wanted is null)
            {
                Initialise(binaries, folder, cluster, password, account);
            }

            var socket = SocketFolder(folder, account);
            var server = await StartServerAsync(binaries, RealPath(cluster), socket, account, systemClock, log, ct);
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

    /// <summary>The superuser's password: made once, readable by the host's account alone.</summary>
    private static string Password(string folder)
    {
        var file = Path.Combine(folder, "server.password");
        if (!File.Exists(file))
        {
            WritePrivate(file, RandomNumberGenerator.GetHexString(48, lowercase: true));
        }

        return File.ReadAllText(file).Trim();
    }

    private static void WritePrivate(string file, string text)
    {
        using var stream = new FileStream(file, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        stream.Write(Encoding.UTF8.GetBytes(text));
        stream.Flush(flushToDisk: true);
    }

    /// <summary>initdb into a folder aside, then a rename: a host killed in between leaves nothing that looks like a cluster.</summary>
    private static void Initialise(PostgresBinaries binaries, string folder, string cluster, string password, Account? account)
    {
        var home = HomeOfCluster(folder, account);
        var aside = Path.Combine(home, "postgres.new");
        if (Directory.Exists(aside))
        {
            Directory.Delete(aside, recursive: true);
        }

        if (Directory.Exists(cluster))
        {
            Directory.Delete(cluster);
        }

        MakePrivate(aside, account);
        var data = Path.Combine(aside, "data");
        var passwordFile = Path.Combine(aside, "password");
        WritePrivate(passwordFile, password);
        if (account is not null)
        {
            Posix.ChangeOwner(passwordFile, account);
        }

        string[] locale = binaries.Major >= 17 ? ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"] : ["--locale=C.UTF-8"];
        var command = As(account, Path.Combine(binaries.Folder, "initdb"),
            ["-D", data, "-U", SuperUser, "--auth=scram-sha-256", $"--pwfile={passwordFile}", "--encoding=UTF8", .. locale, "--data-checksums", "--no-instructions"]);
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

    /// <summary>
    /// Where the cluster goes: into the data folder, or, when root's server account cannot get there (a clone under /root), beside it in /var/lib under the folder's own id.
    /// </summary>
    private static string HomeOfCluster(string folder, Account? account)
    {
        if (account is null || CanTraverse(folder))
        {
            return folder;
        }

        var idFile = Path.Combine(folder, "cluster.id");
        if (!File.Exists(idFile))
        {
            WritePrivate(idFile, Guid.NewGuid().ToString("N"));
        }

        var home = Path.Combine("/var/lib/workflow-engine", File.ReadAllText(idFile).Trim());
        Directory.CreateDirectory(home);
        return home;
    }

    private static bool CanTraverse(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            if (!File.GetUnixFileMode(at.FullName).HasFlag(UnixFileMode.OtherExecute))
            {
                return false;
            }
        }

        return true;
    }

    private static string RealPath(string path) => new DirectoryInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;

    private static string SocketFolder(string folder, Account? account)
    {
        var socket = Path.Combine(folder, "socket");
        var length = Encoding.UTF8.GetByteCount(socket) + "/.s.PGSQL.5432".Length;
        if (length > LongestSocketPath || (account is not null && !CanTraverse(folder)))
        {
            // mkdtemp's promise by hand: a name nobody can guess, made by us, open to nobody else.
            socket = Path.Combine("/tmp", $"wfe-{RandomNumberGenerator.GetHexString(16, lowercase: true)}");
        }

        MakePrivate(socket, account);
        return socket;
    }

    private static void MakePrivate(string path, Account? account)
    {
        Directory.CreateDirectory(path, Private);
        File.SetUnixFileMode(path, Private);
        if (account is not null)
        {
            Posix.ChangeOwner(path, account);
        }
    }

    /// <summary>The command, run by the account when there is one.</summary>
    private static string[] As(Account? account, string program, string[] arguments) =>
        account is null
            ? [program, .. arguments]
            : ["setpriv", $"--reuid={account.UserId}", $"--regid={account.GroupId}", "--clear-groups", "--inh-caps=-all", program, .. arguments];

    private static async Task<ServerProcess> StartServerAsync(
        PostgresBinaries binaries, string cluster, string socket, Account? account, TimeProvider clock, ILogger log, CancellationToken ct)
    {
        var command = As(account, Path.Combine(binaries.Folder, "postgres"),
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
        var settings = new NpgsqlConnectionStringBuilder(Connection(socket, password, "postgres")) { Pooling = false };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(ct);
        if (!await connection.ScalarAsync<bool>("select exists (select from pg_database where datname = 'workflow')", ct))
        {
            await connection.RunAsync("create database workflow", ct);
        }
    }

    private static string Connection(string socketFolder, string password, string database) =>
        new NpgsqlConnectionStringBuilder { Host = socketFolder, Username = SuperUser, Password = password, Database = database }.ConnectionString;

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

        return new DataFolderException($"PostgreSQL 无法启动：{Tail(output)}", $"PostgreSQL does not start: {Tail(output)}");
    }

    private static string Tail(string output)
    {
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return string.Join(" ", lines.Where(line => line.Contains("FATAL", StringComparison.Ordinal) || line.Contains("error:", StringComparison.Ordinal)
            || line.Contains("HINT", StringComparison.Ordinal) || line.Contains("PANIC", StringComparison.Ordinal)).DefaultIfEmpty(lines.LastOrDefault() ?? "").TakeLast(3));
    }
}
