using System.Diagnostics;
using System.Text;
using WorkflowEngine.Host.Serving;

namespace WorkflowEngine.Host.Tests.Support;

/// <summary>The executable as a process of its own, as a person starts it.</summary>
public sealed class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly Task<string> _errors;

    private HostProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public static HostProcess Start(params string[] arguments) => Start(new Dictionary<string, string>(), arguments);

    /// <param name="environment">What the process finds in its environment besides ours.</param>
    public static HostProcess Start(IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        Start(typeof(HostSettings).Assembly.Location, environment, arguments);

    /// <param name="program">The host's assembly, of this build or another.</param>
    public static HostProcess Start(string program, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.ArgumentList.Add(program);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new HostProcess(Process.Start(start)!);
    }

    /// <summary>Runs to the end.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string input, params string[] arguments)
    {
        await using var host = Start(arguments);
        await host._process.StandardInput.WriteAsync(input);
        host._process.StandardInput.Close();
        var output = await host._process.StandardOutput.ReadToEndAsync();
        using var limit = new CancellationTokenSource(Patience);
        await host._process.WaitForExitAsync(limit.Token);
        return (host._process.ExitCode, output, await host._errors);
    }

    /// <summary>Reads standard output up to the first line that begins so.</summary>
    public async Task<string> LineAsync(string beginning)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (await _process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            _output.AppendLine(line);
            if (line.StartsWith(beginning, StringComparison.Ordinal)) return line[beginning.Length..].Trim();
        }

        throw new InvalidOperationException($"The host ended before it said '{beginning}'. Output: {_output} Errors: {await _errors}");
    }

    public int Id => _process.Id;

    /// <summary>Everything it wrote to standard error, when it has ended.</summary>
    public Task<string> Errors => _errors;

    /// <summary>Ends when the process has, whoever ended it.</summary>
    public Task ExitedAsync() => _process.WaitForExitAsync();

    /// <summary>What was read so far.</summary>
    public string Output => _output.ToString();

    /// <summary>As <c>kill -9</c>.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async Task<int> StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync();
        }

        using var limit = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
    }
}
