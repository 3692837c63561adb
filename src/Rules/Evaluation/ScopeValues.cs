using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace WorkflowEngine.Rules;

/// <summary>The inputs and parameters that a rule could see, by name. Values are made plain when they are read.</summary>
internal sealed class ScopeValues : IReadOnlyDictionary<string, object?>
{
    private readonly IReadOnlyList<NamedSlot> _names;
    private readonly object?[] _slots;

    public ScopeValues(IReadOnlyList<NamedSlot> names, object?[] slots) => (_names, _slots) = (names, slots);

    public int Count => _names.Count;

    public IEnumerable<string> Keys => _names.Select(name => name.Name);

    public IEnumerable<object?> Values => _names.Select(name => PlainValues.From(_slots[name.Slot]));

    public object? this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"there is no '{key}' in scope");

    public bool ContainsKey(string key) => TryGetRaw(key, out _);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out object? value)
    {
        var found = TryGetRaw(key, out var raw);
        value = PlainValues.From(raw);
        return found;
    }

    public bool TryGetRaw(string key, out object? value)
    {
        for (var i = 0; i < _names.Count; i++)
        {
            if (_names[i].Name == key)
            {
                value = _slots[_names[i].Slot];
                return true;
            }
        }

        value = null;
        return false;
    }

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() =>
        _names.Select(name => KeyValuePair.Create(name.Name, PlainValues.From(_slots[name.Slot]))).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
