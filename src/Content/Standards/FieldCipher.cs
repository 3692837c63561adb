using System.Security.Cryptography;
using System.Text;

namespace WorkflowEngine.Content.Standards;

/// <summary>
/// How single fields (ID and bank numbers) are encrypted on the wire: AES-256-CBC with PKCS#7 padding, the key being the UTF-8
/// bytes of the 32-character secret and the initialisation vector its first 16 characters, in Base64.
/// The vector is the standard's own and makes equal numbers equal on the wire; nothing at rest is encrypted this way.
/// </summary>
public static class FieldCipher
{
    /// <summary>The name under which a signing profile asks for it.</summary>
    public const string Name = "aes-256-cbc-secret-iv";

    private const int KeyBytes = 32;
    private const int BlockBytes = 16;

    /// <exception cref="ArgumentException">The secret does not have 32 bytes.</exception>
    public static string Encrypt(string plain, string secret)
    {
        using var aes = With(secret);
        return Convert.ToBase64String(aes.EncryptCbc(Encoding.UTF8.GetBytes(plain), Vector(secret)));
    }

    /// <summary>Null when the text is not Base64 of whole blocks, was encrypted with another secret, or holds no UTF-8 text.</summary>
    /// <exception cref="ArgumentException">The secret does not have 32 bytes.</exception>
    public static string? Decrypt(string cipher, string secret)
    {
        using var aes = With(secret);
        var bytes = new byte[cipher.Length];
        if (!Convert.TryFromBase64String(cipher, bytes, out var length) || length == 0 || length % BlockBytes != 0) return null;

        try
        {
            return Strict.GetString(aes.DecryptCbc(bytes.AsSpan(0, length), Vector(secret)));
        }
        catch (Exception wrong) when (wrong is CryptographicException or DecoderFallbackException)
        {
            // Wrong padding or bytes that are no text: the two ways in which a wrong secret shows itself.
            return null;
        }
    }

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static Aes With(string secret)
    {
        var key = Encoding.UTF8.GetBytes(secret);
        if (key.Length != KeyBytes) throw new ArgumentException($"The secret must have {KeyBytes} bytes.", nameof(secret));
        var aes = Aes.Create();
        aes.Key = key;
        return aes;
    }

    private static byte[] Vector(string secret) => Encoding.UTF8.GetBytes(secret)[..BlockBytes];
}
