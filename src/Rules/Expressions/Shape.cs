using System.Collections;

namespace WorkflowEngine.Rules;

/// <summary>
/// What .NET's types cannot say about a value of an expression: the members of a <see cref="FactRecord"/>, wherever it is
/// nested. Null: the .NET type says it all.
/// </summary>
internal abstract class Shape
{
    /// <summary>A list of things with a shape.</summary>
    public sealed class Sequence(Shape element) : Shape
    {
        public Shape Element { get; } = element;
    }

    /// <summary>The result of GroupBy.</summary>
    public sealed class Grouping(Shape? key, Shape? element) : Shape
    {
        public Shape? Key { get; } = key;

        public Shape? Element { get; } = element;
    }

    /// <summary>The members of a record.</summary>
    public sealed class Record : Shape
    {
        private readonly Dictionary<string, int> _exact = new(StringComparer.Ordinal);

        public Record(IReadOnlyList<ShapeMember> members)
        {
            Members = members;
            for (var i = 0; i < members.Count; i++)
            {
                _exact[members[i].Name] = i;
            }
        }

        public IReadOnlyList<ShapeMember> Members { get; }

        public int Find(string name, bool caseSensitive)
        {
            if (_exact.TryGetValue(name, out var index))
            {
                return index;
            }

            for (var i = 0; !caseSensitive && i < Members.Count; i++)
            {
                if (Members[i].Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return i;
                }
            }

            return -1;
        }
    }

    /// <summary>The shape of the elements of a sequence or group; null when they have none.</summary>
    public static Shape? ElementOf(Shape? shape) => shape switch
    {
        Sequence sequence => sequence.Element,
        Grouping grouping => grouping.Element,
        _ => null,
    };

    public static Shape? SequenceOf(Shape? element) => element is null ? null : new Sequence(element);
}

/// <param name="Name">The member's name.</param>
/// <param name="Clr">The .NET type of its values.</param>
/// <param name="Shape">What <paramref name="Clr"/> does not say.</param>
/// <param name="IsNothing">True when the member is null wherever it was looked at, so that it has no type.</param>
internal sealed record ShapeMember(string Name, Type Clr, Shape? Shape, bool IsNothing = false);

/// <summary>An object of the expression language: named members with values. Two are equal when their members are.</summary>
internal sealed class FactRecord(Shape.Record shape, object?[] values) : IEquatable<FactRecord>
{
    public Shape.Record Shape { get; } = shape;

    public object?[] Values { get; } = values;

    public bool Equals(FactRecord? other)
    {
        if (other is null || other.Values.Length != Values.Length)
        {
            return false;
        }

        for (var i = 0; i < Values.Length; i++)
        {
            if (Shape.Members[i].Name != other.Shape.Members[i].Name || !Equals(Values[i], other.Values[i]))
            {
                return false;
            }
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as FactRecord);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var value in Values)
        {
            hash.Add(value);
        }

        return hash.ToHashCode();
    }
}

/// <summary>Turns declared types into the .NET types and shapes that expressions are built from.</summary>
internal static class Shapes
{
    public static (Type Clr, Shape? Shape) Of(FactType type)
    {
        switch (type)
        {
            case FactType.Scalar scalar:
                return (scalar.Clr.IsValueType ? typeof(Nullable<>).MakeGenericType(scalar.Clr) : scalar.Clr, null);
            case FactType.Present present:
                return (present.Clr, null);
            case FactType.List list:
                var (element, shape) = Of(list.Element);
                return (typeof(List<>).MakeGenericType(element), Shape.SequenceOf(shape));
            case FactType.Record record:
                return (typeof(FactRecord), Record(record));
            default:
                return (typeof(object), null);
        }
    }

    /// <summary>The .NET type alone.</summary>
    public static Type ClrOf(FactType type) => type switch
    {
        FactType.Record => typeof(FactRecord),
        FactType.Present present => present.Clr,
        FactType.Scalar { Clr.IsValueType: false } text => text.Clr,
        _ => Of(type).Clr,
    };

    /// <summary>An empty list of values of the type; the everyday ones without reflection.</summary>
    public static IList ListOf(Type element, int capacity) =>
        element == typeof(FactRecord) ? new List<FactRecord?>(capacity)
        : element == typeof(string) ? new List<string?>(capacity)
        : element == typeof(object) ? new List<object?>(capacity)
        : (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(element), capacity)!;

    private static Shape.Record Record(FactType.Record record) => new(
    [
        .. record.Members.Select(member =>
        {
            var (clr, shape) = Of(member.Type);
            return new ShapeMember(member.Name, clr, shape, member.Type is FactType.Nothing);
        }),
    ]);
}
