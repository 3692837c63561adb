using System.Collections;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace WorkflowEngine.Rules;

/// <summary>Brings results of expressions out of the language: lists become lists, records dictionaries.</summary>
internal static class PlainValues
{
    private const int MostElements = 100_000;
    private const int DeepestValue = 32;

    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions Indented = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true };

    /// <summary>Walks lazy lists: errors and budgets of their elements surface here.</summary>
    public static object? From(object? value)
    {
        var count = 0;
        return From(value, 0, ref count);
    }

    /// <summary>The name that a value's type has in answers.</summary>
    public static string? TypeName(object? value) => value switch
    {
        null => null,
        // The first anonymous class that the original makes in a process has this name.
        FactRecord record => $"<>f__AnonymousType0`{record.Values.Length}",
        _ => value.GetType().Name,
    };

    /// <summary>A plain value as JSON text.</summary>
    public static string Json(object? plain, bool indented)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, indented ? Indented : Compact))
        {
            Write(writer, plain);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static void Write(Utf8JsonWriter writer, object? plain)
    {
        switch (plain)
        {
            case null:
                writer.WriteNullValue();
                break;
            case IReadOnlyDictionary<string, object?> members:
                writer.WriteStartObject();
                foreach (var (name, value) in members)
                {
                    writer.WritePropertyName(name);
                    Write(writer, value);
                }

                writer.WriteEndObject();
                break;
            case List<object?> list:
                writer.WriteStartArray();
                list.ForEach(element => Write(writer, element));
                writer.WriteEndArray();
                break;
            case double number when !double.IsFinite(number):
                writer.WriteStringValue("<unserialisable Double: ArgumentException>");
                break;
            case float number when !float.IsFinite(number):
                writer.WriteStringValue("<unserialisable Single: ArgumentException>");
                break;
            case Enum member:
                writer.WriteNumberValue(Convert.ToInt32(member, System.Globalization.CultureInfo.InvariantCulture));
                break;
            default:
                JsonSerializer.Serialize(writer, plain, plain.GetType());
                break;
        }
    }

    private static object? From(object? value, int depth, ref int count)
    {
        if (++count > MostElements || depth > DeepestValue)
        {
            throw new BudgetException($"the result has more than {MostElements} values or is nested more than {DeepestValue} deep");
        }

        switch (value)
        {
            case null or string:
                return value;
            case FactRecord record:
                var members = new Dictionary<string, object?>(StringComparer.Ordinal);
                for (var i = 0; i < record.Values.Length; i++)
                {
                    members[record.Shape.Members[i].Name] = From(record.Values[i], depth + 1, ref count);
                }

                return members;
            case IEnumerable elements:
                var list = new List<object?>();
                foreach (var element in elements)
                {
                    list.Add(From(element, depth + 1, ref count));
                }

                return list;
            default:
                return value;
        }
    }
}
