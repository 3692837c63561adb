using System.Globalization;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;
using WorkflowEngine.Workflows.Expressions;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Steps that go on by the status code of an answer and Done together, or by Failed to connect or Timeout.</summary>
internal static class StatusOutcomes
{
    private const string Unmatched = "Unmatched status code";

    public static InputDescriptor Expected { get; } = new("expectedStatusCodes", "Object", "预期状态码");

    public static IReadOnlyList<string> Ports { get; } = ["Done", HttpAddresses.NotConnected, HttpAddresses.TimedOut];

    public static IReadOnlyList<string> PortsOf(ActivityNode node)
    {
        try
        {
            var codes = node.Inputs.TryGetValue(Expected.Name, out var input) ? (int[]?)input.Expression?.Evaluate(WrittenOnly.Scope, typeof(int[])) ?? [] : [];
            return codes.Length == 0 ? Ports : [.. codes.Select(Name), Unmatched, .. Ports];
        }
        catch (ConversionException)
        {
            // Computed codes: their ports are known when the answer is there.
            return [Unmatched, .. Ports];
        }
    }

    public static void Complete(Turn turn, RequestResult result)
    {
        if (result.End == RequestEnd.Answered)
        {
            var expected = turn.Input<int[]>(Expected.Name) ?? [];
            turn.Complete(expected.Length == 0 ? new Outcomes(["Done"]) : new Outcomes([expected.Contains(result.Status) ? Name(result.Status) : Unmatched, "Done"]));
            return;
        }

        var port = result.End == RequestEnd.TimedOut ? HttpAddresses.TimedOut : HttpAddresses.NotConnected;
        HttpSending.RequireDrawn(turn, result, turn.Node.Parent?.Connections.Any(edge => edge.Source == turn.Node.Id && edge.SourcePort == port) == true);
        turn.Complete(port);
    }

    private static string Name(int status) => status.ToString(CultureInfo.InvariantCulture);
}
