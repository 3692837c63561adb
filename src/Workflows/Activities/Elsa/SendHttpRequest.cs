using System.Globalization;
using System.Text.Json;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Elsa.SendHttpRequest: sends a request and runs the activity that is embedded for its status code, or for there being no answer.</summary>
internal sealed class SendHttpRequest : ActivityKind
{
    private const string Unmatched = "unmatchedStatusCode";
    private const string NotConnected = "failedToConnect";
    private const string TimedOut = "timeout";
    private const string Codes = "expectedStatusCodes";

    public override ActivityDescriptor Descriptor { get; } = new("Elsa.SendHttpRequest", "HTTP 请求（内嵌）", "网络", "发送 HTTP 请求，按应答的状态码执行内嵌的步骤。")
    {
        IsTask = true,
        Inputs = [.. HttpSending.Inputs, new InputDescriptor(Codes, "Object", "预期状态码") { IsPlain = true }],
        Outputs = HttpSending.Outputs,
        EmbeddedPorts = [Unmatched, NotConnected, TimedOut],
    };

    public override IEnumerable<(string Port, JsonElement Activity)> ListedContent(JsonElement activity)
    {
        foreach (var item in Json.Items(activity, Codes))
        {
            if (Json.Object(item, "activity") is { } embedded && Json.Member(item, "statusCode") is { ValueKind: JsonValueKind.Number } code && code.TryGetInt32(out var status))
            {
                yield return (PortOf(status), embedded);
            }
        }
    }

    public override void Execute(Turn turn) => HttpSending.Send(turn);

    public override void Resume(Turn turn, string resume, object? arrived)
    {
        var result = HttpSending.Receive(turn, arrived);
        if (result.End == RequestEnd.Answered)
        {
            turn.Schedule(IsExpected(turn.Node, result.Status) ? turn.Node.Port(PortOf(result.Status)) : turn.Node.Port(Unmatched));
            return;
        }

        var way = turn.Node.Port(result.End == RequestEnd.TimedOut ? TimedOut : NotConnected);
        HttpSending.RequireDrawn(turn, result, way is not null);
        turn.Schedule(way);
    }

    /// <summary>A code without an activity is expected too: then the step simply ends.</summary>
    private static bool IsExpected(ActivityNode node, int status)
    {
        if (node.Port(PortOf(status)) is not null)
        {
            return true;
        }

        if (!node.Plain.TryGetValue(Codes, out var json))
        {
            return false;
        }

        using var document = JsonDocument.Parse(json);
        return document.RootElement.ValueKind == JsonValueKind.Array
            && document.RootElement.EnumerateArray().Any(item => Json.Member(item, "statusCode") is { ValueKind: JsonValueKind.Number } code && code.TryGetInt32(out var expected) && expected == status);
    }

    private static string PortOf(int status) => string.Create(CultureInfo.InvariantCulture, $"status{status}");
}
