using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace WorkflowEngine.Content.Reading;

/// <summary>One short text that stands for many: SHA-256 over each with its length before it, so that no two lists can run together into one.</summary>
internal static class TextHash
{
    public static string Of(IEnumerable<string> texts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var length = new byte[sizeof(int)];
        foreach (var text in texts)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
