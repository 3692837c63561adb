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
        var id = turn.Input<string>("correlationId");
        if (id is not null && (id.Any(char.IsControl) || ShortText.Storable(id) != id))
        {
            throw new ActivityFault($"the correlation id of '{turn.Node.Id}' has control characters or half characters in it");
        }

        turn.Run.CorrelationId = id;
        turn.Complete();
    }
}
