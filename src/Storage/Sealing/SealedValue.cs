using System.Buffers.Binary;
using System.Security.Cryptography;

namespace WorkflowEngine.Storage.Sealing;

/// <summary>Which kind of key a value was sealed under: the first byte of every sealed value.</summary>
internal enum SealedUnder : byte
{
    DataKey = 1,
    MonthKey = 2,
}

/// <summary>What a sealed value looks like: <c>kind of key (1) | its id (4) | nonce (12) | tag (16) | cipher text</c>.</summary>
internal static class SealedValue
{
    public const int TagBytes = 16;
    private const int NonceBytes = 12;
    private const int HeaderBytes = 5;

    public static byte[] Make(SealedUnder kind, int keyId, byte[] key, ReadOnlySpan<byte> content, SealedPlace place)
    {
        var result = new byte[HeaderBytes + NonceBytes + TagBytes + content.Length];
        result[0] = (byte)kind;
        BinaryPrimitives.WriteInt32BigEndian(result.AsSpan(1), keyId);
        var nonce = result.AsSpan(HeaderBytes, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Encrypt(nonce, content, result.AsSpan(HeaderBytes + NonceBytes + TagBytes), result.AsSpan(HeaderBytes + NonceBytes, TagBytes), place.AssociatedData());
        return result;
    }

    /// <exception cref="CryptographicException">It is not a value sealed under a key of that kind.</exception>
    public static int KeyOf(ReadOnlySpan<byte> value, SealedUnder kind, SealedPlace place) =>
        value.Length >= HeaderBytes + NonceBytes + TagBytes && value[0] == (byte)kind
            ? BinaryPrimitives.ReadInt32BigEndian(value[1..])
            : throw new CryptographicException($"The value in {place.Table}.{place.Column} of {place.Row} is not sealed as this program seals.");

    /// <exception cref="CryptographicException">The value was changed or moved, or the key is another one.</exception>
    public static byte[] Open(ReadOnlySpan<byte> value, byte[] key, SealedPlace place)
    {
        var content = new byte[value.Length - HeaderBytes - NonceBytes - TagBytes];
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Decrypt(
            value.Slice(HeaderBytes, NonceBytes), value[(HeaderBytes + NonceBytes + TagBytes)..], value.Slice(HeaderBytes + NonceBytes, TagBytes), content, place.AssociatedData());
        return content;
    }
}
