using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkflowEngine.Content.Differences;

/// <summary>JSON as the differences look at it: scalars as a person would write them, entries of a list by what they are called.</summary>
internal static class JsonParts
{
    private const int MostShown = 160;

    private static readonly JsonSerializerOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What entries of a list are told apart by, the first that all of them have.</summary>
    private static readonly string[] Keys = ["id", "name", "RuleName", "WorkflowName", "Name", "code", "date", "label", "event", "outcome", "method", "number", "title"];

    public static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>A value in a sentence, shortened.</summary>
    public static string Shown(JsonNode? node)
    {
        var text = node switch
        {
            null => "（空）",
            JsonValue value when value.TryGetValue<string>(out var plain) => plain,
            _ => node.ToJsonString(Readable),
        };
        return text.Length <= MostShown ? text : text[..MostShown] + "…";
    }

    /// <summary>The entries of a list by name, in their order; null where they have none.</summary>
    public static List<(string Name, JsonObject Entry)>? Named(JsonArray list)
    {
        var entries = list.OfType<JsonObject>().ToList();
        if (entries.Count != list.Count)
        {
            return null;
        }

        foreach (var key in Keys)
        {
            var names = entries.Select(entry => entry[key] is JsonValue value ? value.ToString() : null).ToList();
            if (!names.Contains(null) && names.Distinct().Count() == names.Count)
            {
                return [.. names.Zip(entries, (name, entry) => (name!, entry))];
            }
        }

        return null;
    }

    /// <summary>Every place where two values differ, in the order of the later one: its path, and what stood and stands there. A whole entry that came or went is one place.</summary>
    public static IEnumerable<(string Path, JsonNode? Before, JsonNode? After)> Places(JsonNode? before, JsonNode? after, string path)
    {
        if (JsonNode.DeepEquals(before, after))
        {
            return [];
        }

        if (before is JsonObject old && after is JsonObject now)
        {
            return now.Select(member => member.Key).Concat(old.Select(member => member.Key).Where(name => !now.ContainsKey(name)))
                .SelectMany(name => Places(old[name], now[name], Joined(path, name)));
        }

        if (before is JsonArray first && after is JsonArray second && Named(first) is { } ones && Named(second) is { } others)
        {
            return others.Select(entry => entry.Name).Concat(ones.Select(entry => entry.Name)).Distinct()
                .SelectMany(name => Places(ones.Find(entry => entry.Name == name).Entry, others.Find(entry => entry.Name == name).Entry, $"{path}“{name}”"));
        }

        return [(path, before, after)];
    }

    private static string Joined(string path, string name) => path.Length == 0 ? name : $"{path}/{name}";
}
