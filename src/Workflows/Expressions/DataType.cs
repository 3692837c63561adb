using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using WorkflowEngine.Rules;

namespace WorkflowEngine.Workflows.Expressions;

/// <summary>
/// A type of values in flows, known in files by an alias (Int32, String, JSON …). Aliases are those of Elsa 3 and are matched in any case.
/// </summary>
internal sealed class DataType
{
    private static readonly FrozenDictionary<string, DataType> ByAlias = Build();

    private DataType(string alias, Type clr)
    {
        Alias = alias;
        Clr = clr;
    }

    public string Alias { get; }

    public Type Clr { get; }

    public static DataType Text { get; } = ByAlias["String"];

    public static DataType Any { get; } = ByAlias["Object"];

    public static IEnumerable<string> Aliases => ByAlias.Keys;

    /// <summary>Null for a name that is no alias.</summary>
    public static DataType? Find(string alias) => ByAlias.GetValueOrDefault(alias);

    /// <summary>The type of an array variable.</summary>
    public DataType ArrayOf() => new(Alias + "[]", Clr.MakeArrayType());

    private static FrozenDictionary<string, DataType> Build()
    {
        var types = new Dictionary<string, DataType>(StringComparer.OrdinalIgnoreCase);
        Value<short>("Int16");
        Value<int>("Int32");
        Value<long>("Int64");
        Value<long>("Long");
        Value<float>("Single");
        Value<bool>("Boolean");
        Value<decimal>("Decimal");
        Value<double>("Double");
        Value<Guid>("Guid");
        Value<DateTime>("DateTime");
        Value<DateTimeOffset>("DateTimeOffset");
        Value<TimeSpan>("TimeSpan");
        Value<JsonElement>("JsonElement");
        Reference<object>("Object");
        Reference<string>("String");
        Reference<byte[]>("ByteArray");
        Reference<Stream>("Stream");
        Reference<FactObject>("JSON");
        Reference<JsonNode>("JsonNode");
        Reference<JsonObject>("JsonObject");
        Reference<Dictionary<string, string>>("StringDictionary");
        Reference<Dictionary<string, object>>("ObjectDictionary");
        Reference<IDictionary<string, string>>("StringMap");
        Reference<IDictionary<string, object>>("ObjectMap");
        return types.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

        void Value<T>(string alias)
            where T : struct
        {
            types[alias] = new DataType(alias, typeof(T));
            types[alias + "?"] = new DataType(alias + "?", typeof(T?));
        }

        void Reference<T>(string alias) => types[alias] = new DataType(alias, typeof(T));
    }
}
