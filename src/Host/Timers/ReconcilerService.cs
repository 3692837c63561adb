namespace WorkflowEngine.Host.Timers;

/// <summary>Looks each second whether a round of the reconciler is due.</summary>
public sealed class ReconcilerService(Reconciler reconciler, WorkBells bells, ILogger<ReconcilerService> log) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        BellWorker.RunAsync(bells.Reconciler, reconciler.DrainAsync, "Reconciling", log, stoppingToken);
}
