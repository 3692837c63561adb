using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Elsa.SetName: names the instance.</summary>
internal sealed class SetName : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Elsa.SetName", "设置名称", "基本", "给实例命名。")
    {
        Inputs = [new InputDescriptor("value", "String", "名称")],
    };

    public override void Execute(Turn turn)
    {
        turn.Run.Name = turn.Input<string>("value");
        turn.Complete();
    }
}
