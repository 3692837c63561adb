namespace WorkflowEngine.Workflows.Soundness;

/// <summary>States that were reached and not yet gone on from, packed; first in, first out. A page that was read to its end is written again.</summary>
internal sealed class StateQueue
{
    private const int PageSize = 1 << 18;

    private readonly Queue<Page> _pages = new();
    private readonly Stack<byte[]> _free = new();
    private Page? _last;

    private sealed class Page(byte[] bytes)
    {
        public byte[] Bytes { get; } = bytes;

        public int Read { get; set; }

        public int Written { get; set; }
    }

    public void Enqueue(int state, ReadOnlySpan<byte> packed)
    {
        var length = (2 * sizeof(int)) + packed.Length;
        if (_last is null || _last.Written + length > _last.Bytes.Length)
        {
            _last = new Page(length <= PageSize && _free.TryPop(out var free) ? free : new byte[Math.Max(length, PageSize)]);
            _pages.Enqueue(_last);
        }

        var at = _last.Bytes.AsSpan(_last.Written, length);
        BitConverter.TryWriteBytes(at, state);
        BitConverter.TryWriteBytes(at[sizeof(int)..], packed.Length);
        packed.CopyTo(at[(2 * sizeof(int))..]);
        _last.Written += length;
    }

    /// <param name="packed">Good until the next state is taken or put in.</param>
    public bool TryDequeue(out int state, out ReadOnlySpan<byte> packed)
    {
        while (_pages.TryPeek(out var page))
        {
            if (page.Read < page.Written)
            {
                var at = page.Bytes.AsSpan(page.Read);
                state = BitConverter.ToInt32(at);
                packed = at.Slice(2 * sizeof(int), BitConverter.ToInt32(at[sizeof(int)..]));
                page.Read += (2 * sizeof(int)) + packed.Length;
                return true;
            }

            _pages.Dequeue();
            _last = ReferenceEquals(_last, page) ? null : _last;
            if (page.Bytes.Length == PageSize)
            {
                _free.Push(page.Bytes);
            }
        }

        state = -1;
        packed = default;
        return false;
    }
}
