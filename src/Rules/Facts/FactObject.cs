using System.Collections.ObjectModel;

namespace WorkflowEngine.Rules;

/// <summary>
/// An object of open shape that never changes, as flows keep and hand on what JSON brought: members in their order, each null, text, truth value, decimal (double where that is
/// too small), a list of such values, or an object like this one. Whoever keeps it need not copy it, and what expressions find out about it is found out once.
/// </summary>
public sealed class FactObject : ReadOnlyDictionary<string, object?>
{
    private FactType? _type;
    private Completion? _completion;
    private FactRecord? _record;

    /// <param name="members">Nobody changes them, or a list in them, from now on.</param>
    public FactObject(Dictionary<string, object?> members)
        : base(members)
    {
        Members = members;
        foreach (var value in members.Values) Measure(value, 1);
    }

    public static new FactObject Empty { get; } = new([]);

    internal Dictionary<string, object?> Members { get; }

    /// <summary>How many values there are in it, itself not counted.</summary>
    internal int Size { get; private set; }

    /// <summary>How deep they are nested.</summary>
    internal int Depth { get; private set; }

    /// <summary>Its type, taken from its values.</summary>
    internal FactType TypeBy(Func<FactObject, FactType> find) => _type ??= find(this);

    /// <summary>A declared type, with the types of values wherever none was declared.</summary>
    internal FactType CompletedBy(FactType declared, Func<FactObject, FactType> find)
    {
        if (_completion is { } known && ReferenceEquals(known.Declared, declared)) return known.Type;

        var type = find(this);
        _completion = new Completion(declared, type);
        return type;
    }

    /// <summary>As expressions of this shape read it.</summary>
    internal FactRecord RecordBy(Shape.Record shape, Func<FactObject, FactRecord> make)
    {
        if (_record is { } known && ReferenceEquals(known.Shape, shape)) return known;

        var record = make(this);
        _record = record;
        return record;
    }

    private void Measure(object? value, int depth)
    {
        Size++;
        Depth = Math.Max(Depth, depth);
        switch (value)
        {
            case FactObject inner:
                Size += inner.Size;
                Depth = Math.Max(Depth, depth + inner.Depth);
                break;
            case List<object?> items:
                foreach (var item in items) Measure(item, depth + 1);
                break;
        }
    }

    private sealed record Completion(FactType Declared, FactType Type);
}
