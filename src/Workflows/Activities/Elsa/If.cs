using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Elsa.If: runs then or else.</summary>
internal sealed class If : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Elsa.If", "如果", "分支", "条件成立时执行“则”，否则执行“否则”。")
    {
        Inputs = [new InputDescriptor("condition", "Boolean", "条件")],
        Outputs = [new OutputDescriptor("result", "Boolean", "结果")],
        EmbeddedPorts = ["then", "else"],
    };

    public override void Execute(Turn turn)
    {
        var condition = turn.Input<bool>("condition");
        turn.Output("result", condition);
        turn.Schedule(turn.Node.Port(condition ? "then" : "else"));
    }
}
