using System.Text.Json;

namespace WorkflowEngine.Workflows.Definitions;

/// <summary>Reads members of Elsa's files, whose names are matched in any case.</summary>
internal static class Json
{
    public static JsonElement? Member(JsonElement? owner, string name)
    {
        if (owner is not { ValueKind: JsonValueKind.Object } element)
        {
            return null;
        }

        if (element.TryGetProperty(name, out var exact))
        {
            return exact;
        }

        foreach (var member in element.EnumerateObject())
        {
            if (string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return member.Value;
            }
        }

        return null;
    }

    public static JsonElement? Object(JsonElement? owner, string name) =>
        Member(owner, name) is { ValueKind: JsonValueKind.Object } found ? found : null;

    public static string? Text(JsonElement? owner, string name) =>
        Member(owner, name) is { ValueKind: JsonValueKind.String } found ? found.GetString() : null;

    public static bool? Flag(JsonElement? owner, string name) => Member(owner, name) switch
    {
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => null,
    };

    public static double? Number(JsonElement? owner, string name) =>
        Member(owner, name) is { ValueKind: JsonValueKind.Number } found && found.TryGetDouble(out var number) ? number : null;

    /// <summary>The items of a list, also of one wrapped as <c>{"$values": […]}</c>, or with its type as <c>{"_type": …, "items": […]}</c>; none when it is absent.</summary>
    public static IEnumerable<JsonElement> Items(JsonElement? owner, string name) => Member(owner, name) switch
    {
        { ValueKind: JsonValueKind.Array } list => list.EnumerateArray(),
        { ValueKind: JsonValueKind.Object } wrapped when Wrapped(wrapped) is { } values => values.EnumerateArray(),
        _ => [],
    };

    /// <summary>The list that an object is written around; null for any other object.</summary>
    public static JsonElement? Wrapped(JsonElement wrapper)
    {
        if (Member(wrapper, "$values") is { ValueKind: JsonValueKind.Array } values)
        {
            return values;
        }

        return !wrapper.TryGetProperty("_type", out _)
            ? null
            : Member(wrapper, "items") is { ValueKind: JsonValueKind.Array } items ? items
            : Member(wrapper, "values") is { ValueKind: JsonValueKind.Array } others ? others : null;
    }

    public static IReadOnlyList<string> Texts(JsonElement? owner, string name) =>
        [.. Items(owner, name).Where(i => i.ValueKind == JsonValueKind.String).Select(i => i.GetString()!)];
}
