using Quartz;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage.Ingest;
using WorkflowEngine.Storage.Personal;

namespace WorkflowEngine.Host.Ingest;

/// <summary>What devices' data need from time to time, whichever host does it: the months to come, the end of personal values, months of attendance.</summary>
public sealed class IngestUpkeep(IngestMonths months, PersonalRetention retention, AttendanceRates rates, HostSettings settings, BusinessClock clock, ILogger<IngestUpkeep> log)
{
    public async Task RunAsync(CancellationToken ct)
    {
        var now = clock.Now;
        if (await months.OpenAsync(now, ct) is > 0 and var made) log.LogInformation("Made {Tables} tables for the months to come.", made);
        if (await retention.DestroyAsync(settings.PersonalMonths, now, ct) is > 0 and var destroyed)
        {
            log.LogWarning("Destroyed the keys of {Months} months of personal data that are older than {Kept} months.", destroyed, settings.PersonalMonths);
        }

        await rates.RateAsync(now, ct);
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
            log.LogError(problem, "The upkeep of devices' data failed; it is tried again in a minute.");
        }
    }
}
