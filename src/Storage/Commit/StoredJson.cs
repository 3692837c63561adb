using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkflowEngine.Storage.Commit;

/// <summary>JSON as it lies in the database: compact, Chinese unescaped, and read back character by character (columns of type <c>json</c>).</summary>
internal static class StoredJson
{
    /// <summary>The text never meets HTML unescaped: pages and templates escape what they show.</summary>
    public static JsonSerializerOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string? Of(JsonNode? node) => node?.ToJsonString(Options);

    public static string? Of(IReadOnlyList<string>? texts) => texts is null ? null : JsonSerializer.Serialize(texts, Options);

    public static string Of<T>(T value) => JsonSerializer.Serialize(value, Options);

    public static JsonObject? Object(string? text) => text is null ? null : JsonNode.Parse(text) as JsonObject;

    public static T Read<T>(string text) => JsonSerializer.Deserialize<T>(text, Options)!;
}
