using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;

namespace WorkflowEngine.Storage.Postgres;

/// <summary>The few system calls that .NET has no name for.</summary>
internal static class Posix
{
    public const int Interrupt = 2;
    public const int Quit = 3;
    public const int Kill = 9;

    public static bool IsRoot => GetEffectiveUserId() == 0;

    /// <summary>Sends a signal; false when there is no such process.</summary>
    public static bool Signal(int processId, int signal) => SendSignal(processId, signal) == 0;

    /// <exception cref="Win32Exception">Not allowed.</exception>
    public static void ChangeOwner(string path, Account account)
    {
        if (ChangeOwner(System.Text.Encoding.UTF8.GetBytes(path + '\0'), account.UserId, account.GroupId) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"chown {path}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <summary>An account of this machine; <c>null</c> when there is none of that name.</summary>
    public static Account? FindAccount(string name)
    {
        foreach (var line in File.ReadLines("/etc/passwd"))
        {
            var fields = line.Split(':');
            if (fields.Length > 3 && fields[0] == name)
            {
                return new Account(name, uint.Parse(fields[2], CultureInfo.InvariantCulture), uint.Parse(fields[3], CultureInfo.InvariantCulture));
            }
        }

        return null;
    }

    [DllImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint GetEffectiveUserId();

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int processId, int signal);

    [DllImport("libc", EntryPoint = "chown", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ChangeOwner(byte[] path, uint userId, uint groupId);
}

/// <summary>A user of this machine.</summary>
internal sealed record Account(string Name, uint UserId, uint GroupId);
