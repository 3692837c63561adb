using System.Collections;
using System.ComponentModel;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using WorkflowEngine.Rules;

namespace WorkflowEngine.Workflows.Expressions;

/// <summary>A value that cannot be of the wanted type.</summary>
public sealed class ConversionException : Exception
{
    public ConversionException()
    {
    }

    public ConversionException(string message)
        : base(message)
    {
    }

    public ConversionException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

/// <summary>
/// Turns a value into another type as Elsa 3.7 does: numbers round to even, text that is no number becomes the type's default, blank text becomes null,
/// text that looks like JSON is read as JSON, numbers out of range fail. Where a silent default would decide a case, callers ask for it strictly.
/// </summary>
internal static class Conversion
{
    public static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        PropertyNameCaseInsensitive = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(), new FactObjectConverter() },
        MaxDepth = 512,
    };

    /// <summary>Converts, leaving the type's default where Elsa does.</summary>
    /// <exception cref="ConversionException">Malformed JSON, or a number out of range.</exception>
    public static object? To(object? value, Type target) => To(value, target, strictly: false);

    /// <summary>The same; <paramref name="strictly"/> a value that is none of the type is refused where Elsa leaves the type's default.</summary>
    /// <exception cref="ConversionException">Malformed JSON, a number out of range or, strictly, no value of the type.</exception>
    public static object? To(object? value, Type target, bool strictly)
    {
        if (value is null or JsonElement { ValueKind: JsonValueKind.Undefined })
        {
            return null;
        }

        if (target.IsInstanceOfType(value))
        {
            return value;
        }

        var wanted = Nullable.GetUnderlyingType(target) ?? target;
        if (wanted == typeof(object) || wanted.IsInstanceOfType(value))
        {
            return value;
        }

        try
        {
            var converted = value switch
            {
                JsonElement element => FromElement(element, wanted, strictly),
                JsonNode node => FromNode(node, wanted, strictly),
                string text => FromText(text, wanted, strictly),
                _ => FromValue(value, wanted, strictly),
            };

            // An infinite number cannot be stored, and no number of a case is one.
            return converted is double.PositiveInfinity or double.NegativeInfinity or double.NaN or float.PositiveInfinity or float.NegativeInfinity or float.NaN
                ? throw new OverflowException()
                : converted;
        }
        catch (JsonException broken)
        {
            throw new ConversionException($"the value is not readable as {wanted.Name}: {broken.Message}", broken);
        }
        catch (OverflowException overflow)
        {
            throw new ConversionException($"the value {Shown(value)} is out of range for {wanted.Name}", overflow);
        }
        catch (Exception odd) when (odd is FormatException or InvalidCastException)
        {
            return strictly ? throw new ConversionException($"'{Shown(value)}' is no {wanted.Name}", odd) : Default(target);
        }
    }

    /// <summary>The beginning of a value, for messages.</summary>
    private static string Shown(object value)
    {
        var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        return text.Length <= 40 ? text : text[..40] + "…";
    }

    public static T? To<T>(object? value)
    {
        var converted = To(value, typeof(T));
        return converted is null ? default : (T)converted;
    }

    /// <summary>The text of a value where a text is wanted, the way WriteLine prints it.</summary>
    public static string? ToText(object? value) => value as string ?? To<string>(value);

    /// <summary>A JSON member of a definition as a plain value: text, decimal, truth value, null, or the raw JSON text of anything else.</summary>
    public static object? Literal(JsonElement element) =>
        element.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? JsonSerializer.Serialize(element, Json) : FactJson.Plain(element);

    /// <summary>
    /// A value as it is once it was kept as JSON: plain scalars, lists and objects that never change. What is so already is handed back, so that states share what no burst
    /// has replaced.
    /// </summary>
    public static object? Plain(object? value)
    {
        switch (value)
        {
            case null or string or bool or decimal or FactObject:
                return value;
            case int or long or short:
                return Convert.ToDecimal(value, CultureInfo.InvariantCulture);
            case JsonNode node:
                return FactJson.Plain(node);
            case JsonElement element:
                return FactJson.Plain(element);
            case IReadOnlyDictionary<string, object?> members:
                var plain = new Dictionary<string, object?>(members.Count, StringComparer.Ordinal);
                foreach (var (name, member) in members)
                {
                    plain[name] = Plain(member);
                }

                return new FactObject(plain);
            case List<object?> items:
                return items.TrueForAll(item => ReferenceEquals(item, Plain(item))) ? items : items.ConvertAll(Plain);
            default:
                return FactJson.Plain(ToElement(value));
        }
    }

    /// <summary>The JSON of any value that flows can hold.</summary>
    public static JsonNode? ToJson(object? value) => value switch
    {
        null => null,
        JsonNode node => node.DeepClone(),
        string text => JsonValue.Create(text),
        bool truth => JsonValue.Create(truth),
        int number => JsonValue.Create(number),
        decimal number => JsonValue.Create(number),
        JsonElement element => JsonNode.Parse(element.GetRawText()),
        FactObject or List<object?> => FactJson.Of(value),
        _ => JsonSerializer.SerializeToNode(value, value.GetType(), Json),
    };

    public static JsonElement ToElement(object value) => value switch
    {
        JsonElement element => element,
        _ => JsonSerializer.SerializeToElement(value, value.GetType(), Json),
    };

    private static object? FromElement(JsonElement element, Type wanted, bool strictly)
    {
        if (element.ValueKind == JsonValueKind.Number && wanted == typeof(string))
        {
            return element.GetRawText();
        }

        return element.ValueKind == JsonValueKind.String && wanted != typeof(string)
            ? To(element.GetString(), wanted, strictly)
            : element.Deserialize(wanted, Json);
    }

    private static object? FromNode(JsonNode node, Type wanted, bool strictly)
    {
        if (wanted == typeof(string))
        {
            return node is JsonValue value && value.TryGetValue<string>(out var text) ? text : node.ToString();
        }

        if (node is JsonValue scalar && scalar.TryGetValue<string>(out var inner))
        {
            return To(inner, wanted, strictly);
        }

        return node.GetValueKind() == JsonValueKind.Number && wanted.IsPrimitive && wanted != typeof(bool)
            ? To(node.ToString(), wanted, strictly)
            : node.Deserialize(wanted, Json);
    }

    private static object? FromText(string text, Type wanted, bool strictly)
    {
        if (wanted == typeof(byte[]))
        {
            return Convert.FromBase64String(text);
        }

        if (!wanted.IsPrimitive && text.AsSpan().TrimStart() is ['{' or '[', ..])
        {
            return JsonSerializer.Deserialize(text, wanted, Json);
        }

        if (typeof(JsonNode).IsAssignableFrom(wanted) || wanted == typeof(JsonElement))
        {
            return FromPlainTextToJson(text, wanted);
        }

        if (wanted.IsEnum)
        {
            return Enum.TryParse(wanted, text, out var member)
                ? member
                : throw new ConversionException($"'{text}' is none of {string.Join(", ", Enum.GetNames(wanted))}");
        }

        var converter = TypeDescriptor.GetConverter(wanted);
        if (converter.CanConvertFrom(typeof(string)) && converter.IsValid(text))
        {
            var converted = converter.ConvertFrom(null, CultureInfo.InvariantCulture, text);
            return string.IsNullOrWhiteSpace(text) ? BlankAs(wanted, converted) : converted;
        }

        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        return AsSequence(new[] { text }, wanted, strictly) ?? Convert.ChangeType(text, wanted, CultureInfo.InvariantCulture);
    }

    private static object? BlankAs(Type wanted, object? converted) =>
        wanted == typeof(DateTime) || wanted == typeof(DateTimeOffset) ? converted : null;

    private static object? FromPlainTextToJson(string text, Type wanted)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        return JsonSerializer.Deserialize(text, wanted, Json);
    }

    private static object? FromValue(object value, Type wanted, bool strictly)
    {
        var source = value.GetType();
        if (IsDate(source) && IsDate(wanted))
        {
            return BetweenDates(value, wanted);
        }

        if (value is IDictionary<string, object?> members && !wanted.IsPrimitive && wanted != typeof(string))
        {
            return JsonSerializer.Deserialize(JsonSerializer.Serialize(members, Json), wanted, Json);
        }

        if (wanted == typeof(string) && value is IEnumerable<object> or IDictionary<string, object?>)
        {
            return JsonSerializer.Serialize(value, source, Json);
        }

        if (wanted == typeof(string) && value is DateTime or DateTimeOffset)
        {
            return DateText(value);
        }

        if (wanted.IsEnum && value is double or int or long or short)
        {
            return Enum.ToObject(wanted, Convert.ToInt64(value, CultureInfo.InvariantCulture));
        }

        var target = TypeDescriptor.GetConverter(wanted);
        if (target.CanConvertFrom(source) && target.IsValid(value))
        {
            return target.ConvertFrom(null, CultureInfo.InvariantCulture, value);
        }

        var converter = TypeDescriptor.GetConverter(source);
        if (converter.CanConvertTo(wanted))
        {
            return converter.ConvertTo(null, CultureInfo.InvariantCulture, value, wanted);
        }

        if (value is IEnumerable many && AsSequence(many, wanted, strictly) is { } sequence)
        {
            return sequence;
        }

        if (typeof(JsonNode).IsAssignableFrom(wanted))
        {
            return ToJson(value) is { } node && wanted.IsInstanceOfType(node) ? node : null;
        }

        return wanted == typeof(JsonElement)
            ? JsonSerializer.SerializeToElement(value, source, Json)
            : Convert.ChangeType(value, wanted, CultureInfo.InvariantCulture);
    }

    private static Array? AsSequence(IEnumerable values, Type wanted, bool strictly)
    {
        var item = wanted.IsArray
            ? wanted.GetElementType()
            : wanted.IsGenericType && typeof(IEnumerable).IsAssignableFrom(wanted) && wanted.GetGenericArguments() is [var only] ? only : null;
        if (item is null)
        {
            return null;
        }

        var list = new ArrayList();
        foreach (var value in values)
        {
            list.Add(To(value, item, strictly));
        }

        return list.ToArray(item);
    }

    /// <summary>Dates print in the invariant short form, without seconds.</summary>
    private static string DateText(object value)
    {
        if (value is DateTimeOffset instant)
        {
            return instant.TimeOfDay == TimeSpan.Zero
                ? instant.ToString("MM/dd/yyyy zzz", CultureInfo.InvariantCulture)
                : instant.ToString("MM/dd/yyyy HH:mm zzz", CultureInfo.InvariantCulture);
        }

        var time = (DateTime)value;
        if (time == DateTime.MinValue)
        {
            return "";
        }

        return time.TimeOfDay == TimeSpan.Zero
            ? time.ToString("MM/dd/yyyy", CultureInfo.InvariantCulture)
            : time.ToString("MM/dd/yyyy HH:mm", CultureInfo.InvariantCulture);
    }

    private static bool IsDate(Type type) =>
        type == typeof(DateTime) || type == typeof(DateTimeOffset) || type == typeof(DateOnly);

    private static object BetweenDates(object value, Type wanted)
    {
        var instant = value switch
        {
            DateTimeOffset offset => offset,
            DateTime time => new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)),
            DateOnly date => new DateTimeOffset(date, TimeOnly.MinValue, TimeSpan.Zero),
            _ => throw new InvalidCastException(),
        };
        if (wanted == typeof(DateTimeOffset))
        {
            return instant;
        }

        return wanted == typeof(DateTime) ? instant.DateTime : DateOnly.FromDateTime(instant.DateTime);
    }

    /// <summary>The type's default; null where there is none that can be written down.</summary>
    public static object? Default(Type type) => type.IsValueType && type != typeof(JsonElement) ? Activator.CreateInstance(type) : null;

    /// <summary>Writes a value that a flow holds.</summary>
    public static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case bool truth:
                json.WriteBooleanValue(truth);
                break;
            case int number:
                json.WriteNumberValue(number);
                break;
            case decimal number:
                json.WriteNumberValue(number);
                break;
            case FactObject members:
                json.WriteStartObject();
                foreach (var (name, member) in members)
                {
                    json.WritePropertyName(name);
                    Write(json, member);
                }

                json.WriteEndObject();
                break;
            case List<object?> items:
                json.WriteStartArray();
                foreach (var item in items)
                {
                    Write(json, item);
                }

                json.WriteEndArray();
                break;
            default:
                JsonSerializer.Serialize(json, value, value.GetType(), Json);
                break;
        }
    }

    private sealed class FactObjectConverter : JsonConverter<FactObject>
    {
        public override FactObject? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            using var document = JsonDocument.ParseValue(ref reader);
            return FactJson.Plain(document.RootElement) as FactObject;
        }

        public override void Write(Utf8JsonWriter writer, FactObject value, JsonSerializerOptions options) => Conversion.Write(writer, value);
    }
}
