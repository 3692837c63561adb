using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Storage.Tests.Support;

/// <summary>A small disk of its own, mounted at a folder. Only root may mount.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _folder;

    public SmallDisk(string folder, int megabytes)
    {
        _folder = folder;
        Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=0755", "tmpfs", folder);
    }

    /// <summary>Writes until nothing fits any more; the file that took the room.</summary>
    public string Fill()
    {
        var ballast = Path.Combine(_folder, "ballast");
        using var stream = new FileStream(ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[4096];
        try
        {
            while (true)
            {
                stream.Write(block);
            }
        }
        catch (IOException)
        {
            return ballast;
        }
    }

    public void MakeReadOnly() => Run("mount", "-o", "remount,ro", _folder);

    public void Dispose() => Run("umount", "-l", _folder);

    private static void Run(string program, params string[] arguments)
    {
        var (exit, output) = Programs.Run(program, arguments);
        Assert.True(exit == 0, output);
    }
}

/// <summary>A fact about what only root can arrange: mounted disks, folders closed to the server's account.</summary>
internal sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (!Posix.IsRoot)
        {
            Skip = "Only root can arrange this.";
        }
        else if (Programs.Run("unshare", ["-m", "true"]).Exit != 0)
        {
            Skip = "This container may not mount.";
        }
    }
}
