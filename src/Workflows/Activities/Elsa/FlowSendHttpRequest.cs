using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Elsa.FlowSendHttpRequest: sends a request and goes on by its status code and Done together, or by Failed to connect or Timeout.</summary>
internal sealed class FlowSendHttpRequest : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Elsa.FlowSendHttpRequest", "HTTP 请求", "网络", "发送 HTTP 请求，按应答的状态码走相应的分支。")
    {
        IsTask = true,
        Inputs = [.. HttpSending.Inputs, StatusOutcomes.Expected],
        Outputs = HttpSending.Outputs,
        Ports = StatusOutcomes.Ports,
        HasDynamicPorts = true,
    };

    public override IReadOnlyList<string> PortsOf(ActivityNode node) => StatusOutcomes.PortsOf(node);

    public override void Execute(Turn turn) => HttpSending.Send(turn);

    public override void Resume(Turn turn, string resume, object? arrived) => StatusOutcomes.Complete(turn, HttpSending.Receive(turn, arrived));
}
