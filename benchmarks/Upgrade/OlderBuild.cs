using System.Diagnostics;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Bench.Upgrade;

/// <summary>The host as it was built from an earlier commit, in a work tree of its own that goes with it.</summary>
internal sealed class OlderBuild : IAsyncDisposable
{
    private readonly string _repository;

    private OlderBuild(string repository, string folder)
    {
        _repository = repository;
        Folder = folder;
    }

    /// <summary>The root of the work tree, with the content of that time.</summary>
    public string Folder { get; }

    /// <summary>The host's assembly.</summary>
    public string Program => Path.Combine(Folder, "src", "Host", "bin", "Release", "net10.0", "WorkflowEngine.Host.dll");

    /// <param name="packages">A folder with the npm packages of the host, which a work tree lacks.</param>
    /// <exception cref="InvalidOperationException">The commit is unknown, or does not build.</exception>
    public static async Task<OlderBuild> MakeAsync(string repository, string commit, string packages)
    {
        var build = new OlderBuild(repository, Path.Combine(TemporaryData.NewFolder("wf-older-"), "tree"));
        try
        {
            await RunAsync(repository, "git", "worktree", "add", "--detach", build.Folder, commit);
            Directory.CreateSymbolicLink(Path.Combine(build.Folder, "src", "Host", "node_modules"), packages);
            await RunAsync(build.Folder, "dotnet", "build", Path.Combine("src", "Host"), "-c", "Release", "-v", "quiet");
            return build;
        }
        catch
        {
            await build.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Directory.Exists(Folder)) await RunAsync(_repository, "git", "worktree", "remove", "--force", Folder);
        Directory.Delete(Path.GetDirectoryName(Folder)!, recursive: true);
    }

    private static async Task RunAsync(string folder, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {string.Concat(said)}");
    }
}
