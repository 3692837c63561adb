using WorkflowEngine.Host.Engine;
using WorkflowEngine.Storage.Signals;

namespace WorkflowEngine.Host.Timers;

/// <summary>Rings the bells as this host and the others announce work, and follows the content that others publish.</summary>
public sealed class WakeUpService(WakeUps wakeUps, WorkBells bells, ContentReleases releases, ILogger<WakeUpService> log) : BackgroundService
{
    private readonly WakeUp _content = new();

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        wakeUps.OnWake(work =>
        {
            bells.Ring(work);
            if (work.HasFlag(Wake.Content)) _content.Ring();
        });
        return Task.WhenAll(
            BellWorker.RunAsync(_content, RefreshAsync, "Taking over published content", log, stoppingToken),
            ListenAsync(stoppingToken));
    }

    private async Task<int> RefreshAsync(CancellationToken ct)
    {
        await releases.RefreshAsync(ct);
        return 1;
    }

    private async Task ListenAsync(CancellationToken ct)
    {
        try
        {
            await wakeUps.ListenAsync(ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            log.LogDebug("Stopped listening for other hosts.");
        }
    }
}
