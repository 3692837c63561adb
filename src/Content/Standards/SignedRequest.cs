using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkflowEngine.Content.Standards;

/// <summary>What a vendor's server sends: the parameters of a request, its signature among them.</summary>
public static class SignedRequest
{
    /// <summary>Chinese as it is, as vendors' programs send it: the signature is over the text, so the text must not change on the way.</summary>
    private static readonly JsonSerializerOptions AsWritten = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="at">The sender's clock.</param>
    /// <param name="nonce">Used once.</param>
    /// <param name="signWith">The secret; another one than the key's own to see what happens.</param>
    public static Dictionary<string, string> Of(SigningProfile profile, string keyId, string method, JsonObject data, DateTimeOffset at, string nonce, string signWith)
    {
        var parameters = new Dictionary<string, string>(profile.Fixed)
        {
            [profile.KeyId] = keyId,
            [profile.Timestamp] = profile.WriteTimestamp(at),
            [profile.Nonce!] = nonce,
            [profile.Method!] = method,
            [profile.Data!] = data.ToJsonString(AsWritten),
        };
        parameters[profile.Signature] = profile.Sign(parameters, signWith);
        return parameters;
    }
}
