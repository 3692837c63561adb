using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkflowEngine.Content.Scenarios;

/// <summary>Makes the changes that a story wants in the texts of content files.</summary>
public static class ContentChanges
{
    private static readonly JsonSerializerOptions Written = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The texts of the files that change, by path.</summary>
    /// <param name="files">Texts by repository path; they hold what the changes name, which the reader of the story has checked.</param>
    public static IReadOnlyDictionary<string, string> Apply(IReadOnlyDictionary<string, string> files, IEnumerable<ContentChange> changes)
    {
        var changed = new Dictionary<string, string>();
        foreach (var inFile in changes.GroupBy(change => change.File))
        {
            var root = JsonNode.Parse(files[inFile.Key])!.AsObject();
            foreach (var change in inFile)
            {
                if (change.Step is { } step) SetInput(Find(root, step)!, change.Input!, change.Value);
                else SetMember(root, change.Path!.Split('.'), change.Value);
            }

            changed[inFile.Key] = root.ToJsonString(Written);
        }

        return changed;
    }

    private static void SetInput(JsonObject step, string input, JsonNode? value)
    {
        if (step[input]?["expression"] is JsonObject expression)
        {
            expression["type"] = value is JsonObject or JsonArray ? "Object" : "Literal";
            expression["value"] = value?.DeepClone();
            return;
        }

        var type = value?.GetValueKind() switch
        {
            JsonValueKind.Number => "Int32",
            JsonValueKind.True or JsonValueKind.False => "Boolean",
            JsonValueKind.Object or JsonValueKind.Array => "Object",
            _ => "String",
        };
        step[input] = new JsonObject
        {
            ["typeName"] = type,
            ["expression"] = new JsonObject { ["type"] = type == "Object" ? "Object" : "Literal", ["value"] = value?.DeepClone() },
        };
    }

    private static void SetMember(JsonObject root, ReadOnlySpan<string> path, JsonNode? value)
    {
        var at = root;
        foreach (var name in path[..^1])
        {
            if (at[name] is not JsonObject next) at[name] = next = [];
            at = next;
        }

        if (value is JsonObject added && at[path[^1]] is JsonObject there)
        {
            foreach (var (name, member) in added) there[name] = member?.DeepClone();
        }
        else
        {
            at[path[^1]] = value?.DeepClone();
        }
    }

    /// <summary>The activity with this id, wherever it is nested.</summary>
    private static JsonObject? Find(JsonNode? at, string id) => at switch
    {
        JsonObject step when step["type"] is JsonValue && step["id"] is JsonValue own && own.GetValueKind() == JsonValueKind.String && own.GetValue<string>() == id => step,
        JsonObject owner => owner.Select(member => Find(member.Value, id)).FirstOrDefault(found => found is not null),
        JsonArray list => list.Select(item => Find(item, id)).FirstOrDefault(found => found is not null),
        _ => null,
    };
}
