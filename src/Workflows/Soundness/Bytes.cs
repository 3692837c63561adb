namespace WorkflowEngine.Workflows.Soundness;

/// <summary>Bytes that are written one after the other into one growing piece, used again and again.</summary>
internal sealed class Bytes
{
    private byte[] _bytes = new byte[1_024];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public ReadOnlySpan<byte> From(int start, int length) => _bytes.AsSpan(start, length);

    public void CutTo(int length) => Length = length;

    public void Add(byte value)
    {
        if (Length == _bytes.Length)
        {
            Array.Resize(ref _bytes, 2 * Length);
        }

        _bytes[Length++] = value;
    }

    public void Add(ReadOnlySpan<byte> values)
    {
        while (Length + values.Length > _bytes.Length)
        {
            Array.Resize(ref _bytes, 2 * _bytes.Length);
        }

        values.CopyTo(_bytes.AsSpan(Length));
        Length += values.Length;
    }

    /// <summary>A whole number, small ones in one byte; -1 is the smallest.</summary>
    public void AddNumber(int value)
    {
        var left = (uint)(value + 1);
        for (; left >= 0x80; left >>= 7)
        {
            Add((byte)(left | 0x80));
        }

        Add((byte)left);
    }

    /// <summary>Reads what <see cref="AddNumber"/> wrote and moves on behind it.</summary>
    public static int ReadNumber(ref ReadOnlySpan<byte> bytes)
    {
        var value = 0u;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[0];
            bytes = bytes[1..];
            value |= (uint)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return (int)value - 1;
            }
        }
    }
}
