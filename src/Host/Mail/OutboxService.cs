using WorkflowEngine.Host.Timers;

namespace WorkflowEngine.Host.Mail;

/// <summary>Sends mail whenever the bell rings, until the host stops.</summary>
public sealed class OutboxService(OutboxPump pump, WorkBells bells, ILogger<OutboxService> log) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        BellWorker.RunAsync(bells.Outbox, pump.DrainAsync, "Sending mail", log, stoppingToken);
}
