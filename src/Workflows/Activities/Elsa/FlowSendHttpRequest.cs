using System.Globalization;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;
using WorkflowEngine.Workflows.Expressions;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Elsa.FlowSendHttpRequest: sends a request and goes on by its status code and Done together, or by Failed to connect or Timeout.</summary>
internal sealed class FlowSendHttpRequest : ActivityKind
{
    private const string Unmatched = "Unmatched status code";

    public override ActivityDescriptor Descriptor { get; } = new("Elsa.FlowSendHttpRequest", "HTTP 请求", "网络", "发送 HTTP 请求，按应答的状态码走相应的分支。")
    {
        IsTask = true,
        Inputs = [.. HttpSending.Inputs, new InputDescriptor("expectedStatusCodes", "Object", "预期状态码")],
        Outputs = HttpSending.Outputs,
        Ports = ["Done", HttpAddresses.NotConnected, HttpAddresses.TimedOut],
        HasDynamicPorts = true,
    };

    public override IReadOnlyList<string> PortsOf(ActivityNode node)
    {
        try
        {
            var codes = node.Inputs.TryGetValue("expectedStatusCodes", out var input) ? (int[]?)input.Expression?.Evaluate(WrittenOnly.Scope, typeof(int[])) ?? [] : [];
            return codes.Length == 0 ? Descriptor.Ports : [.. codes.Select(Name), Unmatched, .. Descriptor.Ports];
        }
        catch (ConversionException)
        {
            // Computed codes: their ports are known when the answer is there.
            return [Unmatched, .. Descriptor.Ports];
        }
    }

    public override void Execute(Turn turn) => HttpSending.Send(turn);

    public override void Resume(Turn turn, string resume, object? arrived)
    {
        var result = HttpSending.Receive(turn, arrived);
        if (result.End == RequestEnd.Answered)
        {
            var expected = turn.Input<int[]>("expectedStatusCodes") ?? [];
            turn.Complete(expected.Length == 0 ? new Outcomes(["Done"]) : new Outcomes([expected.Contains(result.Status) ? Name(result.Status) : Unmatched, "Done"]));
            return;
        }

        var port = result.End == RequestEnd.TimedOut ? HttpAddresses.TimedOut : HttpAddresses.NotConnected;
        HttpSending.RequireDrawn(turn, result, turn.Node.Parent?.Connections.Any(edge => edge.Source == turn.Node.Id && edge.SourcePort == port) == true);
        turn.Complete(port);
    }

    private static string Name(int status) => status.ToString(CultureInfo.InvariantCulture);
}
