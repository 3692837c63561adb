using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Elsa.SetOutput: gives the workflow, or the flow used as an activity around it, an output.</summary>
internal sealed class SetOutput : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Elsa.SetOutput", "设置输出", "组合", "设置工作流的输出。")
    {
        Inputs = [new InputDescriptor("outputName", "String", "输出名称"), new InputDescriptor("outputValue", "Object", "值")],
    };

    public override void Execute(Turn turn)
    {
        var name = turn.Input<string>("outputName");
        var value = turn.InputValue("outputValue");
        if (name is not null)
        {
            Set(turn, name, value);
        }

        turn.Complete();
    }

    private static void Set(Turn turn, string name, object? value)
    {
        for (var at = turn.Instance.Parent; at is not null; at = at.Parent)
        {
            if (at.Node.Compiled is WorkflowDefinition used && used.Outputs.Any(o => o.Name == name))
            {
                new Turn(turn.Run, at).Output(name, value);
                at.Variables![name].Value = value;
                return;
            }
        }

        turn.Run.Outputs[name] = value;
    }
}
