using Quartz;
using WorkflowEngine.Host.Ingest;

namespace WorkflowEngine.Host.Timers;

public static class TimerSetup
{
    /// <summary>Adds the sweeper, the re-planner, the reconciler and the alarm that wakes them each second, and the one of the ingest tables. Quartz keeps nothing: the timer rows are the truth.</summary>
    public static IServiceCollection AddTimers(this IServiceCollection services)
    {
        services.AddSingleton<WorkBells>().AddSingleton<Sweeper>().AddSingleton<Replanner>().AddSingleton<DeadlineForecasts>().AddSingleton<Reconciler>()
            .AddHostedService<WakeUpService>().AddHostedService<SweeperService>().AddHostedService<ReplannerService>().AddHostedService<ReconcilerService>();
        services.AddQuartz(quartz =>
        {
            var job = new JobKey("sweep");
            quartz.AddJob<SweepJob>(options => options.WithIdentity(job));
            quartz.AddTrigger(trigger => trigger
                .ForJob(job)
                .WithIdentity("each-second")
                .StartNow()
                .WithSimpleSchedule(schedule => schedule.WithInterval(TimeSpan.FromSeconds(1)).RepeatForever()));

            var upkeep = new JobKey("ingest-upkeep");
            quartz.AddJob<IngestUpkeepJob>(options => options.WithIdentity(upkeep));
            quartz.AddTrigger(trigger => trigger.ForJob(upkeep).WithIdentity("each-minute").WithCronSchedule("30 * * * * ?"));
        });
        services.AddQuartzHostedService(options => options.WaitForJobsToComplete = false);
        return services;
    }
}
