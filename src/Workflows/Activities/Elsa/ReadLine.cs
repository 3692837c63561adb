using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Expressions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Elsa.ReadLine: waits for a line of text.</summary>
internal sealed class ReadLine : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Elsa.ReadLine", "读取文字", "控制台", "等待输入一行文字。")
    {
        Outputs = [new OutputDescriptor("result", "String", "文字")],
    };

    public override void Execute(Turn turn) => turn.WaitForMessage("line", turn.Node.Id);

    public override void Resume(Turn turn, string resume, object? arrived)
    {
        turn.Output("result", Conversion.Plain(arrived as JsonNode));
        turn.Complete();
    }
}
