using System.Text.Json;

namespace WorkflowEngine.Rules;

/// <summary>
/// The facts that rules read: named inputs with declared types. As JSON, e.g.
/// <c>{"input1": {"age": "Int32", "name": "String", "items": [{"q": "Int32"}]}}</c>. Type names: Boolean, Int32, Int64,
/// Double, Decimal, String, DateTime, DateOnly, Any. Every fact may be null.
/// </summary>
public sealed record FactSchema
{
    private FactSchema(IReadOnlyList<FactMember> inputs, bool isOpen)
    {
        Inputs = inputs;
        IsOpen = isOpen;
        IsDeclared = !isOpen && inputs.All(input => Declared(input.Type));
    }

    /// <summary>Nothing is declared: inputs and their types are taken from the values of each run.</summary>
    public static FactSchema Open { get; } = new([], isOpen: true);

    public IReadOnlyList<FactMember> Inputs { get; }

    /// <summary>True when not even the names of the inputs are declared.</summary>
    public bool IsOpen { get; }

    /// <summary>True when every type is declared, so that expressions are checked when they are saved.</summary>
    public bool IsDeclared { get; }

    public static FactSchema Of(params IReadOnlyList<FactMember> inputs) => new(inputs, isOpen: false);

    /// <summary>Reads a schema. Problems name the place in <paramref name="json"/>.</summary>
    public static FactSchemaResult Parse(string json, string path = "schema") => FactSchemaReader.Read(json, path);

    /// <summary>Reads a schema that is part of another document; places of problems are not known.</summary>
    public static FactSchemaResult Parse(JsonElement json, string path = "schema") => Parse(json.GetRawText(), path);

    public bool Equals(FactSchema? other) =>
        other is not null && IsOpen == other.IsOpen && Inputs.SequenceEqual(other.Inputs);

    public override int GetHashCode() => Inputs.Aggregate(IsOpen ? 1 : 0, (hash, input) => HashCode.Combine(hash, input));

    private static bool Declared(FactType type) => type switch
    {
        FactType.Scalar => true,
        FactType.List list => Declared(list.Element),
        FactType.Record record => record.Members.All(member => Declared(member.Type)),
        _ => false,
    };
}

/// <summary>A schema, or why there is none.</summary>
public sealed record FactSchemaResult(FactSchema? Schema, IReadOnlyList<RuleProblem> Problems);
