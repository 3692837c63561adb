using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using WorkflowEngine.Content.Reading;
using WorkflowEngine.Rules;
using WorkflowEngine.Templates;

namespace WorkflowEngine.Content.Notices;

/// <summary>
/// What a notice may use, as its model file declares it, in the words of the rules' fact declarations: <c>String</c>,
/// <c>Boolean</c>, <c>Int32</c>, <c>Decimal</c>, <c>DateOnly</c>, <c>DateTime</c>, an object of members, or a list
/// <c>[…]</c> of one shape. <c>?</c> after the name of a type, or of a member that is an object or a list, says that it may be
/// absent; everything else must be there when the notice is sent.
/// </summary>
internal abstract record NoticeModel(bool IsOptional, int Line, int Column)
{
    /// <summary>Flow variables have more, but a letter with more than this is not a letter.</summary>
    private const int MaxItems = 1_000;

    private static readonly TimeSpan Shanghai = TimeSpan.FromHours(8);
    private static readonly string[] ScalarNames = ["String", "Boolean", "Int32", "Decimal", "DateOnly", "DateTime"];

    public sealed record Structure(IReadOnlyDictionary<string, NoticeModel> Members, bool IsOptional, int Line, int Column)
        : NoticeModel(IsOptional, Line, Column);

    public sealed record Sequence(NoticeModel Item, bool IsOptional, int Line, int Column) : NoticeModel(IsOptional, Line, Column);

    public sealed record Scalar(string Type, bool IsOptional, int Line, int Column) : NoticeModel(IsOptional, Line, Column);

    public static NoticeModel? Read(LocatedJson json, string path, ProblemList problems, bool optional = false)
    {
        switch (json.Kind)
        {
            case JsonValueKind.Object:
                var members = new Dictionary<string, NoticeModel>();
                foreach (var member in json.Members)
                {
                    var name = member.Name.TrimEnd('?');
                    if (Read(member.Value, path, problems, optional: name != member.Name) is { } model)
                    {
                        members[name] = model;
                    }
                }

                return new Structure(members, optional, json.Line, json.Column);

            case JsonValueKind.Array when json.Items.Count == 1:
                return Read(json.Items[0], path, problems) is { } item ? new Sequence(item, optional, json.Line, json.Column) : null;

            case JsonValueKind.String when ScalarNames.Contains(json.Text.TrimEnd('?')):
                return new Scalar(json.Text.TrimEnd('?'), optional || json.Text.EndsWith('?'), json.Line, json.Column);

            default:
                var written = json.IsString ? $"'{json.Text}'" : "this";
                problems.Add(
                    ProblemCodes.WrongValue, path, json,
                    $"{written} is not a type{DidYouMean.Of(json.Text, ScalarNames)} (known: {string.Join(", ", ScalarNames)}, an object of members, a list with one shape)",
                    $"{(json.IsString ? $"“{json.Text}”" : "这里")}不是类型{DidYouMean.Chinese(json.Text, ScalarNames)}（可用：{string.Join("、", ScalarNames)}、由成员组成的对象、只写一种形状的列表）");
                return null;
        }
    }

    public ModelSchema Schema() => this switch
    {
        Structure structure => new ModelSchema.Structure(structure.Members.ToDictionary(member => member.Key, member => member.Value.Schema())),
        Sequence sequence => new ModelSchema.Sequence(sequence.Item.Schema()),
        Scalar { Type: "DateOnly" or "DateTime" } => new ModelSchema.Date(),
        _ => new ModelSchema.Scalar(),
    };

    /// <summary>
    /// Turns JSON into what templates take: exactly the declared members, dates as dates. What is missing or of another kind is
    /// an error here, before a letter with a hole in it is sent.
    /// </summary>
    /// <exception cref="NoticeModelException">The value does not fit; the message names the member.</exception>
    public object? Convert(JsonNode? value, string place)
    {
        if (value is null || value.GetValueKind() == JsonValueKind.Null)
        {
            return IsOptional ? null : throw new NoticeModelException($"'{place}' is missing");
        }

        switch (this)
        {
            case Structure structure when value is JsonObject @object:
                return structure.Members.ToDictionary(
                    member => member.Key, member => member.Value.Convert(@object[member.Key], place.Length == 0 ? member.Key : $"{place}.{member.Key}"));

            case Sequence sequence when value is JsonArray array:
                return array.Count <= MaxItems
                    ? array.Select((item, index) => sequence.Item.Convert(item, $"{place}[{index}]")).ToList()
                    : throw new NoticeModelException($"'{place}' has {array.Count} entries, more than {MaxItems}");

            case Scalar scalar when value is JsonValue single && Convert(scalar.Type, single) is { } converted:
                return converted;

            default:
                throw new NoticeModelException($"'{place}' is not {Words()}");
        }
    }

    /// <summary>The declared members of a value; others are left out. A value of another kind stays as it is, for <see cref="Convert(JsonNode?, string)"/> to say so.</summary>
    public JsonNode? Used(object? value) => (this, value) switch
    {
        (Structure structure, FactObject given) => new JsonObject(
            structure.Members.Where(member => given.ContainsKey(member.Key)).Select(member => KeyValuePair.Create(member.Key, member.Value.Used(given[member.Key])))),
        (Sequence sequence, List<object?> given) => new JsonArray([.. given.Take(MaxItems + 1).Select(sequence.Item.Used)]),
        _ => FactJson.Of(value),
    };

    private string Words() => this switch
    {
        Structure => "an object",
        Sequence => "a list",
        Scalar scalar => $"a {scalar.Type}",
        _ => throw new InvalidOperationException($"{GetType().Name} has no words."),
    };

    private static object? Convert(string type, JsonValue value)
    {
        var text = value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
        switch (type)
        {
            // A form's number is shown as it was typed, so a number is also a text.
            case "String":
                return text is not null ? NoticeSecrets.Hidden(text) : value.GetValueKind() == JsonValueKind.Number ? NoticeSecrets.Hidden(value.ToJsonString()) : null;
            case "Boolean":
                return value.GetValueKind() switch
                {
                    JsonValueKind.True => true,
                    JsonValueKind.False => false,
                    _ => null,
                };
            case "Int32":
                return int.TryParse(text ?? value.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole : null;
            case "Decimal":
                return decimal.TryParse(text ?? value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
            case "DateOnly":
                return DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;
            default:
                return text is not null && text.Contains('T', StringComparison.Ordinal)
                    && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
                    ? instant.ToOffset(Shanghai)
                    : null;
        }
    }
}

/// <summary>A model that a notice cannot be rendered with. Caught by <see cref="Notice"/> and never seen outside.</summary>
internal sealed class NoticeModelException(string message) : Exception(message);
