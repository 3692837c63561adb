using System.Globalization;
using System.Text.Json.Nodes;

namespace WorkflowEngine.Workflows.Execution;

/// <summary>A header as it travels. In a request that a flow sends, a value <c>secret:NAME</c> is a handle; the host puts the secret in its place.</summary>
public sealed record HttpHeader(string Name, string Value);

/// <summary>A file that the platform keeps, as flows see it: described, never its bytes. The id is the handle that forms and answers name it by.</summary>
/// <param name="Size">Bytes.</param>
/// <param name="Type">Media type, by content.</param>
/// <param name="Sha256">Lower-case hexadecimal.</param>
/// <param name="Field">Of the form that it came with; null when it came otherwise.</param>
public sealed record HttpFile(Guid Id, string Name, long Size, string Type, string Sha256, string? Field = null)
{
    /// <summary>The fact by which a flow learns that a file is its own.</summary>
    public static FactKey KeyOf(Guid instanceId, Guid id) => new(FactKind.File, $"{instanceId:N}/{id:N}");

    public JsonObject ToJson()
    {
        var json = new JsonObject { ["id"] = Id.ToString(), ["name"] = Name, ["size"] = Size, ["type"] = Type, ["sha256"] = Sha256 };
        if (Field is not null) json["field"] = Field;
        return json;
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote; null when it is none.</summary>
    public static HttpFile? Read(JsonNode? json) => Guid.TryParse(HttpMessage.Text(json, "id"), out var id)
        ? new HttpFile(
            id, HttpMessage.Text(json, "name") ?? "", HttpMessage.Member(json, "size") is JsonValue size && size.TryGetValue<long>(out var bytes) ? bytes : 0,
            HttpMessage.Text(json, "type") ?? "", HttpMessage.Text(json, "sha256") ?? "", HttpMessage.Text(json, "field"))
        : null;
}

/// <summary>A request that reached the platform, as flows see it: without cookies, tokens and credentials, its content read already.</summary>
/// <param name="Path">As asked, without the base path and the query.</param>
/// <param name="RouteData">What stood in the places of the path's parameters.</param>
/// <param name="Query">The first value of each name.</param>
/// <param name="Headers">The first value of each name.</param>
/// <param name="Content">JSON as it is; a form as an object; any other text as a text.</param>
public sealed record IncomingRequest(string Method, string Path, JsonObject RouteData, JsonObject Query, JsonObject Headers, JsonNode? Content)
{
    /// <summary>The files that came with a form, kept with the burst that takes them.</summary>
    public IReadOnlyList<HttpFile> Files { get; init; } = [];

    /// <summary>The port by which an endpoint goes on with a request that it does not take; null when it takes it. Such a request has neither content nor files.</summary>
    public string? RefusedBy { get; init; }

    public JsonObject ToJson() => new()
    {
        ["method"] = Method,
        ["path"] = Path,
        ["routeData"] = RouteData.DeepClone(),
        ["query"] = Query.DeepClone(),
        ["headers"] = Headers.DeepClone(),
        ["content"] = Content?.DeepClone(),
        ["files"] = new JsonArray([.. Files.Select(file => file.ToJson())]),
        ["refusedBy"] = RefusedBy,
    };

    /// <summary>Reads what <see cref="ToJson"/> wrote. What is missing is empty.</summary>
    public static IncomingRequest Read(JsonNode? json) => new(
        HttpMessage.Text(json, "method") ?? "GET", HttpMessage.Text(json, "path") ?? "/", HttpMessage.Object(json, "routeData"), HttpMessage.Object(json, "query"),
        HttpMessage.Object(json, "headers"), HttpMessage.Member(json, "content")?.DeepClone())
    {
        Files = [.. (HttpMessage.Member(json, "files") as JsonArray ?? []).Select(HttpFile.Read).OfType<HttpFile>()],
        RefusedBy = HttpMessage.Text(json, "refusedBy"),
    };
}

/// <summary>What a flow answers to the request that its burst began with.</summary>
/// <param name="Status">200 to 599.</param>
/// <param name="ContentType">Set whenever there is content.</param>
public sealed record HttpReply(int Status, IReadOnlyList<HttpHeader> Headers, string? ContentType, string? Content)
{
    /// <summary>The answer is this file of the instance, to be saved under this name; then there is no content.</summary>
    public HttpFile? File { get; init; }
}

/// <summary>A request that a flow wants sent. It says where to and what; whether it may go there is the host's to judge.</summary>
/// <param name="Url">Absolute, http or https, without credentials and fragment.</param>
/// <param name="RetriesBusy">An answer that only says "busy" (408, 429, 502, 503, 504) is tried again before the flow hears of it.</param>
public sealed record OutgoingRequest(
    string Method, string Url, IReadOnlyList<HttpHeader> Headers, string? ContentType, string? Content, bool RetriesBusy)
{
    /// <summary>What is answered with success is a file, to be checked and kept as one.</summary>
    public bool IsDownload { get; init; }
}

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

    /// <summary>The other side answered with a file of a kind that is not kept.</summary>
    NotKept,
}

/// <summary>What came of a request that a flow sent.</summary>
/// <param name="Status">Of an answer, else 0.</param>
/// <param name="Content">The answer's content as text; null when there is none or when it is no text.</param>
/// <param name="Problem">Why there is no answer, for the person who must act.</param>
/// <param name="Attempts">How often it was tried.</param>
public sealed record RequestResult(
    RequestEnd End, int Status, JsonObject Headers, string? ContentType, string? Content, string? Problem, int Attempts)
{
    /// <summary>The file that was downloaded.</summary>
    public HttpFile? File { get; init; }

    public JsonObject ToJson() => new()
    {
        ["end"] = End.ToString(),
        ["statusCode"] = Status,
        ["headers"] = Headers.DeepClone(),
        ["contentType"] = ContentType,
        ["content"] = Content,
        ["problem"] = Problem,
        ["attempts"] = Attempts,
        ["file"] = File?.ToJson(),
    };

    /// <summary>Reads what <see cref="ToJson"/> wrote. Without an end an answer is one that has a status code.</summary>
    public static RequestResult Read(JsonNode? json)
    {
        var status = HttpMessage.Member(json, "statusCode") is JsonValue number && number.TryGetValue<int>(out var code) ? code : 0;
        var end = Enum.TryParse<RequestEnd>(HttpMessage.Text(json, "end"), out var told) ? told : status > 0 ? RequestEnd.Answered : RequestEnd.NotConnected;
        var attempts = HttpMessage.Member(json, "attempts") is JsonValue tries && tries.TryGetValue<int>(out var count) ? count : 0;
        return new RequestResult(
            end, status, HttpMessage.Object(json, "headers"), HttpMessage.Text(json, "contentType"), HttpMessage.Text(json, "content"), HttpMessage.Text(json, "problem"), attempts)
        {
            File = HttpFile.Read(HttpMessage.Member(json, "file")),
        };
    }

    public override string ToString() => End == RequestEnd.Answered ? Status.ToString(CultureInfo.InvariantCulture) : $"{End}: {Problem}";
}

/// <summary>Reads members of messages that were made elsewhere.</summary>
internal static class HttpMessage
{
    public static JsonNode? Member(JsonNode? json, string name) => json is JsonObject given ? given[name] : null;

    public static string? Text(JsonNode? json, string name) => Member(json, name) is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public static bool Flag(JsonNode? json, string name) => Member(json, name) is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    public static long? Number(JsonNode? json, string name) => Member(json, name) is JsonValue value && value.TryGetValue<long>(out var number) ? number : null;

    public static JsonArray List(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode?)JsonValue.Create(text))]);

    public static IReadOnlyList<string> Texts(JsonNode? json, string name) =>
        [.. (Member(json, name) as JsonArray ?? []).OfType<JsonValue>().Select(value => value.TryGetValue<string>(out var text) ? text : null).OfType<string>()];

    public static JsonObject Object(JsonNode? json, string name) => Member(json, name) is JsonObject found ? (JsonObject)found.DeepClone() : [];
}
