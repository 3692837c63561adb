using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;
using WorkflowEngine.Workflows.Expressions;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>
/// Elsa.DownloadHttpFile: asks for a file, which is checked and kept as one of the instance's own; the flow gets its description. Goes on as
/// <see cref="FlowSendHttpRequest"/>; a file that is not kept is an incident.
/// </summary>
internal sealed class DownloadHttpFile : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Elsa.DownloadHttpFile", "下载文件", "网络", "从其他系统下载文件，作为附件保存。")
    {
        IsTask = true,
        Inputs = [.. HttpSending.Inputs, StatusOutcomes.Expected],
        Outputs =
        [
            new OutputDescriptor("statusCode", "Int32", "状态码"),
            new OutputDescriptor("responseHeaders", "ObjectDictionary", "应答头"),
            new OutputDescriptor("result", "Object", "文件"),
        ],
        Ports = StatusOutcomes.Ports,
        HasDynamicPorts = true,
    };

    public override IReadOnlyList<string> PortsOf(ActivityNode node) => StatusOutcomes.PortsOf(node);

    public override void Execute(Turn turn) => HttpSending.Send(turn, isDownload: true);

    public override void Resume(Turn turn, string resume, object? arrived)
    {
        var result = RequestResult.Read(arrived as System.Text.Json.Nodes.JsonNode);
        turn.Output("statusCode", result.Status);
        turn.Output("responseHeaders", Conversion.Plain(result.Headers));
        turn.Output("result", Conversion.Plain(result.File?.ToJson()));
        HttpSending.LogFailure(turn, result);
        StatusOutcomes.Complete(turn, result);
    }
}
