using WorkflowEngine.Host.Timers;

namespace WorkflowEngine.Host.Http;

/// <summary>Sends requests whenever the bell rings, until the host stops.</summary>
public sealed class RequestService(RequestPump pump, WorkBells bells, ILogger<RequestService> log) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        BellWorker.RunAsync(bells.Requests, pump.DrainAsync, "Sending requests", log, stoppingToken);
}
