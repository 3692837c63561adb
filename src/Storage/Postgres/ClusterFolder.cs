using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace WorkflowEngine.Storage.Postgres;

/// <summary>Where a private cluster lies, who runs it, and how it is reached.</summary>
internal static class ClusterFolder
{
    public const string SuperUser = "workflow_admin";

    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Of sockaddr_un.sun_path, less the terminating zero.</summary>
    private const int LongestSocketPath = 107;

    /// <summary>Who runs the server: PostgreSQL refuses root. Null: the account of this process.</summary>
    public static Account? ServerAccount() => Posix.IsRoot ? Posix.FindAccount("postgres") ?? Posix.FindAccount("nobody") : null;

    /// <summary>The superuser's password: made once, readable by the host's account alone.</summary>
    public static string Password(string folder)
    {
        var file = Path.Combine(folder, "server.password");
        if (!File.Exists(file))
        {
            WritePrivate(file, RandomNumberGenerator.GetHexString(48, lowercase: true));
        }

        return File.ReadAllText(file).Trim();
    }

    public static void WritePrivate(string file, string text)
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

    /// <summary>
    /// Where the cluster goes: into the data folder, or, when root's server account cannot get there (a clone under /root), beside it in /var/lib under the folder's own id.
    /// </summary>
    public static string HomeOfCluster(string folder, Account? account)
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

    public static bool CanTraverse(string folder)
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

    public static string RealPath(string path) => new DirectoryInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;

    public static string SocketFolder(string folder, Account? account)
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

    public static void MakePrivate(string path, Account? account)
    {
        Directory.CreateDirectory(path, Private);
        File.SetUnixFileMode(path, Private);
        if (account is not null)
        {
            Posix.ChangeOwner(path, account);
        }
    }

    /// <summary>The command, run by the account when there is one.</summary>
    public static string[] As(Account? account, string program, string[] arguments) =>
        account is null
            ? [program, .. arguments]
            : ["setpriv", $"--reuid={account.UserId}", $"--regid={account.GroupId}", "--clear-groups", "--inh-caps=-all", program, .. arguments];

    /// <summary>Server settings that let the account of this process in as the superuser, by the socket alone.</summary>
    public static string[] PeerAccess(string socketFolder, Account? account)
    {
        var (access, names) = (Path.Combine(socketFolder, "access.conf"), Path.Combine(socketFolder, "names.conf"));
        WritePrivate(access, $"local all {SuperUser} peer map=restore\n");
        WritePrivate(names, $"restore {Environment.UserName} {SuperUser}\n");
        if (account is not null)
        {
            Posix.ChangeOwner(access, account);
            Posix.ChangeOwner(names, account);
        }

        return [$"hba_file={access}", $"ident_file={names}"];
    }

    public static string Connection(string socketFolder, string password, string database) =>
        new NpgsqlConnectionStringBuilder { Host = socketFolder, Username = SuperUser, Password = password, Database = database }.ConnectionString;
}
