using System.Text;
using System.Text.Json;

namespace WorkflowEngine.Rules;

/// <summary>A JSON document that remembers where everything stands, read as strictly as System.Text.Json does by default.</summary>
internal sealed class JsonTree
{
    public required JsonTokenType Kind { get; init; }

    /// <summary>0-based position of the value in the text, in bytes of UTF-8.</summary>
    public required long Position { get; init; }

    public string Text { get; init; } = "";

    public IReadOnlyList<JsonMember> Members { get; init; } = [];

    public IReadOnlyList<JsonTree> Elements { get; init; } = [];

    public required JsonDocumentSlice Slice { get; init; }

    public bool IsObject => Kind == JsonTokenType.StartObject;

    public bool IsArray => Kind == JsonTokenType.StartArray;

    public bool IsString => Kind == JsonTokenType.String;

    public bool IsNull => Kind == JsonTokenType.Null;

    public JsonTree? Find(string name)
    {
        JsonTree? found = null;
        foreach (var member in Members)
        {
            if (member.Name == name)
            {
                found = member.Value;
            }
        }

        return found;
    }

    public JsonElement ToElement() => Slice.Element();

    /// <summary>Reads a document of at most 64 levels.</summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static JsonTree Parse(byte[] utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        reader.Read();
        var root = ReadValue(ref reader, utf8);
        reader.Read();
        return root;
    }

    private static JsonTree ReadValue(ref Utf8JsonReader reader, byte[] utf8)
    {
        var start = reader.TokenStartIndex;
        var kind = reader.TokenType;
        List<JsonMember>? members = null;
        List<JsonTree>? elements = null;
        var text = kind switch
        {
            JsonTokenType.String => reader.GetString()!,
            JsonTokenType.Number => Encoding.UTF8.GetString(reader.ValueSpan),
            _ => "",
        };

        if (kind == JsonTokenType.StartObject)
        {
            members = [];
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                var (name, position) = (reader.GetString()!, reader.TokenStartIndex);
                reader.Read();
                members.Add(new JsonMember(name, position, ReadValue(ref reader, utf8)));
            }
        }
        else if (kind == JsonTokenType.StartArray)
        {
            elements = [];
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                elements.Add(ReadValue(ref reader, utf8));
            }
        }

        return new JsonTree
        {
            Kind = kind,
            Position = start,
            Text = text,
            Members = members ?? (IReadOnlyList<JsonMember>)[],
            Elements = elements ?? (IReadOnlyList<JsonTree>)[],
            Slice = new JsonDocumentSlice(utf8, start, reader.BytesConsumed),
        };
    }
}

/// <param name="Position">Where the name stands, as <see cref="JsonTree.Position"/>.</param>
internal sealed record JsonMember(string Name, long Position, JsonTree Value);

/// <summary>The bytes of one value inside a document.</summary>
internal readonly record struct JsonDocumentSlice(byte[] Utf8, long Start, long End)
{
    public JsonElement Element()
    {
        using var document = JsonDocument.Parse(Utf8.AsMemory((int)Start, (int)(End - Start)));
        return document.RootElement.Clone();
    }
}

/// <summary>
/// Turns byte positions of a text into 1-based lines and columns (columns count characters). Counts are kept for every block
/// of the text, so that a file of one long line costs no more than another.
/// </summary>
internal sealed class LineMap
{
    private const int Block = 1024;

    private readonly byte[] _utf8;
    private readonly List<int> _starts = [0];
    private readonly int[] _characters;

    public LineMap(byte[] utf8)
    {
        _utf8 = utf8;
        _characters = new int[(utf8.Length / Block) + 1];
        var characters = 0;
        for (var i = 0; i < utf8.Length; i++)
        {
            if (i % Block == 0)
            {
                _characters[i / Block] = characters;
            }

            characters += Characters(utf8[i]);
            if (utf8[i] == (byte)'\n')
            {
                _starts.Add(i + 1);
            }
        }

        if (utf8.Length % Block == 0)
        {
            _characters[^1] = characters;
        }
    }

    public (int Line, int Column) At(long position)
    {
        var offset = (int)Math.Clamp(position, 0, _utf8.Length);
        var line = _starts.BinarySearch(offset);
        line = line >= 0 ? line : ~line - 1;
        return (line + 1, CharactersBefore(offset) - CharactersBefore(_starts[line]) + 1);
    }

    public long Position(long line, long byteInLine) =>
        line < _starts.Count ? _starts[(int)line] + byteInLine : _utf8.Length;

    private int CharactersBefore(int offset)
    {
        var characters = _characters[offset / Block];
        for (var i = offset / Block * Block; i < offset; i++)
        {
            characters += Characters(_utf8[i]);
        }

        return characters;
    }

    /// <summary>How many UTF-16 characters begin at a byte: none inside a sequence, two for one of four bytes.</summary>
    private static int Characters(byte value) => (value & 0xC0) == 0x80 ? 0 : value >= 0xF0 ? 2 : 1;
}
