using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using WorkflowEngine.Host.Tests.Support;

namespace WorkflowEngine.Bench.Chaos;

/// <summary>
/// One of the hosts: the real executable as a process of its own at an address that it keeps, started again whenever it has ended, as a service manager does.
/// </summary>
internal sealed class RigHost : IAsyncDisposable
{
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly string[] _arguments;
    private readonly string _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private string _program;
    private HostProcess? _process;
    private TaskCompletionSource _up = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _killed;
    private Task _kept = Task.CompletedTask;

    /// <param name="program">The assembly that it is started from.</param>
    public RigHost(string name, string program, IReadOnlyDictionary<string, string> environment, string folder)
    {
        Name = name;
        _program = program;
        Address = new Uri($"http://127.0.0.1:{FreePort()}");
        _environment = environment;
        _arguments = ["serve", "--urls", Address.ToString().TrimEnd('/'), "--data", Path.Combine(folder, name)];
        _log = Path.Combine(folder, $"{name}.log");
    }

    public string Name { get; }

    public Uri Address { get; }

    /// <summary>It serves, and does not stand still.</summary>
    public bool IsUp => Up.IsCompleted && !IsFrozen;

    public bool IsFrozen { get; private set; }

    /// <summary>Times it ended although nobody killed it, after it had begun to serve.</summary>
    public int EndedByItself { get; private set; }

    public int Starts { get; private set; }

    /// <summary>From the start of the process to its first line about serving.</summary>
    public List<TimeSpan> StartTimes { get; } = [];

    /// <summary>Ends when the host that runs now, or the next one, serves.</summary>
    private Task Up
    {
        get
        {
            lock (_gate) return _up.Task;
        }
    }

    /// <summary>The first start, which fills the database. Returns what the host printed.</summary>
    public async Task<string> FillAsync(string contentRoot)
    {
        var publishing = new Dictionary<string, string>(_environment) { ["Content__Files"] = "publish" };
        await using var filling = HostProcess.Start(_program, publishing, [.. _arguments, "--demo", "--content", contentRoot]);
        await filling.LineAsync("Listening on ");
        await filling.StopAsync();
        return filling.Output;
    }

    /// <summary>Keeps the host running from now on. What was published is in force; the folder is not read at each start.</summary>
    public void Keep() => _kept = KeepAsync();

    public Task UntilUpAsync(TimeSpan patience) => Up.WaitAsync(patience);

    /// <summary>As <c>kill -9</c>.</summary>
    public async Task KillAsync()
    {
        HostProcess? process;
        lock (_gate)
        {
            process = _process;
            _killed = true;
            if (_up.Task.IsCompleted) _up = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        if (process is not null) await process.KillAsync();
    }

    /// <summary>As an operator upgrades it: told to stop, and started again from another build.</summary>
    public async Task ExchangeAsync(string program)
    {
        _program = program;
        HostProcess process;
        lock (_gate)
        {
            process = _process ?? throw new InvalidOperationException($"{Name} does not run.");
            _killed = true;
            if (_up.Task.IsCompleted) _up = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        await process.StopAsync();
    }

    public async Task FreezeAsync()
    {
        IsFrozen = true;
        await SignalAsync("STOP");
    }

    public async Task ThawAsync()
    {
        await SignalAsync("CONT");
        IsFrozen = false;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await KillAsync();
        await _kept;
        _stop.Dispose();
    }

    private async Task KeepAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var clock = Stopwatch.StartNew();
            var process = HostProcess.Start(_program, _environment, _arguments);
            lock (_gate)
            {
                _process = process;
                _killed = false;
            }

            Starts++;
            var served = false;
            try
            {
                await process.LineAsync("Listening on ");
                served = true;
                StartTimes.Add(clock.Elapsed);
                lock (_gate)
                {
                    if (!_killed) _up.TrySetResult();
                }

                await process.ExitedAsync();
            }
            catch (Exception ended) when (ended is InvalidOperationException or OperationCanceledException)
            {
                // Killed before it served, or it found no database: the next start comes.
            }

            bool byItself;
            lock (_gate)
            {
                byItself = !_killed;
                if (_up.Task.IsCompleted) _up = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            if (served && byItself && !_stop.IsCancellationRequested) EndedByItself++;
            await process.DisposeAsync();
            await File.AppendAllTextAsync(_log, $"{await process.Errors}---- {Name} ended, start {Starts}, {(byItself ? "by itself" : "killed")}\n");
            if (byItself && !_stop.IsCancellationRequested) await Task.Delay(TimeSpan.FromMilliseconds(300));
        }
    }

    private async Task SignalAsync(string signal)
    {
        int pid;
        lock (_gate)
        {
            if (_process is null) return;
            pid = _process.Id;
        }

        using var kill = Process.Start("kill", [$"-{signal}", pid.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
