using Quartz;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Storage.Ingest;

namespace WorkflowEngine.Host.Ingest;

/// <summary>What the tables of the ingest endpoint need from time to time, whichever host does it: the months to come.</summary>
public sealed class IngestUpkeep(IngestMonths months, BusinessClock clock, ILogger<IngestUpkeep> log)
{
    public async Task RunAsync(CancellationToken ct)
    {
        if (await months.OpenAsync(clock.Now, ct) is > 0 and var made) log.LogInformation("Made {Tables} tables for the months to come.", made);
    }
}

/// <summary>The alarm of <see cref="IngestUpkeep"/>. Each host has one; what it does takes place once.</summary>
[DisallowConcurrentExecution]
public sealed class IngestUpkeepJob(IngestUpkeep upkeep, ILogger<IngestUpkeepJob> log) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await upkeep.RunAsync(cancellationToken);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            log.LogError(problem, "The upkeep of ingest tables failed; it is tried again in a minute.");
        }
    }
}
