using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace WorkflowEngine.Storage.Sealing;

/// <summary>Where a sealed value lies. It is bound to this place: moved to another row or column it cannot be opened.</summary>
public readonly record struct SealedPlace(string Table, string Column, string Row)
{
    internal byte[] AssociatedData() => Encoding.UTF8.GetBytes($"{Table}\n{Column}\n{Row}");
}

/// <summary>
/// Sealing of values at rest: AES-256-GCM under a data key, which is itself wrapped by the <see cref="MasterKey"/>. The layout is
/// <c>1 | data key id (4) | nonce (12) | tag (16) | cipher text</c>.
/// </summary>
public sealed class Envelope
{
    internal const int TagBytes = 16;
    private const int NonceBytes = 12;
    private const int HeaderBytes = 5;
    private const byte Version = 1;

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

    public byte[] Seal(ReadOnlySpan<byte> content, SealedPlace place)
    {
        var result = new byte[HeaderBytes + NonceBytes + TagBytes + content.Length];
        result[0] = Version;
        BinaryPrimitives.WriteInt32BigEndian(result.AsSpan(1), _current);
        var nonce = result.AsSpan(HeaderBytes, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(_keys[_current], TagBytes);
        cipher.Encrypt(nonce, content, result.AsSpan(HeaderBytes + NonceBytes + TagBytes), result.AsSpan(HeaderBytes + NonceBytes, TagBytes), place.AssociatedData());
        return result;
    }

    /// <exception cref="CryptographicException">The value was changed, moved, or sealed under a key that this installation does not have.</exception>
    public byte[] Open(ReadOnlySpan<byte> value, SealedPlace place)
    {
        if (value.Length < HeaderBytes + NonceBytes + TagBytes || value[0] != Version)
        {
            throw new CryptographicException($"The value in {place.Table}.{place.Column} of {place.Row} is not sealed as this program seals.");
        }

        if (!_keys.TryGetValue(BinaryPrimitives.ReadInt32BigEndian(value[1..]), out var key))
        {
            throw new CryptographicException($"The value in {place.Table}.{place.Column} of {place.Row} was sealed under a data key that is not here.");
        }

        var content = new byte[value.Length - HeaderBytes - NonceBytes - TagBytes];
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Decrypt(
            value.Slice(HeaderBytes, NonceBytes), value[(HeaderBytes + NonceBytes + TagBytes)..], value.Slice(HeaderBytes + NonceBytes, TagBytes), content, place.AssociatedData());
        return content;
    }

    public string OpenText(ReadOnlySpan<byte> value, SealedPlace place) => Encoding.UTF8.GetString(Open(value, place));

    /// <summary>A keyed hash under which an ID number is found again without being stored: the plain hash of 18 digits could be guessed in minutes.</summary>
    public byte[] BlindIndex(string value) => HMACSHA256.HashData(_indexKey, Encoding.UTF8.GetBytes(value));
}
