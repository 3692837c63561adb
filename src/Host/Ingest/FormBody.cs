using System.Text;

namespace WorkflowEngine.Host.Ingest;

/// <summary>
/// Reads <c>application/x-www-form-urlencoded</c> strictly: what is signed must be what is read. A parameter that comes twice,
/// a broken escape or bytes that are no UTF-8 are refused instead of being mended.
/// </summary>
public static class FormBody
{
    private const int MaxParameters = 32;
    private const int MaxNameLength = 64;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <returns>The parameters, or null with what is wrong in Chinese.</returns>
    public static (IReadOnlyDictionary<string, string>? Parameters, string Fault) Read(ReadOnlySpan<byte> body)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var range in body.Split((byte)'&'))
        {
            var pair = body[range];
            if (pair.IsEmpty) continue;
            if (parameters.Count == MaxParameters) return (null, $"参数超过 {MaxParameters} 个");

            var split = pair.IndexOf((byte)'=');
            if (split <= 0 || split > MaxNameLength) return (null, "请求正文应为 name=value&name=value 的形式");
            if (Decode(pair[..split]) is not { } name || Decode(pair[(split + 1)..]) is not { } value)
            {
                return (null, "参数含有无效的 %XX 编码或不是 UTF-8");
            }

            if (!parameters.TryAdd(name, value)) return (null, "同一个参数出现了两次");
        }

        return parameters.Count == 0 ? (null, "请求正文是空的") : (parameters, "");
    }

    private static string? Decode(ReadOnlySpan<byte> text)
    {
        var bytes = new byte[text.Length];
        var length = 0;
        for (var at = 0; at < text.Length; at++)
        {
            switch (text[at])
            {
                case (byte)'+':
                    bytes[length++] = (byte)' ';
                    break;
                case (byte)'%':
                    if (at + 2 >= text.Length || !char.IsAsciiHexDigit((char)text[at + 1]) || !char.IsAsciiHexDigit((char)text[at + 2])) return null;
                    bytes[length++] = Convert.FromHexString(Encoding.ASCII.GetString(text.Slice(at + 1, 2)))[0];
                    at += 2;
                    break;
                default:
                    bytes[length++] = text[at];
                    break;
            }
        }

        try
        {
            return Utf8.GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
