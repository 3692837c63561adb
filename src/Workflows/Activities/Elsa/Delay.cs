using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Elsa.Delay: waits for a span of time.</summary>
internal sealed class Delay : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Elsa.Delay", "延时", "时间", "等待一段时间。")
    {
        Inputs = [new InputDescriptor("timeSpan", "TimeSpan", "时长") { Default = "00:01:00" }],
    };

    public override void Execute(Turn turn) => Instants.WaitFor(turn, turn.Input("timeSpan", TimeSpan.FromMinutes(1)));
}
