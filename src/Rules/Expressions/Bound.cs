using System.Linq.Expressions;

namespace WorkflowEngine.Rules;

/// <summary>A bound part of an expression: what computes it, and what its .NET type does not say.</summary>
/// <param name="Node">What computes it.</param>
/// <param name="Shape">The members inside, see <see cref="Rules.Shape"/>.</param>
/// <param name="Path">Where the value comes from when it is read straight from a fact.</param>
internal sealed record Bound(Expression Node, Shape? Shape = null, FactPath? Path = null)
{
    public Type Type => Node.Type;

    public bool IsNullLiteral => TypeRules.IsNullLiteral(Node);
}

/// <summary>A fact that an expression reads, e.g. <c>input1.address.city</c>.</summary>
internal sealed record FactPath(string Text, int Slot, IReadOnlyList<int> Members)
{
    public FactPath Then(string name, int index) => new($"{Text}.{name}", Slot, [.. Members, index]);

    /// <summary>The fact's value in a run; null also when something before it is.</summary>
    public object? Read(object?[] slots)
    {
        var value = slots[Slot];
        foreach (var index in Members)
        {
            value = (value as FactRecord)?.Values[index];
        }

        return value;
    }
}

/// <summary>The names that an expression may use: inputs and parameters, each in its slot of the frame.</summary>
internal sealed class Scope
{
    private readonly Dictionary<string, Bound> _names;
    private readonly Dictionary<object, Bound?[]> _members;

    private Scope(Dictionary<string, Bound> names, int inputs, int slots, bool caseSensitive, Dictionary<object, Bound?[]> members)
    {
        (_names, Inputs, Slots, CaseSensitive, _members) = (names, inputs, slots, caseSensitive, members);
    }

    /// <summary>How many of the names are inputs; the rest are parameters.</summary>
    public int Inputs { get; }

    public int Slots { get; }

    public bool CaseSensitive { get; }

    public IEnumerable<string> Names => _names.Keys;

    public static Scope Of(IReadOnlyList<ShapeMember> inputs, bool caseSensitive, bool nothingIsNull)
    {
        var names = new Dictionary<string, Bound>(caseSensitive ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < inputs.Count; i++)
        {
            names[inputs[i].Name] = Variable(inputs[i], i, nothingIsNull);
        }

        return new Scope(names, inputs.Count, inputs.Count, caseSensitive, new Dictionary<object, Bound?[]>(ReferenceEqualityComparer.Instance));
    }

    public bool Has(string name) => _names.ContainsKey(name);

    public Bound? Find(string name) => _names.TryGetValue(name, out var bound) ? bound : null;

    /// <summary>A scope with one parameter more.</summary>
    public Scope With(string name, Type clr, Shape? shape, bool nothingIsNull) => new(
        new Dictionary<string, Bound>(_names, _names.Comparer) { [name] = Variable(new ShapeMember(name, clr, shape), Slots, nothingIsNull) },
        Inputs,
        Slots + 1,
        CaseSensitive,
        _members);

    /// <summary>A member of a fact: what reads it is made once and shared by all expressions of the scope.</summary>
    public Bound Member(Bound target, int members, int index, Func<Bound> read)
    {
        if (!_members.TryGetValue(target, out var known))
        {
            _members[target] = known = new Bound?[members];
        }

        return known[index] ??= read();
    }

    /// <summary>The only name there is, if there is only one.</summary>
    public Bound? Single(bool ofInputs) => ofInputs
        ? Inputs == 1 ? _names.Values.First(bound => bound.Path is { Slot: 0 }) : null
        : _names.Count == 1 ? _names.Values.First() : null;

    private static Bound Variable(ShapeMember input, int slot, bool nothingIsNull)
    {
        var path = new FactPath(input.Name, slot, []);
        return input.IsNothing && nothingIsNull
            ? new Bound(Expression.Constant(null), null, path)
            : new Bound(Binder.ReadSlot(slot, input.Clr), input.Shape, path);
    }
}
