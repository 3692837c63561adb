using System.Buffers.Binary;
using System.Text;

namespace WorkflowEngine.Host.Tests.Ingest;

/// <summary>
/// Looks for many secrets at once in files and texts, however they are written: as they are, in upper and lower case, in UTF-16, hexadecimal (both cases) and Base64 at any of its three positions. A window of
/// 16 bytes runs over what is read; what it may be is compared whole.
/// </summary>
internal sealed class SecretSearch
{
    private const int Window = 16;
    private const int BitsOfSieve = 26;

    private readonly Dictionary<UInt128, (byte[] Pattern, int At, string What)> _patterns = [];
    private readonly ulong[] _sieve = new ulong[1 << (BitsOfSieve - 6)];

    /// <param name="what">How a finding calls it, for example <c>ID number 7</c>.</param>
    public void Add(string what, byte[] secret)
    {
        AddPattern(what, secret);
        if (secret.All(value => value < 128))
        {
            var text = Encoding.ASCII.GetString(secret);
            AddPattern($"{what}, lower case", Encoding.ASCII.GetBytes(text.ToLowerInvariant()));
            AddPattern($"{what}, upper case", Encoding.ASCII.GetBytes(text.ToUpperInvariant()));
            AddPattern($"{what}, UTF-16", Encoding.Unicode.GetBytes(text));
        }

        AddPattern($"{what}, hexadecimal", Encoding.ASCII.GetBytes(Convert.ToHexStringLower(secret)));
        AddPattern($"{what}, HEXADECIMAL", Encoding.ASCII.GetBytes(Convert.ToHexString(secret)));
        for (var shift = 0; shift < 3; shift++)
        {
            // Only the groups of three bytes that are the secret's own.
            var own = secret.AsSpan((3 - shift) % 3);
            AddPattern($"{what}, Base64 at {shift}", Encoding.ASCII.GetBytes(Convert.ToBase64String(own[..(own.Length / 3 * 3)])));
        }
    }

    /// <summary>What is found, at most so many.</summary>
    public IReadOnlyList<string> In(Stream stream, string where, int most = 20)
    {
        var found = new List<string>();
        // Enough of what came before that a pattern over two buffers is compared whole.
        const int Kept = 512;
        // A line of a table is short, and there are many.
        var buffer = new byte[Math.Clamp(stream.Length + Kept, 2 * Kept, 1 << 20)];
        var (filled, position) = (0, 0L);
        var recent = 0UL;
        while (stream.Read(buffer, filled, buffer.Length - filled) is > 0 and var read && found.Count < most)
        {
            for (var at = filled; at < filled + read; at++)
            {
                recent = (recent << 8) | buffer[at];
                if (!MayEnd(recent) || at + 1 < Window || !_patterns.TryGetValue(BinaryPrimitives.ReadUInt128BigEndian(buffer.AsSpan(at + 1 - Window)), out var hit)) continue;

                var begin = at + 1 - Window - hit.At;
                if (begin >= 0 && begin + hit.Pattern.Length <= filled + read && buffer.AsSpan(begin, hit.Pattern.Length).SequenceEqual(hit.Pattern)) found.Add($"{where} at {position + begin}: {hit.What}");
            }

            var keep = Math.Min(filled + read, Kept);
            position += filled + read - keep;
            buffer.AsSpan(filled + read - keep, keep).CopyTo(buffer);
            filled = keep;
        }

        return found;
    }

    public IReadOnlyList<string> In(string text, string where) => In(new MemoryStream(Encoding.UTF8.GetBytes(text)), where);

    /// <summary>Every file below a folder; those that go away meanwhile are passed over.</summary>
    public (IReadOnlyList<string> Found, int Files, long Bytes) InFolder(string folder)
    {
        var (found, files, bytes) = (new List<string>(), 0, 0L);
        foreach (var path in Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.Device }))
        {
            try
            {
                using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                files++;
                bytes += stream.Length;
                found.AddRange(In(stream, Path.GetRelativePath(folder, path)));
            }
            catch (IOException)
            {
                // Sockets, and what the server has just dropped.
            }
        }

        return (found, files, bytes);
    }

    private void AddPattern(string what, byte[] pattern)
    {
        if (pattern.Length < Window) throw new ArgumentException($"{what} is too short to be looked for.", nameof(pattern));

        // The end of a number tells it apart better than its beginning.
        var at = pattern.Length - Window;
        var key = BinaryPrimitives.ReadUInt128BigEndian(pattern.AsSpan(at));
        _patterns.TryAdd(key, (pattern, at, what));
        var hash = Hash((ulong)key);
        _sieve[hash >> 6] |= 1UL << (int)(hash & 63);
    }

    /// <summary>Whether a pattern may end with these eight bytes: nearly always not, which is told quickly.</summary>
    private bool MayEnd(ulong recent)
    {
        var hash = Hash(recent);
        return (_sieve[hash >> 6] >> (int)(hash & 63) & 1) != 0;
    }

    private static ulong Hash(ulong recent) => (recent * 0xC2B2AE3D27D4EB4F) >> (64 - BitsOfSieve);
}
