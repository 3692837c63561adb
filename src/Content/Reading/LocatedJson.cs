using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkflowEngine.Content.Reading;

/// <summary>
/// A JSON value that knows where it stands in its file, so that a problem found far later can still name the line.
/// Comments and trailing commas are refused, as in the engines' own files; a member written twice is a problem.
/// </summary>
internal sealed class LocatedJson
{
    // As deep as the definition reader goes.
    private const int MaxDepth = 256;

    private LocatedJson(JsonValueKind kind, int line, int column, string text)
    {
        Kind = kind;
        Line = line;
        Column = column;
        Text = text;
    }

    public JsonValueKind Kind { get; }

    /// <summary>1-based.</summary>
    public int Line { get; }

    /// <summary>1-based, in characters.</summary>
    public int Column { get; }

    /// <summary>The value of a string, the digits of a number, <c>true</c>, <c>false</c> or <c>null</c>; empty for the rest.</summary>
    public string Text { get; }

    public List<LocatedMember> Members { get; } = [];

    public List<LocatedJson> Items { get; } = [];

    public bool IsObject => Kind == JsonValueKind.Object;

    public bool IsArray => Kind == JsonValueKind.Array;

    public bool IsString => Kind == JsonValueKind.String;

    public LocatedJson? this[string name] => Members.Find(member => member.Name == name)?.Value;

    /// <summary>Walks down by member names; null as soon as one is missing.</summary>
    public LocatedJson? At(params ReadOnlySpan<string> path)
    {
        var at = this;
        foreach (var name in path)
        {
            if (at[name] is not { } next)
            {
                return null;
            }

            at = next;
        }

        return at;
    }

    public string? StringAt(params ReadOnlySpan<string> path) => At(path) is { IsString: true } value ? value.Text : null;

    /// <summary>A member by name in any letter case, as Elsa reads its files.</summary>
    public LocatedJson? Member(string name) => this[name] ?? Members.Find(member => member.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Value;

    /// <summary>The items of a list, also of one in the wrapper <c>{"$values": […]}</c> of older Elsa tools, or a single object alone.</summary>
    public IReadOnlyList<LocatedJson> Values() => this["$values"]?.Items ?? (IsObject ? [this] : Items);

    /// <summary>The JSON that a text holds, all of it standing where the text stands; null when it holds none.</summary>
    public static LocatedJson? ParseInside(LocatedJson text)
    {
        var problems = new ProblemList();
        return Parse("", text.Text, problems) is { } inside && !problems.HasErrors ? inside.MovedTo(text) : null;
    }

    /// <summary>Null, with a problem added, when the text is not JSON.</summary>
    public static LocatedJson? Parse(string file, string text, ProblemList problems)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = MaxDepth });
        var places = new Places(bytes);
        try
        {
            reader.Read();
            var value = Read(ref reader, places, file, problems);
            while (reader.Read())
            {
            }

            return value;
        }
        catch (JsonException e)
        {
            problems.Add(
                ProblemCodes.NotJson, file, (int)(e.LineNumber ?? 0) + 1, (int)(e.BytePositionInLine ?? 0) + 1, null,
                $"this is not JSON: {FirstSentence(e.Message)}",
                $"这不是合法的 JSON：{FirstSentence(e.Message)}");
            return null;
        }
    }

    public JsonNode? ToNode() => Kind switch
    {
        JsonValueKind.Object => new JsonObject(Members.Select(member => KeyValuePair.Create(member.Name, member.Value.ToNode()))),
        JsonValueKind.Array => new JsonArray([.. Items.Select(item => item.ToNode())]),
        JsonValueKind.String => JsonValue.Create(Text),
        JsonValueKind.Null => null,
        _ => JsonNode.Parse(Text),
    };

    private LocatedJson MovedTo(LocatedJson place)
    {
        var moved = new LocatedJson(Kind, place.Line, place.Column, Text);
        moved.Members.AddRange(Members.Select(member => new LocatedMember(member.Name, place.Line, place.Column, member.Value.MovedTo(place))));
        moved.Items.AddRange(Items.Select(item => item.MovedTo(place)));
        return moved;
    }

    private static LocatedJson Read(ref Utf8JsonReader reader, Places places, string file, ProblemList problems)
    {
        var (line, column) = places.Of(reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var @object = new LocatedJson(JsonValueKind.Object, line, column, "");
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var (nameLine, nameColumn) = places.Of(reader.TokenStartIndex);
                    var name = reader.GetString()!;
                    reader.Read();
                    var value = Read(ref reader, places, file, problems);
                    if (@object[name] is not null)
                    {
                        problems.Add(
                            ProblemCodes.DuplicateMember, file, nameLine, nameColumn, null,
                            $"'{name}' is written twice; keep one of them",
                            $"“{name}”写了两次，请只保留一处");
                        continue;
                    }

                    @object.Members.Add(new LocatedMember(name, nameLine, nameColumn, value));
                }

                return @object;

            case JsonTokenType.StartArray:
                var array = new LocatedJson(JsonValueKind.Array, line, column, "");
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    array.Items.Add(Read(ref reader, places, file, problems));
                }

                return array;

            case JsonTokenType.String:
                return new LocatedJson(JsonValueKind.String, line, column, reader.GetString()!);

            case JsonTokenType.Number:
                return new LocatedJson(JsonValueKind.Number, line, column, Encoding.UTF8.GetString(reader.ValueSpan));

            case JsonTokenType.True:
                return new LocatedJson(JsonValueKind.True, line, column, "true");

            case JsonTokenType.False:
                return new LocatedJson(JsonValueKind.False, line, column, "false");

            default:
                return new LocatedJson(JsonValueKind.Null, line, column, "null");
        }
    }

    /// <summary>System.Text.Json ends its messages with its own idea of the path and line; ours stands before the message.</summary>
    private static string FirstSentence(string message)
    {
        var end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? message : message[..end].TrimEnd();
    }

    /// <summary>Byte offset to line and column. Asked in rising order, so one pass over the text serves all.</summary>
    private sealed class Places(byte[] bytes)
    {
        private int _at;
        private int _line = 1;
        private int _lineStart;

        public (int Line, int Column) Of(long offset)
        {
            for (; _at < offset; _at++)
            {
                if (bytes[_at] == (byte)'\n')
                {
                    _line++;
                    _lineStart = _at + 1;
                }
            }

            return (_line, Encoding.UTF8.GetCharCount(bytes, _lineStart, _at - _lineStart) + 1);
        }
    }
}

/// <summary>A member of a JSON object with the place of its name.</summary>
internal sealed record LocatedMember(string Name, int Line, int Column, LocatedJson Value);
