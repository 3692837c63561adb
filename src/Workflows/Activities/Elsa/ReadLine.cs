using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Elsa.ReadLine: reads a line from the console. There is none here, so it goes on with nothing, as Elsa does at the end of its input.</summary>
internal sealed class ReadLine : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Elsa.ReadLine", "读取文字", "控制台", "从控制台读取一行文字；服务器上没有控制台，结果为空。")
    {
        Outputs = [new OutputDescriptor("result", "String", "文字")],
    };

    public override void Execute(Turn turn)
    {
        turn.Output("result", null);
        turn.Complete();
    }
}
