namespace WorkflowEngine.Host.Timers;

/// <summary>Sweeps whenever the bell rings, until the host stops.</summary>
public sealed class SweeperService(Sweeper sweeper, WorkBells bells, ILogger<SweeperService> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await bells.Sweeper.WaitAsync(stoppingToken);
                await sweeper.DrainAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception problem)
            {
                // The rows are still there and the next ring tries again; a database that is away comes back.
                log.LogError(problem, "A sweep failed; the next one tries again.");
            }
        }
    }
}
