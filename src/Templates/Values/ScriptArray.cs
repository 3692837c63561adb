using System.Collections;

namespace WorkflowEngine.Templates.Values;

/// <summary>A list of the template; may carry members of its own beside its items.</summary>
internal sealed class ScriptArray : IEnumerable<object?>
{
    private readonly List<object?> items;

    public ScriptArray() => items = [];

    public ScriptArray(int capacity) => items = new List<object?>(capacity);

    public ScriptArray(IEnumerable<object?> items) => this.items = [.. items];

    public ScriptObject? Members { get; set; }

    public int Count => items.Count;

    public object? this[int index]
    {
        get
        {
            var value = items[index];
            if (ModelValues.NeedsTakingOver(value))
            {
                value = ModelValues.TakeOver(value);
                items[index] = value;
            }

            return value;
        }
        set => items[index] = value;
    }

    public void Add(object? item) => items.Add(item);

    public IEnumerator<object?> GetEnumerator()
    {
        for (var i = 0; i < items.Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>The whole numbers from <paramref name="First"/>, <paramref name="Count"/> of them, upwards or downwards by <paramref name="Step"/>.</summary>
internal sealed record ScriptRange(long First, long Count, int Step)
{
    public object this[long index] => ModelValues.Fit(First + (index * Step));
}

/// <summary>Text that is HTML already: captured, included, or marked so by the template with <c>html.raw</c>.</summary>
internal sealed record HtmlText(string Html)
{
    public override string ToString() => Html;
}
