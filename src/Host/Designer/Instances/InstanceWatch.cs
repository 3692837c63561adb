using Microsoft.AspNetCore.SignalR;
using WorkflowEngine.Host.Clocks;

namespace WorkflowEngine.Host.Designer.Instances;

/// <summary>Looks every two seconds, while somebody observes a case, whether it has gone on: wherever in the province its burst was committed.</summary>
public sealed class InstanceWatch(ObservedCases observed, InstanceDesk desk, IHubContext<InstanceHub> hub, SystemClock clock, ILogger<InstanceWatch> log) : BackgroundService
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var beat = new PeriodicTimer(Between, clock.Time);
        try
        {
            while (await beat.WaitForNextTickAsync(stoppingToken))
            {
                foreach (var seen in observed.All) await LookAsync(seen, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            log.LogDebug("Stopped watching cases for designers.");
        }
    }

    private async Task LookAsync(ObservedCases.Observed seen, CancellationToken ct)
    {
        try
        {
            if (await desk.FindAsync(seen.Person, seen.Number, ct) is not { } run || run.Case.Revision == seen.Revision) return;

            observed.Saw(seen, run.Case.Revision);
            var client = hub.Clients.Client(seen.Connection);
            await client.SendAsync("WorkflowExecutionLogUpdatedAsync", new { }, ct);
            await client.SendAsync("ActivityExecutionLogUpdatedAsync", new { stats = StepRuns.Badges(run, []) }, ct);
            await client.SendAsync("WorkflowInstanceUpdatedAsync", new { workflowInstanceId = seen.Number }, ct);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            log.LogWarning(problem, "A designer could not be told that a case has gone on; the next look tries again.");
        }
    }
}
