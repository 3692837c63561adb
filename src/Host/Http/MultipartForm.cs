using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace WorkflowEngine.Host.Http;

/// <summary>A file as a form brings it: nothing of it is believed yet.</summary>
/// <param name="Field">Of the form.</param>
/// <param name="Name">As it was written.</param>
public sealed record PostedFile(string Field, string Name, byte[] Content);

/// <summary>A <c>multipart/form-data</c> body, taken apart within limits.</summary>
public sealed record MultipartForm(JsonObject Fields, IReadOnlyList<PostedFile> Files)
{
    /// <summary>More files than this are not taken.</summary>
    public const int MaxFiles = 10;

    private const int MaxFields = 256;
    private const int MaxNameLength = 200;
    private const int MaxPartHeaders = 8;
    private const int MaxPartHeaderBytes = 4 * 1024;

    /// <summary>RFC 2046.</summary>
    private const int LongestBoundary = 70;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Whether a request says that it is such a form.</summary>
    public static bool IsMeant(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type) && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase);

    /// <param name="contentLimit">Most bytes of all that is no file.</param>
    /// <exception cref="ExcessiveFormException">There is too much of something, or too little to tell the parts apart.</exception>
    /// <exception cref="IOException">It ends in the middle.</exception>
    /// <exception cref="InvalidDataException">A part's headers cannot be read.</exception>
    /// <exception cref="DecoderFallbackException">A field is no UTF-8.</exception>
    public static async Task<MultipartForm> ReadAsync(string contentType, byte[] body, long contentLimit)
    {
        var boundary = HeaderUtilities.RemoveQuotes(MediaTypeHeaderValue.Parse(contentType).Boundary).Value;
        if (string.IsNullOrWhiteSpace(boundary) || boundary.Length > LongestBoundary) throw new ExcessiveFormException("表单没有可用的 boundary");

        var reader = new MultipartReader(boundary, new MemoryStream(body, writable: false)) { HeadersCountLimit = MaxPartHeaders, HeadersLengthLimit = MaxPartHeaderBytes };
        var fields = new List<KeyValuePair<string, string>>();
        var files = new List<PostedFile>();
        long content = 0;
        while (await reader.ReadNextSectionAsync() is { } part)
        {
            if (!ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var disposition) || !disposition.DispositionType.Equals("form-data", StringComparison.OrdinalIgnoreCase)
                || HeaderUtilities.RemoveQuotes(disposition.Name).Value is not { Length: > 0 and <= MaxNameLength } name)
            {
                throw new ExcessiveFormException($"表单中有一项没有名称，或名称超过 {MaxNameLength} 个字符");
            }

            using var value = new MemoryStream();
            await part.Body.CopyToAsync(value);
            var fileName = disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName;
            if (fileName.HasValue)
            {
                // A browser sends a field in which no file was chosen as a file without name and content.
                var written = HeaderUtilities.RemoveQuotes(fileName).Value ?? "";
                if (written.Length > 0 || value.Length > 0) files.Add(new PostedFile(name, written, value.ToArray()));
            }
            else
            {
                content += name.Length + value.Length;
                fields.Add(KeyValuePair.Create(name, Utf8.GetString(value.GetBuffer(), 0, (int)value.Length)));
            }

            if (files.Count > MaxFiles) throw new ExcessiveFormException($"一次最多提交 {MaxFiles} 个文件");
            if (fields.Count > MaxFields) throw new ExcessiveFormException($"表单超过 {MaxFields} 项");
            if (content > contentLimit) throw new ExcessiveFormException($"除文件外的内容超过 {contentLimit} 字节");
        }

        // As in a form without files: values of one name stand together.
        return new MultipartForm(
            new JsonObject(fields.GroupBy(field => field.Key, StringComparer.OrdinalIgnoreCase)
                .Select(same => KeyValuePair.Create(same.Key, (JsonNode?)JsonValue.Create(string.Join(",", same.Select(field => field.Value)))))),
            files);
    }
}

/// <summary>A form that is too much, or whose parts cannot be told apart; the message (zh-CN) says why.</summary>
internal sealed class ExcessiveFormException(string message) : Exception(message);
