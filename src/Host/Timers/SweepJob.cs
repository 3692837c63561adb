using Quartz;

namespace WorkflowEngine.Host.Timers;

/// <summary>The alarm: wakes the workers each second, for whatever fell due without anybody announcing it.</summary>
[DisallowConcurrentExecution]
public sealed class SweepJob(WorkBells bells) : IJob
{
    public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        bells.RingAll();
        return ValueTask.CompletedTask;
    }
}
