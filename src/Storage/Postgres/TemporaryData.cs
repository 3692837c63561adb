namespace WorkflowEngine.Storage.Postgres;

/// <summary>Data folders of platforms that are thrown away: walkthroughs, tests.</summary>
public static class TemporaryData
{
    private const UnixFileMode PassedButNotRead =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>
    /// A new empty folder under the system's temporary folder. The database server's own account can get through it, so that a platform run by root keeps its cluster inside
    /// and all of it goes when the folder is deleted.
    /// </summary>
    public static string NewFolder(string prefix)
    {
        var folder = Directory.CreateTempSubdirectory(prefix);
        folder.UnixFileMode = PassedButNotRead;
        return folder.FullName;
    }
}
