using System.Globalization;
using System.Net;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Elsa.WriteHttpResponse: answers the request with which this burst began. The host gives the answer out when the burst is committed.</summary>
internal sealed class WriteHttpResponse : ActivityKind
{
    /// <summary>Headers that decide about the connection, the session or the browser's protection, which are the platform's own.</summary>
    private static readonly string[] Reserved =
        ["Set-Cookie", "Content-Security-Policy", "Strict-Transport-Security", "Clear-Site-Data", "Server", "Content-Encoding", "Service-Worker-Allowed", "Refresh"];

    public override ActivityDescriptor Descriptor { get; } = new("Elsa.WriteHttpResponse", "HTTP 应答", "网络", "答复本次 HTTP 请求。")
    {
        Inputs =
        [
            new InputDescriptor("statusCode", "Object", "状态码") { Default = "OK" },
            new InputDescriptor("content", "Object", "内容"),
            new InputDescriptor("contentType", "String", "内容类型"),
            new InputDescriptor("responseHeaders", "Object", "应答头"),
        ],
    };

    public override void Execute(Turn turn)
    {
        HttpContentInputs.RequireRequest(turn);
        var headers = HttpContentInputs.HeadersOf(turn, "responseHeaders");
        if (headers.FirstOrDefault(header => Reserved.Contains(header.Name, StringComparer.OrdinalIgnoreCase) || header.Name.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase)) is { } reserved)
        {
            throw new ActivityFault($"'{turn.Node.Id}' may not set the header '{reserved.Name}': the platform sets it itself");
        }

        var (content, contentType) = HttpContentInputs.ContentOf(turn);
        var reply = new HttpReply(StatusOf(turn), headers, contentType, content);
        turn.Run.OwesReply = false;
        turn.Run.Emit(id => new Effect.WriteResponse(id, reply));
        turn.Complete();
    }

    /// <summary>A number or a name: 404, "404", "NotFound". Elsa answers 200 for what is neither.</summary>
    private static int StatusOf(Turn turn)
    {
        var written = turn.InputValue("statusCode");
        var text = Convert.ToString(written, CultureInfo.InvariantCulture);
        if (string.IsNullOrEmpty(text))
        {
            return (int)HttpStatusCode.OK;
        }

        return Enum.TryParse<HttpStatusCode>(text, ignoreCase: true, out var status) && (int)status is >= 200 and <= 599
            ? (int)status
            : throw new ActivityFault($"'{text}' is no status code that '{turn.Node.Id}' can answer with (200 to 599)");
    }
}
