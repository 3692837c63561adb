using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkflowEngine.Rules;

/// <summary>JSON as plain values (<see cref="FactObject"/>, <c>List&lt;object?&gt;</c> and scalars), and back.</summary>
public static class FactJson
{
    public static object? Plain(JsonNode? node)
    {
        switch (node)
        {
            case null:
                return null;
            case JsonObject members:
                var plain = new Dictionary<string, object?>(members.Count, StringComparer.Ordinal);
                foreach (var (name, value) in members) plain[name] = Plain(value);
                return new FactObject(plain);
            case JsonArray items:
                var list = new List<object?>(items.Count);
                foreach (var item in items) list.Add(Plain(item));
                return list;
            default:
                var single = (JsonValue)node;
                return single.TryGetValue<string>(out var text) ? text
                    : single.TryGetValue<bool>(out var truth) ? truth
                    : Plain(single.TryGetValue<JsonElement>(out var element) ? element : JsonSerializer.SerializeToElement(node));
        }
    }

    public static object? Plain(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var members = new Dictionary<string, object?>(StringComparer.Ordinal);
                foreach (var member in element.EnumerateObject()) members[member.Name] = Plain(member.Value);
                return new FactObject(members);
            case JsonValueKind.Array:
                var list = new List<object?>(element.GetArrayLength());
                foreach (var item in element.EnumerateArray()) list.Add(Plain(item));
                return list;
            case JsonValueKind.String:
                return element.GetString();
            case JsonValueKind.Number:
                return Number(element);
            case JsonValueKind.True:
                return true;
            case JsonValueKind.False:
                return false;
            default:
                return null;
        }
    }

    /// <summary>A plain value as JSON; its numbers are of whatever type a reader asks for.</summary>
    public static JsonNode? Of(object? plain)
    {
        switch (plain)
        {
            case null:
                return null;
            case string text:
                return JsonValue.Create(text);
            case bool truth:
                return JsonValue.Create(truth);
            case decimal number:
                return JsonNode.Parse(number.ToString(CultureInfo.InvariantCulture));
            case IReadOnlyDictionary<string, object?> members:
                var json = new JsonObject();
                foreach (var (name, value) in members) json[name] = Of(value);
                return json;
            case List<object?> items:
                return new JsonArray([.. items.Select(Of)]);
            case JsonNode node:
                return node.DeepClone();
            default:
                return JsonSerializer.SerializeToNode(plain, plain.GetType());
        }
    }

    /// <summary>Decimal where it fits, else double; one that is neither stays text.</summary>
    private static object Number(JsonElement element)
    {
        if (element.TryGetDecimal(out var number)) return number;

        return element.TryGetDouble(out var large) && double.IsFinite(large) ? large : element.GetRawText();
    }
}
