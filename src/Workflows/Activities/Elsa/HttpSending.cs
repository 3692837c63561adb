using System.Text.Json;
using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Execution;
using WorkflowEngine.Workflows.Expressions;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>
/// What SendHttpRequest and FlowSendHttpRequest share. The request is an effect, sent after the burst is committed; its result comes back to the bookmark whose
/// id is the effect's, which is also the id by which the receiver recognises a request that is sent again.
/// </summary>
internal static class HttpSending
{
    public static IReadOnlyList<InputDescriptor> Inputs { get; } =
    [
        new InputDescriptor("url", "String", "地址") { IsRequired = true },
        new InputDescriptor("method", "String", "方法") { Default = "GET", Options = ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"] },
        new InputDescriptor("content", "Object", "内容"),
        new InputDescriptor("contentType", "String", "内容类型"),
        new InputDescriptor("authorization", "String", "授权（密钥名称）"),
        new InputDescriptor("disableAuthorizationHeaderValidation", "Boolean", "不校验授权头"),
        new InputDescriptor("requestHeaders", "Object", "请求头"),
        new InputDescriptor("enableResiliency", "Boolean", "对方繁忙时重试"),
    ];

    public static IReadOnlyList<OutputDescriptor> Outputs { get; } =
    [
        new OutputDescriptor("statusCode", "Int32", "状态码"),
        new OutputDescriptor("parsedContent", "Object", "应答内容"),
        new OutputDescriptor("responseHeaders", "ObjectDictionary", "应答头"),
        new OutputDescriptor("result", "Object", "应答"),
    ];

    /// <summary>Orders the request and waits for what comes of it.</summary>
    public static void Send(Turn turn, bool isDownload = false)
    {
        var request = OrderOf(turn) with { IsDownload = isDownload };
        var id = turn.Run.Emit(i => new Effect.SendRequest(i, turn.Node.Id, request)).ToString();
        var payload = new JsonObject { ["method"] = request.Method, ["host"] = new Uri(request.Url).IdnHost };
        turn.Run.Wait(new OpenBookmark(id, WaitKind.Request, turn.Instance, null, true, payload));
    }

    /// <summary>Stores what came back in the outputs.</summary>
    public static RequestResult Receive(Turn turn, object? arrived)
    {
        var result = RequestResult.Read(arrived as JsonNode);
        var content = ParsedContent(result);
        turn.Output("statusCode", result.Status);
        turn.Output("responseHeaders", Conversion.Plain(result.Headers));
        turn.Output("parsedContent", Conversion.Plain(content));
        turn.Output("result", Conversion.Plain(new JsonObject { ["statusCode"] = result.Status, ["headers"] = result.Headers.DeepClone(), ["content"] = content?.DeepClone(), ["problem"] = result.Problem }));
        LogFailure(turn, result);
        return result;
    }

    /// <summary>Why there is no answer belongs into the journal.</summary>
    public static void LogFailure(Turn turn, RequestResult result)
    {
        if (result.End != RequestEnd.Answered)
        {
            turn.Run.Log(turn.Node, "Error", details: new JsonObject { ["message"] = result.Problem, ["end"] = result.End.ToString(), ["attempts"] = result.Attempts });
        }
    }

    /// <summary>
    /// There was no answer. Without a way drawn for that the step fails: Elsa would end the path in silence. A request that was not allowed is somebody's to
    /// put right, so that it is an incident as well when a way is drawn.
    /// </summary>
    /// <exception cref="ActivityFault">Nothing is drawn for it.</exception>
    public static void RequireDrawn(Turn turn, RequestResult result, bool isDrawn)
    {
        if (!isDrawn)
        {
            throw new ActivityFault($"the request of '{turn.Node.Id}' has no answer, and no way is drawn for that: {result.Problem}");
        }

        if (result.End is RequestEnd.Refused or RequestEnd.NotKept)
        {
            turn.Run.RaiseIncident(turn.Node, $"the request of '{turn.Node.Id}' {(result.End == RequestEnd.Refused ? "was not sent" : "brought nothing that is kept")}: {result.Problem}");
        }
    }

    private static OutgoingRequest OrderOf(Turn turn)
    {
        var url = UrlOf(turn);
        var method = turn.Input("method", "GET").ToUpperInvariant();
        var known = Inputs.First(input => input.Name == "method").Options;
        if (!known.Contains(method))
        {
            throw new ActivityFault($"'{method}' is no method that '{turn.Node.Id}' can send with ({string.Join(", ", known)})");
        }

        var headers = HttpContentInputs.HeadersOf(turn, "requestHeaders").ToList();
        if (headers.Find(header => header.Name.Equals("Authorization", StringComparison.OrdinalIgnoreCase) && !HttpAddresses.IsSecret(header.Value)) is not null)
        {
            throw PlainSecret(turn);
        }

        if (headers.Find(header => header.Name.Equals("Cookie", StringComparison.OrdinalIgnoreCase) || header.Name.Equals("Idempotency-Key", StringComparison.OrdinalIgnoreCase)) is { } ours)
        {
            throw new ActivityFault($"'{turn.Node.Id}' may not set the header '{ours.Name}'");
        }

        if (turn.Input<string>("authorization") is { Length: > 0 } authorization)
        {
            headers.Add(HttpAddresses.IsSecret(authorization) ? new HttpHeader("Authorization", authorization) : throw PlainSecret(turn));
        }

        var (content, contentType) = HttpContentInputs.ContentOf(turn);
        return new OutgoingRequest(method, url, headers, contentType, content, turn.Input<bool>("enableResiliency"));
    }

    private static string UrlOf(Turn turn)
    {
        var written = turn.RequiredText("url");
        return HttpAddresses.ProblemOf(written) is { } problem ? throw new ActivityFault($"the address of '{turn.Node.Id}' cannot be used: {problem}") : new Uri(written).AbsoluteUri;
    }

    private static JsonNode? ParsedContent(RequestResult result)
    {
        if (result.Content is null || result.ContentType is null || !result.ContentType.Contains("json", StringComparison.OrdinalIgnoreCase))
        {
            return result.Content is null ? null : JsonValue.Create(result.Content);
        }

        try
        {
            return HttpJson.Parse(result.Content);
        }
        catch (JsonException)
        {
            // Who says JSON and sends none is read as the text that came.
            return JsonValue.Create(result.Content);
        }
    }

    private static ActivityFault PlainSecret(Turn turn) =>
        new($"'{turn.Node.Id}' writes a credential into the flow; write the name of a secret from the settings instead: {HttpAddresses.SecretPrefix}NAME");
}
