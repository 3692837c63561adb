namespace WorkflowEngine.Templates.Values;

/// <summary>An object of the template: members in the order in which they came. Members that come from the model are taken over when they are first read.</summary>
internal sealed class ScriptObject
{
    private readonly OrderedDictionary<string, object?> members = new(StringComparer.Ordinal);
    private HashSet<string>? readOnly;

    /// <summary>Set for the functions shared by all renderings: they are copied before anything is written to them.</summary>
    public bool IsShared { get; init; }

    public int Count => members.Count;

    public IEnumerable<string> Keys => members.Keys;

    public static ScriptObject Over(IReadOnlyDictionary<string, object?> model)
    {
        var result = new ScriptObject();
        foreach (var (name, value) in model)
        {
            result.members[name] = value;
        }

        return result;
    }

    public ScriptObject Copy()
    {
        var copy = new ScriptObject { readOnly = readOnly is null ? null : new HashSet<string>(readOnly, StringComparer.Ordinal) };
        foreach (var (name, value) in members)
        {
            copy.members[name] = value;
        }

        return copy;
    }

    public bool Has(string name) => members.ContainsKey(name);

    public bool TryGet(string name, out object? value)
    {
        if (!members.TryGetValue(name, out value))
        {
            return false;
        }

        if (ModelValues.NeedsTakingOver(value))
        {
            value = ModelValues.TakeOver(value);
            members[name] = value;
        }

        return true;
    }

    public object? this[string name]
    {
        get => TryGet(name, out var value) ? value : null;
        set => members[name] = value;
    }

    public IEnumerable<KeyValuePair<string, object?>> Entries()
    {
        for (var i = 0; i < members.Count; i++)
        {
            var name = members.GetAt(i).Key;
            yield return new KeyValuePair<string, object?>(name, this[name]);
        }
    }

    public bool IsReadOnly(string name) => readOnly is not null && readOnly.Contains(name);

    public void MakeReadOnly(string name) => (readOnly ??= new HashSet<string>(StringComparer.Ordinal)).Add(name);
}
