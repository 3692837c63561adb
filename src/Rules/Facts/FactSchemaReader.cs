using System.Text;
using System.Text.Json;

namespace WorkflowEngine.Rules;

/// <summary>Reads the JSON form of a <see cref="FactSchema"/>.</summary>
internal sealed class FactSchemaReader(string path, LineMap? lines)
{
    private static readonly Dictionary<string, FactType> Scalars = new(StringComparer.Ordinal)
    {
        ["Boolean"] = FactType.Boolean,
        ["Int32"] = FactType.Int32,
        ["Int64"] = FactType.Int64,
        ["Double"] = FactType.Double,
        ["Decimal"] = FactType.Decimal,
        ["String"] = FactType.String,
        ["DateTime"] = FactType.DateTime,
        ["DateOnly"] = FactType.DateOnly,
        ["Any"] = FactType.Any,
    };

    private const int MostMembers = 1_000;
    private const int MostProblems = 200;

    private readonly List<RuleProblem> _problems = [];

    public static FactSchemaResult Read(string json, string path)
    {
        var utf8 = Encoding.UTF8.GetBytes(json);
        var lines = new LineMap(utf8);
        try
        {
            return Read(JsonTree.Parse(utf8), path, lines);
        }
        catch (JsonException exception)
        {
            return new FactSchemaResult(null, [JsonProblem.Of(exception, path, lines)]);
        }
    }

    public static FactSchemaResult Read(JsonTree tree, string path, LineMap lines)
    {
        var reader = new FactSchemaReader(path, lines);
        if (!tree.IsObject)
        {
            reader.Add(tree.Position, "the facts must be an object that names the inputs, e.g. {\"input1\": {\"age\": \"Int32\"}}");
            return new FactSchemaResult(null, reader._problems);
        }

        var inputs = reader.Members(tree);
        return reader._problems.Count == 0
            ? new FactSchemaResult(FactSchema.Of(inputs), [])
            : new FactSchemaResult(null, reader._problems);
    }

    private List<FactMember> Members(JsonTree tree)
    {
        var members = new List<FactMember>();
        foreach (var (name, position, value) in tree.Members)
        {
            if (members.Count == MostMembers)
            {
                Add(position, $"an object has at most {MostMembers} members");
                break;
            }

            if (members.Any(member => member.Name == name))
            {
                Add(position, $"'{name}' is declared twice");
                continue;
            }

            members.Add(new FactMember(name, Type(value)));
        }

        return members;
    }

    private FactType Type(JsonTree tree)
    {
        if (tree.IsString)
        {
            if (Scalars.TryGetValue(tree.Text.TrimEnd('?'), out var scalar))
            {
                return scalar;
            }

            Add(tree.Position, $"'{tree.Text}' is not a fact type{DidYouMean.Of(tree.Text, Scalars.Keys)}");
            return FactType.Any;
        }

        if (tree.IsArray && tree.Elements.Count == 1)
        {
            return new FactType.List(Type(tree.Elements[0]));
        }

        if (tree.IsObject)
        {
            return new FactType.Record(Members(tree));
        }

        Add(tree.Position, "a fact type is a name, an object of members, or a list with the type of its elements");
        return FactType.Any;
    }

    private void Add(long position, string message)
    {
        if (_problems.Count >= MostProblems)
        {
            return;
        }

        var (line, column) = lines?.At(position) ?? (0, 0);
        _problems.Add(new RuleProblem(path, line, column, RuleProblemCodes.WrongValue, message));
    }
}

/// <summary>Says where a text stops being JSON.</summary>
internal static class JsonProblem
{
    public static RuleProblem Of(JsonException exception, string path, LineMap lines)
    {
        var (line, column) = lines.At(lines.Position(exception.LineNumber ?? 0, exception.BytePositionInLine ?? 0));
        var message = exception.Message;
        var suffix = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return new RuleProblem(path, line, column, RuleProblemCodes.NotJson, suffix < 0 ? message : message[..suffix]);
    }
}
