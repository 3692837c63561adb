namespace WorkflowEngine.Workflows.Soundness;

/// <summary>The names of all states that were reached, whole, so that two states are never taken for one; and the numbers of the states.</summary>
internal sealed class KnownStates
{
    private const int PageBits = 18;
    private const int None = -1;

    private readonly List<byte[]> _pages = [];
    private readonly Pages<Entry> _entries = new();
    private int[] _slots = NewSlots(1_024);
    private int _used;

    /// <param name="Page">Where the name stands.</param>
    private readonly record struct Entry(int Page, int Offset, int Length, int Hash, int State);

    public int? Find(ReadOnlySpan<byte> name)
    {
        var hash = HashOf(name);
        for (var slot = hash & (_slots.Length - 1); _slots[slot] != None; slot = (slot + 1) & (_slots.Length - 1))
        {
            ref var entry = ref _entries[_slots[slot]];
            if (entry.Hash == hash && name.SequenceEqual(_pages[entry.Page].AsSpan(entry.Offset, entry.Length)))
            {
                return entry.State;
            }
        }

        return null;
    }

    /// <param name="name">Not known yet.</param>
    public void Add(ReadOnlySpan<byte> name, int state)
    {
        if (_pages.Count == 0 || _used + name.Length > _pages[^1].Length)
        {
            _pages.Add(new byte[Math.Max(name.Length, 1 << PageBits)]);
            _used = 0;
        }

        name.CopyTo(_pages[^1].AsSpan(_used));
        _entries.Add(new Entry(_pages.Count - 1, _used, name.Length, HashOf(name), state));
        _used += name.Length;
        if (2 * _entries.Count > _slots.Length)
        {
            _slots = NewSlots(2 * _slots.Length);
            for (var entry = 0; entry < _entries.Count - 1; entry++)
            {
                Take(entry);
            }
        }

        Take(_entries.Count - 1);
    }

    private void Take(int entry)
    {
        var slot = _entries[entry].Hash & (_slots.Length - 1);
        while (_slots[slot] != None)
        {
            slot = (slot + 1) & (_slots.Length - 1);
        }

        _slots[slot] = entry;
    }

    private static int[] NewSlots(int count)
    {
        var slots = new int[count];
        Array.Fill(slots, None);
        return slots;
    }

    private static int HashOf(ReadOnlySpan<byte> name)
    {
        var hash = new HashCode();
        hash.AddBytes(name);
        return hash.ToHashCode();
    }
}
