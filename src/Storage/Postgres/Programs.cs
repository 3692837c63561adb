using System.Diagnostics;

namespace WorkflowEngine.Storage.Postgres;

/// <summary>Runs a short-lived program and waits for it.</summary>
internal static class Programs
{
    /// <summary>The exit code, and what it wrote to both streams.</summary>
    public static (int Exit, string Output) Run(string program, IReadOnlyList<string> arguments, string? folder = null)
    {
        using var process = Process.Start(Describe(program, arguments, folder))!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
#pragma warning disable VSTHRD002 // The process has ended, so its stream has too.
        return (process.ExitCode, output + errors.Result);
#pragma warning restore VSTHRD002
    }

    public static ProcessStartInfo Describe(string program, IReadOnlyList<string> arguments, string? folder)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
            WorkingDirectory = folder ?? "/",
        };
        // Messages are matched below, so they must be in one language.
        start.Environment["LC_ALL"] = "C";
        return start;
    }
}
