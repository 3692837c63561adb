using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkflowEngine.Host.Designer.Flows;

/// <summary>
/// Writes a flow as the files of the content folder are written: a member a line, each variable, connection and input in a line of its own. What somebody changes in a
/// designer is then a line or two of difference to people who keep the files in git.
/// </summary>
public static class FlowText
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(JsonObject flow)
    {
        var text = new StringBuilder();
        Block(text, flow, 0);
        return text.Append('\n').ToString();
    }

    /// <summary>An object with its members below one another.</summary>
    private static void Block(StringBuilder text, JsonObject owner, int indent)
    {
        var first = true;
        text.Append('{');
        foreach (var (name, value) in owner)
        {
            text.Append(first ? "\n" : ",\n").Append(' ', indent + 2).Append(Text(name)).Append(": ");
            if (value is JsonObject activity && IsActivity(activity)) Block(text, activity, indent + 2);
            else Line(text, value, indent + 2);
            first = false;
        }

        text.Append('\n').Append(' ', indent).Append('}');
    }

    /// <summary>A value in one line, but for the items of lists of objects.</summary>
    private static void Line(StringBuilder text, JsonNode? value, int indent)
    {
        switch (value)
        {
            case JsonObject { Count: 0 }:
                text.Append("{}");
                break;
            case JsonObject members:
                var separator = "{ ";
                foreach (var (name, member) in members)
                {
                    text.Append(separator).Append(Text(name)).Append(": ");
                    Line(text, member, indent);
                    separator = ", ";
                }

                text.Append(" }");
                break;
            case JsonArray items when items.Any(item => item is JsonObject):
                for (var i = 0; i < items.Count; i++)
                {
                    text.Append(i == 0 ? "[\n" : ",\n").Append(' ', indent + 2);
                    if (items[i] is JsonObject activity && IsActivity(activity)) Block(text, activity, indent + 2);
                    else Line(text, items[i], indent + 2);
                }

                text.Append('\n').Append(' ', indent).Append(']');
                break;
            case JsonArray items:
                text.Append('[');
                for (var i = 0; i < items.Count; i++)
                {
                    if (i > 0) text.Append(", ");
                    Line(text, items[i], indent);
                }

                text.Append(']');
                break;
            default:
                text.Append(Text(value));
                break;
        }
    }

    /// <summary>A step, or what contains steps: it has an id and a type such as <c>Gov.HumanTask</c>.</summary>
    private static bool IsActivity(JsonObject candidate) =>
        candidate["id"] is JsonValue && candidate["type"] is JsonValue type && type.TryGetValue<string>(out var name) && name.Contains('.', StringComparison.Ordinal);

    private static string Text(JsonNode? value) => value?.ToJsonString(Plain) ?? "null";

    private static string Text(string name) => JsonSerializer.Serialize(name, Plain);
}
