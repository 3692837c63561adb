using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Elsa.Cron: waits for the next instant of a schedule, or begins the workflow at each. Six fields, seconds first, in UTC.</summary>
internal sealed class Cron : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Elsa.Cron", "周期触发", "时间", "按 Cron 表达式触发或等待。")
    {
        Inputs = [new InputDescriptor("cronExpression", "String", "Cron 表达式") { IsRequired = true }],
        IsTrigger = true,
    };

    public override void Execute(Turn turn)
    {
        var text = turn.RequiredText("cronExpression");
        var schedule = CronSchedule.Parse(text) ?? throw new ActivityFault($"'{text}' is not a cron expression of six fields: second minute hour day month weekday");
        if (turn.Run.TriggerActivityId == turn.Node.Id)
        {
            turn.Complete();
            return;
        }

        Instants.WaitUntil(turn, schedule.Next(turn.Run.Now) ?? throw new ActivityFault($"'{text}' names no instant within the next eight years"));
    }
}
