using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Activities;

namespace WorkflowEngine.Host.Designer.Flows;

/// <summary>How flows are read as JSON here: as tolerant as the engine's own reader, and nothing of them lost.</summary>
internal static class FlowNodes
{
    private const int MaxDepth = 256;

    private static readonly JsonNodeOptions AnyCase = new() { PropertyNameCaseInsensitive = true };
    private static readonly JsonDocumentOptions Tolerant = new() { MaxDepth = MaxDepth, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
    private static readonly JsonSerializerOptions Indented = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true, MaxDepth = MaxDepth };

    private static readonly Dictionary<string, ActivityDescriptor> Kinds = ActivityRegistry.Descriptors.ToDictionary(kind => kind.Type, StringComparer.Ordinal);

    /// <summary>Null: no JSON object, or one with a member twice.</summary>
    public static JsonObject? Parse(string text)
    {
        try
        {
            var flow = JsonNode.Parse(text, AnyCase, Tolerant) as JsonObject;
            if (flow is not null) Touch(flow);
            return flow;
        }
        catch (Exception broken) when (broken is JsonException or ArgumentException)
        {
            return null;
        }
    }

    public static ActivityDescriptor? KindOf(string type) => Kinds.GetValueOrDefault(type);

    public static string? Text(JsonNode? owner, string name) => owner is JsonObject members && members[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public static int? Number(JsonNode? owner, string name) => owner is JsonObject members && members[name] is JsonValue value && value.TryGetValue<int>(out var number) ? number : null;

    /// <summary>The items of a list, also of one that is wrapped as <c>{"$values": […]}</c>, or with its type.</summary>
    public static IEnumerable<JsonNode?> Items(JsonNode? list) => list switch
    {
        JsonArray items => items,
        JsonObject wrapped when wrapped["$values"] is JsonArray items => items,
        JsonObject wrapped when wrapped.ContainsKey("_type") && (wrapped["items"] ?? wrapped["values"]) is JsonArray items => items,
        _ => [],
    };

    /// <summary>A step, or what contains steps.</summary>
    public static bool IsStep(JsonNode? candidate) =>
        candidate is JsonObject members && !members.ContainsKey("expression") && members["type"] is JsonValue type && type.TryGetValue<string>(out var name)
        && (name.Contains('.', StringComparison.Ordinal) || members.ContainsKey("workflowDefinitionId") || members.ContainsKey("workflowDefinitionVersionId"));

    /// <summary>JSON for people who read or change it in a box.</summary>
    public static string Readable(JsonNode node) => node.ToJsonString(Indented);

    /// <summary>A JSON list or object written as a text; null for any other text.</summary>
    public static JsonNode? Structure(string text)
    {
        var trimmed = text.AsSpan().Trim();
        if (trimmed is not ['[', .., ']'] and not ['{', .., '}']) return null;

        try
        {
            return JsonNode.Parse(text, null, Tolerant);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A text as the number, or yes or no, that the type wants; null where it is none.</summary>
    public static JsonNode? Simple(string text, string typeName) => typeName switch
    {
        "Int16" or "Int32" or "Int64" or "Long" when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        "Boolean" when bool.TryParse(text, out var flag) => JsonValue.Create(flag),
        _ => null,
    };

    /// <summary>
    /// Whether two values say the same, whatever a designer adds to what it did not change: members that are null, lists of nothing, flags that are off, and the memory
    /// that an expression's value is kept in, and the size of a step that was not moved, which is measured anew by the letters of its name.
    /// </summary>
    public static bool Same(JsonNode? one, JsonNode? other) => (one, other) switch
    {
        (JsonObject a, JsonObject b) => a.Select(member => member.Key).Union(b.Select(member => member.Key), StringComparer.Ordinal)
            .Where(name => name != "nodeId" && !(name == "memoryReference" && (a.ContainsKey("expression") || b.ContainsKey("expression")))
                && !(name == "size" && a["position"] is { } place && Same(place, b["position"])))
            .All(name => Same(Said(name, a[name]), Said(name, b[name]))),
        (JsonArray a, JsonArray b) => a.Count == b.Count && a.Zip(b).All(pair => Same(pair.First, pair.Second)),
        _ => JsonNode.DeepEquals(one, other),
    };

    /// <summary>A member without what a designer writes where nothing is said.</summary>
    private static JsonNode? Said(string name, JsonNode? value) => (name, value) switch
    {
        ("canStartWorkflow" or "runAsynchronously", JsonValue flag) when flag.TryGetValue<bool>(out var set) && !set => null,
        ("notFoundConnections" or "vertices" or "variables", JsonArray { Count: 0 }) => null,
        ("customProperties" or "metadata", JsonObject members) when members.All(member => Said(member.Key, member.Value) is null) => null,
        _ => value,
    };

    /// <summary>Members are looked up lazily, and one that is there twice is found only then.</summary>
    private static void Touch(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (_, value) in members) Touch(value);
                break;
            case JsonArray items:
                foreach (var item in items) Touch(item);
                break;
        }
    }
}
