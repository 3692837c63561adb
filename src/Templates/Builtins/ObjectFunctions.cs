using System.Text.Json;
using WorkflowEngine.Templates.Values;
using static WorkflowEngine.Templates.Builtins.BuiltinFunctions;

namespace WorkflowEngine.Templates.Builtins;

/// <summary><c>object.*</c> (scriban/site/docs/builtins/object.md), without what runs text as a template.</summary>
internal static class ObjectFunctions
{
    public static Definition[] All { get; } =
    [
        new("default", "value default", static (in a) => a[0] is null || Kinds.IsText(a[0]) && Kinds.IsEmpty(a[0]) ? a[1] : a[0]),
        new("format", "value format culture?", Formatting.Format),
        new("from_json", "json", FromJson),
        new("has_key", "value key", static (in a) => a.Has(0) && a.Has(1) && Members.Has(a[0]!, a.Text(1))),
        new("has_value", "value key", static (in a) => a.Has(0) && a.Has(1) && Members.Of(a[0]!, a.Text(1)) is not null),
        new("keys", "value", static (in a) => a[0] is ScriptObject members ? new ScriptArray(Charged(members, a).Keys) : new ScriptArray()),
        new("kind", "value", static (in a) => a[0] is null ? null : Kinds.Name(a[0]) is "datetime" or "timespan" ? "object" : Kinds.Name(a[0])),
        new("size", "value", Size),
        new("to_json", "value", ToJson),
        new("typeof", "value", static (in a) => TypeOf(a[0])),
        new("values", "value", static (in a) => a[0] is ScriptObject members ? new ScriptArray(Charged(members, a).Entries().Select(e => e.Value)) : new ScriptArray()),
    ];

    /// <summary>How many characters of text a character of JSON counts for: <c>0,</c> becomes a number in a list.</summary>
    private const int CharactersOfJson = 16;

    private static ScriptObject Charged(ScriptObject members, in Arguments a)
    {
        a.Context.Charge(members.Count, a.Position);
        return members;
    }

    private static string? TypeOf(object? value) => value switch
    {
        null => null,
        string or HtmlText => "string",
        bool => "boolean",
        ScriptArray => "array",
        ScriptRange => "iterator",
        _ => Kinds.IsNumber(value) ? "number" : "object",
    };

    private static object? Size(in Arguments a) => a[0] switch
    {
        null => 0,
        string or HtmlText => a.Text(0).Length,
        ScriptObject members => members.Count,
        ScriptArray list => list.Count,
        ScriptRange range => ModelValues.Fit(range.Count),
        _ => 0,
    };

    private static object? FromJson(in Arguments a)
    {
        var text = a.Text(0);
        a.Context.ChargeText((long)text.Length * CharactersOfJson, a.Position);
        try
        {
            using var document = JsonDocument.Parse(text);
            var value = TemplateModel.FromJsonValue(document.RootElement.Clone());
            return ModelValues.NeedsTakingOver(value) ? ModelValues.TakeOver(value) : value;
        }
        catch (Exception wrong) when (wrong is JsonException or ArgumentException)
        {
            throw a.Fault("The text is not JSON.");
        }
    }

    private static string ToJson(in Arguments a)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            Write(writer, a[0], a, 0);
        }

        a.Context.CheckLength(stream.Length, a.Position);
        return System.Text.Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static void Write(Utf8JsonWriter writer, object? value, in Arguments a, int depth)
    {
        if (depth > Math.Max(1, a.Context.Leniency.ObjectDepth))
        {
            throw a.Fault($"Lists and objects are nested more than {a.Context.Leniency.ObjectDepth} deep, or contain themselves.");
        }

        a.Context.CheckLength(writer.BytesCommitted + writer.BytesPending, a.Position);
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case bool truth:
                writer.WriteBooleanValue(truth);
                break;
            case int number:
                writer.WriteNumberValue(number);
                break;
            case long number:
                writer.WriteNumberValue(number);
                break;
            case decimal number:
                writer.WriteNumberValue(number);
                break;
            case float number when float.IsFinite(number):
                writer.WriteNumberValue(number);
                break;
            case double number when double.IsFinite(number):
                writer.WriteNumberValue(number);
                break;
            case System.Numerics.BigInteger number:
                writer.WriteRawValue(number.ToString(System.Globalization.CultureInfo.InvariantCulture));
                break;
            case DateOnly date:
                writer.WriteStringValue(date.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
                break;
            case DateTime date:
                writer.WriteStringValue(date);
                break;
            case DateTimeOffset date:
                writer.WriteStringValue(date);
                break;
            case ScriptArray or ScriptRange:
                writer.WriteStartArray();
                foreach (var item in Conversions.ToList(value, a.Context, a.Position))
                {
                    Write(writer, item, a, depth + 1);
                }

                writer.WriteEndArray();
                break;
            case ScriptObject members:
                writer.WriteStartObject();
                foreach (var (name, member) in members.Entries())
                {
                    writer.WritePropertyName(name);
                    Write(writer, member, a, depth + 1);
                }

                writer.WriteEndObject();
                break;
            case Function:
                throw a.Fault("A function cannot be written as JSON.");
            default:
                writer.WriteStringValue(TextForm.Of(value, a.Context));
                break;
        }
    }
}
