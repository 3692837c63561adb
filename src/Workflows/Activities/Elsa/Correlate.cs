using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Elsa.Correlate: gives the instance a correlation id.</summary>
internal sealed class Correlate : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Elsa.Correlate", "关联", "基本", "设置实例的关联编号。")
    {
        Inputs = [new InputDescriptor("correlationId", "String", "关联编号")],
    };

    public override void Execute(Turn turn)
    {
        turn.Run.CorrelationId = turn.Input<string>("correlationId");
        turn.Complete();
    }
}
