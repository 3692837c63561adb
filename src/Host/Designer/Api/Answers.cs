using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using WorkflowEngine.Host.Designer.Files;

namespace WorkflowEngine.Host.Designer.Api;

/// <summary>Answers as Elsa's designers read them.</summary>
internal static class Answers
{
    /// <summary>What a definition may weigh in a request, in bytes: Chinese takes three a character.</summary>
    public const long LargestBody = 4 * FileDesk.LongestText;

    private static readonly JsonDocumentOptions Bounded = new() { MaxDepth = 256 };

    public static IResult Json(JsonNode node) => Json(node.ToJsonString());

    public static IResult Json(string json) => TypedResults.Text(json, "application/json; charset=utf-8");

    public static JsonObject List(IEnumerable<JsonNode> items)
    {
        var list = new JsonArray([.. items]);
        return new JsonObject { ["count"] = list.Count, ["totalCount"] = list.Count, ["items"] = list };
    }

    /// <summary>The one form of refusal whose words Elsa Studio shows.</summary>
    public static IResult Refused(IEnumerable<string> reasons) => TypedResults.Text(
        new JsonObject { ["errors"] = new JsonObject { ["root"] = new JsonArray([.. reasons.Select(reason => JsonValue.Create(reason))]) } }.ToJsonString(),
        "application/json; charset=utf-8", statusCode: StatusCodes.Status400BadRequest);

    /// <summary>Files as one; of two that are called the same the first.</summary>
    public static IResult Zip(IEnumerable<(string Name, byte[] Content)> files, string name)
    {
        using var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var file in files.DistinctBy(file => file.Name))
            {
                using var entry = zip.CreateEntry(file.Name).Open();
                entry.Write(file.Content);
            }
        }

        return TypedResults.File(buffer.ToArray(), "application/zip", name);
    }

    public static IResult NotFound => TypedResults.NotFound();

    /// <summary>A JSON object from the request; null when it is none.</summary>
    public static async Task<JsonObject?> BodyAsync(HttpContext http)
    {
        try
        {
            return await JsonNode.ParseAsync(http.Request.Body, null, Bounded, http.RequestAborted) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The texts of a list in a body, a hundred at most.</summary>
    public static IReadOnlyList<string> Texts(JsonObject body, string name) =>
        [.. (body[name] as JsonArray ?? []).OfType<JsonValue>().Select(value => value.TryGetValue<string>(out var text) ? text : "").Where(text => text.Length > 0).Take(100)];
}
