using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace WorkflowEngine.Storage.Postgres;

/// <summary>The running postgres process.</summary>
internal sealed class ServerProcess
{
    private const int RememberedLines = 60;

    private readonly Process _process;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly Queue<string> _lines = new();
    private readonly TaskCompletionSource<bool> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(Process process, ILogger log)
    {
        _process = process;
        _log = log;
    }

    public int Id => _process.Id;

    public Task Exited => _exited.Task;

    /// <summary>What it wrote last.</summary>
    public string Output
    {
        get
        {
            lock (_gate)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    /// <summary>
    /// Starts the command from a thread of its own that then waits for it. The death signal belongs to the thread that started the child, and a pool
    /// thread may end at any time.
    /// </summary>
    public static ServerProcess Start(string[] command, string folder, ILogger log)
    {
        var started = new TaskCompletionSource<ServerProcess>(TaskCreationOptions.RunContinuationsAsynchronously);
        var keeper = new Thread(() =>
        {
            ServerProcess server;
            try
            {
                server = new ServerProcess(new Process { StartInfo = Programs.Describe(command[0], command[1..], folder) }, log);
                server.Begin();
            }
            catch (Exception problem) when (problem is System.ComponentModel.Win32Exception or InvalidOperationException)
            {
                started.SetException(new DataFolderException(
                    $"无法运行 {command[0]}：{problem.Message} 请安装 util-linux。", $"Cannot run {command[0]}: {problem.Message} Install util-linux.", problem));
                return;
            }

            started.SetResult(server);
            server.Keep();
        })
        {
            IsBackground = true,
            Name = "PostgreSQL keeper",
        };
        keeper.Start();
#pragma warning disable VSTHRD002 // Starting a process takes a moment and must not be torn from its thread.
        return started.Task.GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
    }

    /// <summary>True when it accepts connections, false when it ended instead.</summary>
    public Task<bool> ReadyAsync(CancellationToken ct) => _ready.Task.WaitAsync(ct);

    /// <summary>Fast shutdown; after 20 s an immediate one, after 5 more the end.</summary>
    public async Task StopAsync(TimeProvider clock)
    {
        foreach (var (signal, patience) in ((int, int)[])[(Posix.Interrupt, 20), (Posix.Quit, 5), (Posix.Kill, 5)])
        {
            if (_exited.Task.IsCompleted)
            {
                return;
            }

            Posix.Signal(_process.Id, signal);
            try
            {
                await _exited.Task.WaitAsync(TimeSpan.FromSeconds(patience), clock);
            }
            catch (TimeoutException)
            {
                _log.LogWarning("PostgreSQL {Pid} has not stopped after {Seconds} s.", _process.Id, patience);
            }
        }
    }

    private void Begin()
    {
        _process.OutputDataReceived += (_, line) => Remember(line.Data);
        _process.ErrorDataReceived += (_, line) => Remember(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _process.StandardInput.Close();
    }

    private void Keep()
    {
        // Also waits for the last lines to be read.
        _process.WaitForExit();
        _ready.TrySetResult(false);
        _exited.TrySetResult();
    }

    private void Remember(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_gate)
        {
            _lines.Enqueue(line);
            if (_lines.Count > RememberedLines)
            {
                _lines.Dequeue();
            }
        }

        _log.LogDebug("postgres: {Line}", line);
        if (line.Contains("database system is ready to accept connections", StringComparison.Ordinal))
        {
            _ready.TrySetResult(true);
        }
    }
}
