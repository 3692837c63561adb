using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Http;

/// <summary>What content says.</summary>
/// <param name="Problem">Why it says nothing that a flow could read; null when it does.</param>
public sealed record ReadContent(JsonNode? Content, string? Problem, int Status = StatusCodes.Status200OK);

/// <summary>Reads requests within limits and keeps from flows what is none of their business.</summary>
public static class RequestReader
{
    private const int MaxNames = 64;
    private const int MaxValue = 4 * 1024;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Sessions, credentials and tokens: what a flow stored would be in its state and in everybody's journal.</summary>
    private static readonly HashSet<string> Withheld = new(StringComparer.OrdinalIgnoreCase)
    {
        HeaderNames.Cookie, HeaderNames.Authorization, HeaderNames.ProxyAuthorization, "X-CSRF", "X-Api-Key", "X-Forwarded-For", "X-Real-IP", "Forwarded",
    };

    /// <param name="most">Bytes that are taken.</param>
    /// <returns>Null when there is more.</returns>
    /// <exception cref="BadHttpRequestException">The body does not arrive in full, or too slowly.</exception>
    public static async Task<byte[]?> ReadBodyAsync(HttpRequest request, long most, CancellationToken ct)
    {
        // More than is taken, so that this reader and not the server says that it is too much, and whoever is still sending hears of it.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } cap) cap.MaxRequestBodySize = 2 * most;
        if (request.ContentLength > most) return null;

        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, ct)) > 0)
        {
            if (body.Length + read > most) return null;
            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    /// <summary>JSON, a form without files or any other text.</summary>
    public static ReadContent Parse(string? contentType, byte[] body)
    {
        if (body.Length == 0) return new ReadContent(null, null);

        if (contentType is not null && !MediaTypeHeaderValue.TryParse(contentType, out _)) return NotRead("Content-Type 无法识别。", StatusCodes.Status415UnsupportedMediaType);

        var type = contentType is null ? "text/plain" : MediaTypeHeaderValue.Parse(contentType).MediaType.Value!;
        try
        {
            var text = Utf8.GetString(body);
            if (type.EndsWith("json", StringComparison.OrdinalIgnoreCase))
            {
                return new ReadContent(HttpJson.Parse(text), null);
            }

            if (type.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
            {
                using var form = new FormReader(text) { ValueCountLimit = MaxNames * 4 };
                return new ReadContent(new JsonObject(form.ReadForm().Select(field => KeyValuePair.Create(field.Key, (JsonNode?)JsonValue.Create(field.Value.ToString())))), null);
            }

            return type.StartsWith("text/", StringComparison.OrdinalIgnoreCase) || type.EndsWith("xml", StringComparison.OrdinalIgnoreCase)
                ? new ReadContent(JsonValue.Create(text), null)
                : NotRead($"此处不接收 {type}，请用 JSON、表单（文件用 multipart/form-data）或文本。", StatusCodes.Status415UnsupportedMediaType);
        }
        catch (Exception broken) when (broken is JsonException or DecoderFallbackException or InvalidDataException or ArgumentException)
        {
            return NotRead("请求正文不是合法的 JSON、表单或 UTF-8 文本，请改正后重新发送。", StatusCodes.Status400BadRequest);
        }
    }

    /// <summary>The first value of each name; what is too long is cut off, as is what there is too much of.</summary>
    public static JsonObject HeadersOf(HttpRequest request) => Dictionary(
        request.Headers.Where(header => !Withheld.Contains(header.Key) && !header.Key.StartsWith("Sec-", StringComparison.OrdinalIgnoreCase)));

    public static JsonObject QueryOf(HttpRequest request) => Dictionary(request.Query);

    private static JsonObject Dictionary(IEnumerable<KeyValuePair<string, Microsoft.Extensions.Primitives.StringValues>> pairs) => new(
        pairs.Where(pair => pair.Key.Length is > 0 and <= 200).Take(MaxNames).Select(pair =>
        {
            var value = pair.Value.Count > 0 ? pair.Value[0] ?? "" : "";
            return KeyValuePair.Create(pair.Key, (JsonNode?)JsonValue.Create(ShortText.Of(value, MaxValue)));
        }));

    private static ReadContent NotRead(string problem, int status) => new(null, problem, status);
}
