namespace WorkflowEngine.Workflows.Soundness;

/// <summary>A list that grows page by page: millions of entries are never copied to make room for more.</summary>
internal sealed class Pages<T>
    where T : struct
{
    private const int Bits = 14;
    private const int Size = 1 << Bits;

    private readonly List<T[]> _pages = [];

    public int Count { get; private set; }

    public ref T this[int index] => ref _pages[index >> Bits][index & (Size - 1)];

    public void Add(T value)
    {
        if (Count == _pages.Count << Bits)
        {
            _pages.Add(new T[Size]);
        }

        Count++;
        this[Count - 1] = value;
    }
}
