using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkflowEngine.Workflows.Execution;

/// <summary>JSON that strangers wrote, read at once: .NET's nodes would find a broken text or a member that is there twice when a flow touches it.</summary>
public static class HttpJson
{
    private const int MaxDepth = 64;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <exception cref="JsonException">It is no JSON, nested too deep, names a member twice, or has text with half a character in it.</exception>
    public static JsonNode? Parse(string text)
    {
        try
        {
            using (var document = JsonDocument.Parse(text, Strict))
            {
                Read(document.RootElement);
            }

            return JsonNode.Parse(text, documentOptions: Strict);
        }
        catch (InvalidOperationException half)
        {
            throw new JsonException("A text has half a character in it.", half);
        }
    }

    private static void Read(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                _ = element.GetString();
                break;
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    _ = member.Name;
                    Read(member.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    Read(item);
                }

                break;
        }
    }
}
