namespace WorkflowEngine.Host.Timers;

/// <summary>Sweeps whenever the bell rings, until the host stops.</summary>
public sealed class SweeperService(Sweeper sweeper, WorkBells bells, ILogger<SweeperService> log) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        BellWorker.RunAsync(bells.Sweeper, sweeper.DrainAsync, "Sweeping timers and signals", log, stoppingToken);
}
