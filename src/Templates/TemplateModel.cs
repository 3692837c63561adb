using System.Globalization;
using System.Text.Json;

namespace WorkflowEngine.Templates;

/// <summary>Models from JSON.</summary>
public static class TemplateModel
{
    /// <summary>
    /// Reads a JSON object as a model. JSON has no dates and a string that looks like one is not one, so a date is
    /// written <c>{"$date": "2022-09-13"}</c> or, with its time and offset, <c>{"$date": "2022-09-13T18:00:00+08:00"}</c>;
    /// it becomes a <see cref="DateOnly"/> or a <see cref="DateTimeOffset"/>. Numbers keep their digits (<see cref="decimal"/>).
    /// </summary>
    /// <exception cref="ArgumentException">The element is not an object, or a <c>$date</c> is not a date.</exception>
    public static IReadOnlyDictionary<string, object?> FromJson(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw new ArgumentException("a model is a JSON object.");
        }

        return ReadObject(json);
    }

    private static Dictionary<string, object?> ReadObject(JsonElement json)
    {
        var members = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var member in json.EnumerateObject())
        {
            members[member.Name] = Read(member.Value);
        }

        return members;
    }

    internal static object? FromJsonValue(JsonElement json) => Read(json);

    private static object? Read(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                return IsDate(json, out var text) ? ReadDate(text) : ReadObject(json);
            case JsonValueKind.Array:
                var items = new List<object?>(json.GetArrayLength());
                foreach (var item in json.EnumerateArray())
                {
                    items.Add(Read(item));
                }

                return items;
            case JsonValueKind.String:
                return json.GetString();
            case JsonValueKind.True:
                return true;
            case JsonValueKind.False:
                return false;
            case JsonValueKind.Number:
                return ReadNumber(json);
            default:
                return null;
        }
    }

    internal static bool IsDate(JsonElement json, out string text)
    {
        text = "";
        var found = false;
        foreach (var member in json.EnumerateObject())
        {
            if (found || member.Name != "$date" || member.Value.ValueKind != JsonValueKind.String)
            {
                return false;
            }

            text = member.Value.GetString()!;
            found = true;
        }

        return found;
    }

    private static object ReadDate(string text)
    {
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            return date;
        }

        if (text.Contains('T', StringComparison.Ordinal)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant))
        {
            return instant;
        }

        throw new ArgumentException("a '$date' is not a date: write 2022-09-13 or 2022-09-13T18:00:00+08:00.");
    }

    private static object ReadNumber(JsonElement json)
    {
        if (json.TryGetInt32(out var small))
        {
            return small;
        }

        if (json.TryGetInt64(out var whole))
        {
            return whole;
        }

        return json.TryGetDecimal(out var exact) ? exact : json.GetDouble();
    }
}
