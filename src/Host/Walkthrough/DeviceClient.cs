using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using WorkflowEngine.Content.Standards;

namespace WorkflowEngine.Host.Walkthrough;

/// <summary>What the ingest endpoint answered.</summary>
/// <param name="Code"><c>0</c> when the request was taken.</param>
public sealed record IngestAnswer(string Method, string Code, string Message, string? RequestSerialCode);

/// <summary>A vendor's server: signs messages as the national profile wants it and pushes them.</summary>
public sealed class DeviceClient(Uri address, SigningProfile profile, string appid, string appsecret) : IDisposable
{
    // Chinese as it is, as vendors' programs send it: the signature is over the text, so the text must not change on the way.
    private static readonly JsonSerializerOptions AsWritten = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly HttpClient _http = new() { BaseAddress = address };

    /// <summary>A number of a person as it travels.</summary>
    public string Encrypt(string plain) => FieldCipher.Encrypt(plain, appsecret);

    /// <param name="at">The sender's clock.</param>
    /// <param name="signWith">Another secret than the right one, to see what happens.</param>
    public async Task<IngestAnswer> SendAsync(string method, JsonObject data, DateTimeOffset at, CancellationToken ct, string? signWith = null)
    {
        var parameters = new Dictionary<string, string>(profile.Fixed)
        {
            [profile.KeyId] = appid,
            [profile.Timestamp] = profile.WriteTimestamp(at),
            [profile.Nonce!] = RandomNumberGenerator.GetHexString(32, lowercase: true),
            [profile.Method!] = method,
            [profile.Data!] = data.ToJsonString(AsWritten),
        };
        parameters[profile.Signature] = profile.Sign(parameters, signWith ?? appsecret);

        using var body = new FormUrlEncodedContent(parameters);
        using var response = await _http.PostAsync(new Uri("/ingest/open.api", UriKind.Relative), body, ct);
        var text = await response.Content.ReadAsStringAsync(ct);
        if (JsonNode.Parse(text) is not JsonObject answer) throw new StoryException($"{method}: HTTP {(int)response.StatusCode} {text}");

        return new IngestAnswer(method, answer["code"]?.ToString() ?? "", answer["message"]?.ToString() ?? "", (answer["data"] as JsonObject)?["requestSerialCode"]?.ToString());
    }

    public void Dispose() => _http.Dispose();
}
