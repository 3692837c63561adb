using System.Text.Json.Nodes;
using WorkflowEngine.Content.Standards;
using WorkflowEngine.Host.Portal.Forms;
using WorkflowEngine.Storage.Personal;

namespace WorkflowEngine.Host.Portal.Records;

/// <summary>One field of a record as it is shown.</summary>
/// <param name="Title">As the standard calls it.</param>
/// <param name="Image">The picture's address in the page; null: it is no picture, or not to be shown.</param>
public sealed record ShownField(string Title, string Text, string? Image = null);

/// <summary>What is shown of a person: covered but for what tells records apart, or in full where somebody has said why.</summary>
public static class PersonalFields
{
    public const string Destroyed = "已按保存期限销毁";

    private const char Cover = '*';

    public static IReadOnlyList<ShownField> Masked(DeviceRecord record, MessageDefinition? message) =>
        record.Personal is { } values ? [.. values.Select(value => Show(value, message, isFull: false))] : [new ShownField("个人信息", Destroyed)];

    public static IReadOnlyList<ShownField> Full(DeviceRecord record, MessageDefinition? message) => [.. (record.Personal ?? []).Select(value => Show(value, message, isFull: true))];

    /// <summary>The name of the person whom a record is about, covered; empty where it names none.</summary>
    public static string Name(DeviceRecord record) => record.Personal is not { } values ? Destroyed
        : FormText.Plain(values["workerName"] ?? values["pmName"]) is { Length: > 0 } name ? Covered(name, format: null) : "";

    /// <summary>What is not personal. A picture's digest stands for it where it is not kept.</summary>
    /// <param name="tables">Of the standard: what its codes mean.</param>
    public static IReadOnlyList<ShownField> Others(DeviceRecord record, MessageDefinition? message, IReadOnlyDictionary<string, CodeTable>? tables) =>
    [
        .. from value in record.Values
           where record.Personal?.ContainsKey(value.Key) != true
           let field = FieldOf(value.Key, message)
           select new ShownField(field?.Title ?? value.Key, field is { Images.Count: > 0 } ? "（图片）" : Meaning(FormText.Plain(value.Value), field, tables)),
    ];

    /// <summary>An ID number by its first and last four characters, a card by its last four, a phone by three and four, anything else by its first.</summary>
    public static string Covered(string text, string? format)
    {
        var (first, last) = format switch
        {
            FieldFormats.IdNumber => (4, 4),
            FieldFormats.BankCard => (0, 4),
            FieldFormats.Mobile => (3, 4),
            _ => (1, 0),
        };
        // What is too short for its kind is covered like anything else.
        if (text.Length < first + last + 4) (first, last) = (Math.Min(1, text.Length), 0);
        var covered = last == 0 ? Math.Min(text.Length - first, 4) : text.Length - first - last;
        return string.Concat(text.AsSpan(0, first), new string(Cover, Math.Max(covered, 0)), text.AsSpan(text.Length - last));
    }

    private static string Meaning(string text, FieldDefinition? field, IReadOnlyDictionary<string, CodeTable>? tables) =>
        field?.Dictionary is { } name && tables?.GetValueOrDefault(name)?.Codes.GetValueOrDefault(text) is { } code && code.Title != text ? $"{code.Title}（{text}）" : text;

    private static ShownField Show(KeyValuePair<string, JsonNode?> value, MessageDefinition? message, bool isFull)
    {
        var field = FieldOf(value.Key, message);
        var (title, text) = (field?.Title ?? value.Key, FormText.Plain(value.Value));
        if (field is { Images.Count: > 0 })
        {
            return isFull
                ? new ShownField(title, "", $"data:image/{(text.StartsWith("iVBOR", StringComparison.Ordinal) ? "png" : "jpeg")};base64,{text}")
                : new ShownField(title, "（图片，已遮盖）");
        }

        return new ShownField(title, isFull ? text : Covered(text, field?.Format));
    }

    /// <summary>By its name, of the record or of an entry within it (<c>builderLicenses[0].builderLicenseNum</c>).</summary>
    private static FieldDefinition? FieldOf(string name, MessageDefinition? message)
    {
        if (message is null) return null;

        FieldDefinition? field = null;
        var fields = message.RecordList is { } list && message.Fields.FirstOrDefault(candidate => candidate.Name == list) is { } records ? [.. records.Fields, .. message.Fields] : message.Fields;
        foreach (var part in name.Split('.'))
        {
            field = fields.FirstOrDefault(candidate => candidate.Name == part.Split('[')[0]);
            if (field is null) return null;

            fields = field.Fields;
        }

        return field;
    }
}
