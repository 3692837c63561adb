using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Execution;
using WorkflowEngine.Workflows.Expressions;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Content and headers as the HTTP activities write them.</summary>
internal static class HttpContentInputs
{
    private const int MaxContent = 1024 * 1024;
    private const int MaxHeaders = 32;
    private const int MaxHeaderText = 8 * 1024;
    private const string Form = "application/x-www-form-urlencoded";

    /// <summary>Headers that are between two neighbours on the way, or that say how long the content is.</summary>
    private static readonly string[] OfTheConnection =
        ["Host", "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authorization", "Proxy-Authenticate", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Expect", "Content-Length", "Content-Type"];

    /// <exception cref="ActivityFault">This burst did not begin with a request, or has answered it.</exception>
    public static void RequireRequest(Turn turn)
    {
        if (!turn.Run.OwesReply)
        {
            throw new ActivityFault(
                $"'{turn.Node.Id}' has no request to answer: a request is answered once, and before the flow waits for anything else");
        }
    }

    /// <summary>Content as text with its type: texts as they are, anything else as JSON, or as a form when the type says so.</summary>
    public static (string? Content, string? ContentType) ContentOf(Turn turn)
    {
        var value = turn.InputValue("content");
        if (value is null)
        {
            return (null, null);
        }

        var type = turn.Input<string>("contentType");
        if (!string.IsNullOrEmpty(type) && !IsContentType(type))
        {
            throw new ActivityFault($"'{type}' is no content type ('{turn.Node.Id}')");
        }

        var text = value as string;
        var content = text ?? (type?.StartsWith(Form, StringComparison.OrdinalIgnoreCase) == true ? FormOf(turn, value) : Conversion.ToJson(value)!.ToJsonString(Conversion.Json));
        if (Encoding.UTF8.GetByteCount(content) > MaxContent)
        {
            throw new ActivityFault($"the content of '{turn.Node.Id}' is larger than {MaxContent / 1024} KB");
        }

        return (content, string.IsNullOrEmpty(type) ? text is null ? "application/json" : "text/plain" : type);
    }

    /// <summary>A dictionary of headers, each with a text or a list of texts.</summary>
    public static IReadOnlyList<HttpHeader> HeadersOf(Turn turn, string input)
    {
        var headers = new List<HttpHeader>();
        foreach (var (name, value) in MembersOf(turn, input))
        {
            var values = value is JsonArray many ? many.ToArray() : [value];
            headers.AddRange(values.Select(one => new HttpHeader(name, one is JsonValue scalar ? scalar.ToString() : throw Odd(turn, name, "must be a text"))));
        }

        foreach (var header in headers)
        {
            if (header.Name.Length == 0 || !header.Name.All(IsTokenLetter))
            {
                throw Odd(turn, header.Name, "is no name of a header");
            }

            if (OfTheConnection.Contains(header.Name, StringComparer.OrdinalIgnoreCase))
            {
                throw Odd(turn, header.Name, "is not a flow's to set: it belongs to the connection");
            }

            // Printable ASCII and nothing else: a line break would begin a header of its own.
            if (!header.Value.All(letter => letter is >= ' ' and <= '~' or '\t'))
            {
                throw Odd(turn, header.Name, "has a value with line breaks or letters outside ASCII");
            }
        }

        return headers.Count <= MaxHeaders && headers.Sum(header => header.Name.Length + header.Value.Length) <= MaxHeaderText
            ? headers
            : throw new ActivityFault($"'{turn.Node.Id}' has more than {MaxHeaders} headers or {MaxHeaderText / 1024} KB of them");
    }

    private static JsonObject MembersOf(Turn turn, string input)
    {
        var value = turn.InputValue(input);
        if (value is null or "")
        {
            return [];
        }

        return Conversion.To<JsonObject>(value) ?? Conversion.ToJson(value) as JsonObject
            ?? throw new ActivityFault($"input '{input}' of '{turn.Node.Id}' must be an object with one member for each header");
    }

    private static string FormOf(Turn turn, object value) => Conversion.ToJson(value) is JsonObject form
        ? string.Join('&', form.Select(field => $"{WebUtility.UrlEncode(field.Key)}={WebUtility.UrlEncode(field.Value is JsonValue scalar ? scalar.ToString() : field.Value?.ToJsonString(Conversion.Json))}"))
        : throw new ActivityFault($"the content of '{turn.Node.Id}' must be an object to be sent as a form");

    /// <summary><c>type/subtype</c>, with parameters such as <c>; charset=utf-8</c>.</summary>
    private static bool IsContentType(string written)
    {
        var parts = written.Split(';');
        return parts[0].Trim().Split('/') is [{ Length: > 0 } type, { Length: > 0 } subtype] && type.All(IsTokenLetter) && subtype.All(IsTokenLetter)
            && parts.Skip(1).All(part => part.Trim().Split('=') is [{ Length: > 0 } name, { Length: > 0 } value] && name.All(IsTokenLetter) && value.All(IsTokenLetter));
    }

    private static bool IsTokenLetter(char letter) => char.IsAsciiLetterOrDigit(letter) || "!#$%&'*+-.^_`|~".Contains(letter, StringComparison.Ordinal);

    private static ActivityFault Odd(Turn turn, string name, string problem) =>
        new(string.Create(CultureInfo.InvariantCulture, $"the header '{(name.Length <= 60 ? name : ShortText.Of(name, 60) + "…")}' of '{turn.Node.Id}' {problem}"));
}
