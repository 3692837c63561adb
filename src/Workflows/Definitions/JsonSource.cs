using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace WorkflowEngine.Workflows.Definitions;

/// <summary>
/// A JSON text whose every value knows its line and column, so that a problem is told where its author can find it.
/// </summary>
internal sealed class JsonSource : IDisposable
{
    /// <summary>Elsa Studio nests about four levels per container; real flows stay far below. Deeper text is refused before it costs stack.</summary>
    public const int MaxDepth = 256;

    private readonly byte[] _utf8;
    private readonly JsonDocument _document;
    private int[]? _lineStarts;

    private JsonSource(byte[] utf8, string path, JsonDocument document)
    {
        _utf8 = utf8;
        Path = path;
        _document = document;
    }

    public string Path { get; }

    public JsonElement Root => _document.RootElement;

    /// <summary>Null when the text is not JSON; the reason is then among the problems, with its place.</summary>
    public static JsonSource? Parse(string json, string path, List<Problem> problems)
    {
        var utf8 = Encoding.UTF8.GetBytes(json);
        try
        {
            var options = new JsonDocumentOptions { MaxDepth = MaxDepth, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
            return new JsonSource(utf8, path, JsonDocument.Parse(utf8, options));
        }
        catch (JsonException broken)
        {
            problems.Add(new Problem(
                "not-json",
                ProblemSeverity.Error,
                path,
                (int)(broken.LineNumber ?? 0) + 1,
                (int)(broken.BytePositionInLine ?? 0) + 1,
                null,
                $"this is not readable JSON: {Reason(broken)}"));
            return null;
        }
    }

    public (int Line, int Column) PlaceOf(JsonElement element)
    {
        if (!_utf8.AsSpan().Overlaps(JsonMarshal.GetRawUtf8Value(element), out var offset))
        {
            return (1, 1);
        }

        _lineStarts ??= FindLines(_utf8);
        var line = Array.BinarySearch(_lineStarts, offset);
        line = line < 0 ? ~line - 1 : line;
        return (line + 1, offset - _lineStarts[line] + 1);
    }

    public Problem Problem(string code, JsonElement at, string? activityId, string message, ProblemSeverity severity = ProblemSeverity.Error)
    {
        var (line, column) = PlaceOf(at);
        return new Problem(code, severity, Path, line, column, activityId, message);
    }

    public string? RequiredString(JsonElement parent, string name, List<Problem> problems)
    {
        var text = StringMember(parent, name);
        if (text is null)
        {
            problems.Add(Problem("missing-member", parent, null, $"'{name}' is missing or not a text"));
        }

        return text;
    }

    public JsonElement? RequiredObject(JsonElement parent, string name, List<Problem> problems)
    {
        if (parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object)
        {
            return value;
        }

        problems.Add(Problem("missing-member", parent, null, $"'{name}' is missing or not an object"));
        return null;
    }

    public static string? StringMember(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    public void Dispose() => _document.Dispose();

    private static int[] FindLines(byte[] utf8)
    {
        var starts = new List<int> { 0 };
        for (var i = 0; i < utf8.Length; i++)
        {
            if (utf8[i] == (byte)'\n')
            {
                starts.Add(i + 1);
            }
        }

        return [.. starts];
    }

    private static string Reason(JsonException broken)
    {
        var message = broken.Message;
        var tail = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        if (tail > 0)
        {
            message = message[..tail];
        }

        var path = message.IndexOf(" Path:", StringComparison.Ordinal);
        return path > 0 ? message[..path] : message;
    }
}
