using System.Net;
using System.Text.Json.Nodes;
using WorkflowEngine.Host.Api;

namespace WorkflowEngine.Host.Walkthrough;

/// <summary>Why the platform refused something, in its own words.</summary>
internal static class PlatformRefusal
{
    /// <exception cref="StoryException">It did not refuse; it failed.</exception>
    public static async Task<string> OfAsync(HttpResponseMessage response, CancellationToken ct)
    {
        if ((int)response.StatusCode >= 500) throw new StoryException($"HTTP {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(ct)}");

        switch (response.StatusCode)
        {
            case HttpStatusCode.NotFound:
                return "没有这一项，或不属于本单位。";
            case HttpStatusCode.Conflict:
                var before = await PlatformClient.BodyAsync<TaskDoneBefore>(response, ct);
                return before.Detail;
            default:
                var text = await response.Content.ReadAsStringAsync(ct);
                return Words(text) ?? $"HTTP {(int)response.StatusCode} {text}";
        }
    }

    private static string? Words(string text)
    {
        JsonNode? json;
        try
        {
            json = JsonNode.Parse(text);
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }

        return json?["problems"] is JsonArray problems
            ? string.Join("；", problems.Select(problem => $"{problem?["label"]}：{problem?["message"]}"))
            : json?["detail"]?.ToString();
    }
}
