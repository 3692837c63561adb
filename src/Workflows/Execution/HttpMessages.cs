using System.Globalization;
using System.Text.Json.Nodes;

namespace WorkflowEngine.Workflows.Execution;

/// <summary>A header as it travels. In a request that a flow sends, a value <c>secret:NAME</c> is a handle; the host puts the secret in its place.</summary>
public sealed record HttpHeader(string Name, string Value);

/// <summary>A request that reached the platform, as flows see it: without cookies, tokens and credentials, its content read already.</summary>
/// <param name="Path">As asked, without the base path and the query.</param>
/// <param name="RouteData">What stood in the places of the path's parameters.</param>
/// <param name="Query">The first value of each name.</param>
/// <param name="Headers">The first value of each name.</param>
/// <param name="Content">JSON as it is; a form as an object; any other text as a text.</param>
/// <param name="IsTooLarge">There was more content than the endpoint takes; none of it was read.</param>
public sealed record IncomingRequest(
    string Method, string Path, JsonObject RouteData, JsonObject Query, JsonObject Headers, JsonNode? Content, bool IsTooLarge = false)
{
    public JsonObject ToJson() => new()
    {
        ["method"] = Method,
        ["path"] = Path,
        ["routeData"] = RouteData.DeepClone(),
        ["query"] = Query.DeepClone(),
        ["headers"] = Headers.DeepClone(),
        ["content"] = Content?.DeepClone(),
        ["isTooLarge"] = IsTooLarge,
    };

    /// <summary>Reads what <see cref="ToJson"/> wrote. What is missing is empty.</summary>
    public static IncomingRequest Read(JsonNode? json) => new(
        HttpMessage.Text(json, "method") ?? "GET", HttpMessage.Text(json, "path") ?? "/", HttpMessage.Object(json, "routeData"), HttpMessage.Object(json, "query"),
        HttpMessage.Object(json, "headers"), HttpMessage.Member(json, "content")?.DeepClone(), HttpMessage.Flag(json, "isTooLarge"));
}

/// <summary>What a flow answers to the request that its burst began with.</summary>
/// <param name="Status">200 to 599.</param>
/// <param name="ContentType">Set whenever there is content.</param>
public sealed record HttpReply(int Status, IReadOnlyList<HttpHeader> Headers, string? ContentType, string? Content);

/// <summary>A request that a flow wants sent. It says where to and what; whether it may go there is the host's to judge.</summary>
/// <param name="Url">Absolute, http or https, without credentials and fragment.</param>
/// <param name="RetriesBusy">An answer that only says "busy" (408, 429, 502, 503, 504) is tried again before the flow hears of it.</param>
public sealed record OutgoingRequest(
    string Method, string Url, IReadOnlyList<HttpHeader> Headers, string? ContentType, string? Content, bool RetriesBusy);

/// <summary>How a request that a flow sent has ended.</summary>
public enum RequestEnd
{
    /// <summary>The other side answered, whatever it said.</summary>
    Answered,

    /// <summary>The other side could not be reached, or broke off.</summary>
    NotConnected,

    /// <summary>The other side did not answer in time.</summary>
    TimedOut,

    /// <summary>It was not sent: the organisation may not reach that address.</summary>
    Refused,

    /// <summary>The other side answered with more than is taken.</summary>
    TooMuch,
}

/// <summary>What came of a request that a flow sent.</summary>
/// <param name="Status">Of an answer, else 0.</param>
/// <param name="Content">The answer's content as text; null when there is none or when it is no text.</param>
/// <param name="Problem">Why there is no answer, for the person who must act.</param>
/// <param name="Attempts">How often it was tried.</param>
public sealed record RequestResult(
    RequestEnd End, int Status, JsonObject Headers, string? ContentType, string? Content, string? Problem, int Attempts)
{
    public JsonObject ToJson() => new()
    {
        ["end"] = End.ToString(),
        ["statusCode"] = Status,
        ["headers"] = Headers.DeepClone(),
        ["contentType"] = ContentType,
        ["content"] = Content,
        ["problem"] = Problem,
        ["attempts"] = Attempts,
    };

    /// <summary>Reads what <see cref="ToJson"/> wrote. Without an end an answer is one that has a status code.</summary>
    public static RequestResult Read(JsonNode? json)
    {
        var status = HttpMessage.Member(json, "statusCode") is JsonValue number && number.TryGetValue<int>(out var code) ? code : 0;
        var end = Enum.TryParse<RequestEnd>(HttpMessage.Text(json, "end"), out var told) ? told : status > 0 ? RequestEnd.Answered : RequestEnd.NotConnected;
        var attempts = HttpMessage.Member(json, "attempts") is JsonValue tries && tries.TryGetValue<int>(out var count) ? count : 0;
        return new RequestResult(
            end, status, HttpMessage.Object(json, "headers"), HttpMessage.Text(json, "contentType"), HttpMessage.Text(json, "content"), HttpMessage.Text(json, "problem"), attempts);
    }

    public override string ToString() => End == RequestEnd.Answered ? Status.ToString(CultureInfo.InvariantCulture) : $"{End}: {Problem}";
}

/// <summary>Reads members of messages that were made elsewhere.</summary>
internal static class HttpMessage
{
    public static JsonNode? Member(JsonNode? json, string name) => json is JsonObject given ? given[name] : null;

    public static string? Text(JsonNode? json, string name) => Member(json, name) is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public static bool Flag(JsonNode? json, string name) => Member(json, name) is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    public static JsonObject Object(JsonNode? json, string name) => Member(json, name) is JsonObject found ? (JsonObject)found.DeepClone() : [];
}
