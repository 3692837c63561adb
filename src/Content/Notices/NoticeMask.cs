using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkflowEngine.Content.Notices;

/// <summary>Takes out of a letter's model what a person wrote, for who tries a letter out and reads no case.</summary>
internal static class NoticeMask
{
    /// <summary>A code that a template decides by, such as <c>Upheld</c> or <c>V1.3</c>, is no text that somebody wrote.</summary>
    private const int LongestCode = 24;

    /// <summary>More digits than this in a row are a number of somebody or something.</summary>
    private const int MostDigits = 5;

    /// <summary>What the procedure and the register of authorities say, not the parties.</summary>
    private static readonly string[] Official = ["case", "authority", "province", "task", "clocks", "calendar", "basis", "today", "count", "more", "inbox", "incidents"];

    public static JsonNode? Of(NoticeModel model, JsonObject value) => model is NoticeModel.Structure root
        ? new JsonObject(value.Select(member => KeyValuePair.Create(
            member.Key, Official.Contains(member.Key) ? member.Value?.DeepClone() : Masked(root.Members.GetValueOrDefault(member.Key), member.Value))))
        : value.DeepClone();

    private static JsonNode? Masked(NoticeModel? model, JsonNode? value) => (model, value) switch
    {
        (_, null) => null,
        (NoticeModel.Structure structure, JsonObject given) => new JsonObject(given.Select(member => KeyValuePair.Create(member.Key, Masked(structure.Members.GetValueOrDefault(member.Key), member.Value)))),
        (NoticeModel.Sequence sequence, JsonArray given) => new JsonArray([.. given.Select(item => Masked(sequence.Item, item))]),
        (NoticeModel.Scalar { Type: not "String" }, JsonValue) => value.DeepClone(),
        (_, JsonValue text) when text.GetValueKind() == JsonValueKind.String => Masked(text.GetValue<string>()),
        // Undeclared: no template can show it.
        _ => null,
    };

    private static string Masked(string text)
    {
        if (IsCode(text)) return text;

        var masked = new char[text.Length];
        for (var index = 0; index < text.Length; index++)
        {
            var c = text[index];
            masked[index] = c switch
            {
                >= '0' and <= '9' => '0',
                _ when char.IsAsciiLetter(c) => 'x',
                _ when char.IsLetter(c) || char.IsSurrogate(c) => '某',
                _ => c,
            };
        }

        return new string(masked);
    }

    private static bool IsCode(string text)
    {
        var digits = 0;
        foreach (var c in text)
        {
            digits = char.IsAsciiDigit(c) ? digits + 1 : 0;
            if (digits > MostDigits || !(char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_')) return false;
        }

        return text.Length <= LongestCode;
    }
}
