using System.Text.Json;

namespace WorkflowEngine.Templates;

/// <summary>What a model has: the members of its objects, the shape of the items of its lists. Templates are checked against it before they are published.</summary>
public abstract record ModelSchema
{
    private ModelSchema()
    {
    }

    /// <summary>An object with exactly these members.</summary>
    public sealed record Structure(IReadOnlyDictionary<string, ModelSchema> Members) : ModelSchema;

    /// <summary>A list of items of one shape.</summary>
    public sealed record Sequence(ModelSchema Item) : ModelSchema;

    /// <summary>A date, or a date with its time.</summary>
    public sealed record Date : ModelSchema;

    /// <summary>A text, a number or a truth value: no members of its own.</summary>
    public sealed record Scalar : ModelSchema;

    /// <summary>Nothing is known; everything is allowed.</summary>
    public sealed record Unknown : ModelSchema;

    /// <summary>The shape of a sample model: an object has the members it shows, a list the members of all its items together.</summary>
    public static ModelSchema FromSample(JsonElement sample) => sample.ValueKind switch
    {
        JsonValueKind.Object when TemplateModel.IsDate(sample, out _) => new Date(),
        JsonValueKind.Object => new Structure(sample.EnumerateObject()
            .GroupBy(m => m.Name, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => FromSample(g.Last().Value), StringComparer.Ordinal)),
        JsonValueKind.Array => new Sequence(sample.EnumerateArray()
            .Select(FromSample)
            .DefaultIfEmpty(new Unknown())
            .Aggregate(Union)),
        JsonValueKind.Null => new Unknown(),
        _ => new Scalar(),
    };

    private static ModelSchema Union(ModelSchema left, ModelSchema right) => (left, right) switch
    {
        (Structure a, Structure b) => new Structure(a.Members.Keys.Union(b.Members.Keys, StringComparer.Ordinal).ToDictionary(
            name => name,
            name => !a.Members.TryGetValue(name, out var inA) ? b.Members[name]
                : !b.Members.TryGetValue(name, out var inB) ? inA
                : Union(inA, inB),
            StringComparer.Ordinal)),
        (Sequence a, Sequence b) => new Sequence(Union(a.Item, b.Item)),
        (Unknown, _) => right,
        (_, Unknown) => left,
        _ => left == right ? left : new Unknown(),
    };
}
