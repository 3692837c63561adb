using Microsoft.AspNetCore.SignalR;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Storage;
using WorkflowEngine.Storage.Cases;

namespace WorkflowEngine.Host.Designer.Instances;

/// <summary>Looks every two seconds, while somebody observes a case, whether it has gone on: wherever in the province its burst was committed.</summary>
public sealed class InstanceWatch(ObservedCases observed, InstanceDesk desk, CaseQueries cases, IHubContext<InstanceHub> hub, SystemClock clock, ILogger<InstanceWatch> log) : BackgroundService
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var beat = new PeriodicTimer(Between, clock.Time);
        try
        {
            while (await beat.WaitForNextTickAsync(stoppingToken))
            {
                foreach (var eyes in observed.All.GroupBy(seen => seen.Person.Tenant)) await LookAsync(eyes.Key, [.. eyes], stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            log.LogDebug("Stopped watching cases for designers.");
        }
    }

    /// <summary>Asks how often the cases have gone on; only what has gone on is read.</summary>
    private async Task LookAsync(Tenant eyes, IReadOnlyList<ObservedCases.Observed> watched, CancellationToken ct)
    {
        try
        {
            var revisions = await cases.RevisionsAsync(eyes, [.. watched.Select(seen => seen.Number).Distinct(StringComparer.Ordinal)], ct);
            foreach (var seen in watched.Where(seen => revisions.TryGetValue(seen.Number, out var revision) && revision != seen.Revision)) await TellAsync(seen, ct);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            log.LogWarning(problem, "A designer could not be told that a case has gone on; the next look tries again.");
        }
    }

    private async Task TellAsync(ObservedCases.Observed seen, CancellationToken ct)
    {
        if (await desk.FindAsync(seen.Person, seen.Number, ct) is not { } run) return;

        observed.Saw(seen, run.Case.Revision);
        var client = hub.Clients.Client(seen.Connection);
        await client.SendAsync("WorkflowExecutionLogUpdatedAsync", new { }, ct);
        await client.SendAsync("ActivityExecutionLogUpdatedAsync", new { stats = StepRuns.Badges(run, []) }, ct);
        await client.SendAsync("WorkflowInstanceUpdatedAsync", new { workflowInstanceId = seen.Number }, ct);
    }
}
