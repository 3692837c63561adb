namespace WorkflowEngine.Host.Timers;

/// <summary>Plans deadlines anew whenever content was published, and looks each second whether another host left something over.</summary>
public sealed class ReplannerService(Replanner replanner, WorkBells bells, ILogger<ReplannerService> log) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        BellWorker.RunAsync(bells.Replanner, replanner.DrainAsync, "Planning deadlines anew", log, stoppingToken);
}
