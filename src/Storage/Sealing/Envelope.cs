using System.Security.Cryptography;
using System.Text;

namespace WorkflowEngine.Storage.Sealing;

/// <summary>Where a sealed value lies. It is bound to this place: moved to another row or column it cannot be opened.</summary>
public readonly record struct SealedPlace(string Table, string Column, string Row)
{
    internal byte[] AssociatedData() => Encoding.UTF8.GetBytes($"{Table}\n{Column}\n{Row}");
}

/// <summary>
/// Sealing of values at rest: AES-256-GCM under a data key, which is itself wrapped by the <see cref="MasterKey"/>. What devices send of persons has keys of its own (<see cref="MonthKeys"/>).
/// </summary>
public sealed class Envelope
{
    private readonly IReadOnlyDictionary<int, byte[]> _keys;
    private readonly int _current;
    private readonly byte[] _indexKey;

    internal Envelope(IReadOnlyDictionary<int, byte[]> keys)
    {
        _keys = keys;
        _current = keys.Keys.Max();
        // Of the first data key, so that an index made today is found after a new data key is in use.
        _indexKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, keys[keys.Keys.Min()], 32, info: "blind index"u8.ToArray());
    }

    public byte[] Seal(string text, SealedPlace place) => Seal(Encoding.UTF8.GetBytes(text), place);

    public byte[] Seal(ReadOnlySpan<byte> content, SealedPlace place) => SealedValue.Make(SealedUnder.DataKey, _current, _keys[_current], content, place);

    /// <exception cref="CryptographicException">The value was changed, moved, or sealed under a key that this installation does not have.</exception>
    public byte[] Open(ReadOnlySpan<byte> value, SealedPlace place) =>
        _keys.TryGetValue(SealedValue.KeyOf(value, SealedUnder.DataKey, place), out var key)
            ? SealedValue.Open(value, key, place)
            : throw new CryptographicException($"The value in {place.Table}.{place.Column} of {place.Row} was sealed under a data key that is not here.");

    public string OpenText(ReadOnlySpan<byte> value, SealedPlace place) => Encoding.UTF8.GetString(Open(value, place));

    /// <summary>
    /// A keyed hash under which an ID number is found again without being stored: the plain hash of 18 digits could be guessed in minutes. It is the same in every month, or nobody could be
    /// found again in the next one; so it outlives the sealed number and is a pseudonym, for whoever has the master key.
    /// </summary>
    public byte[] BlindIndex(string value) => HMACSHA256.HashData(_indexKey, Encoding.UTF8.GetBytes(value));
}
