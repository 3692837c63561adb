using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using WorkflowEngine.Content.Standards;

namespace WorkflowEngine.Host.Ingest;

/// <summary>What the ingest endpoint answered.</summary>
/// <param name="Code">The profile's code; <c>0</c> when the request was taken.</param>
/// <param name="Data">Null where there is none.</param>
public sealed record NationalAnswer(string Method, int HttpStatus, string Code, string Message, JsonObject? Data)
{
    /// <summary>What to ask after with <see cref="NationalClient.ResultAsync"/>.</summary>
    public string? RequestSerialCode => Data?[IngestAnswer.SerialCode]?.ToString();

    /// <summary>Of a result: 0 waiting, 10 failed, 20 stored.</summary>
    public int? Status => Data?["status"]?.GetValue<int>();
}

/// <summary>A vendor's server as the national profile wants it: signs messages and pushes them. The secret stays inside.</summary>
public sealed class NationalClient(Uri address, SigningProfile profile, string keyId, string secret) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = address };

    /// <summary>A number of a person as it travels.</summary>
    public string Encrypt(string plain) => FieldCipher.Encrypt(plain, secret);

    /// <summary>The parameters of a request, its signature among them, with a fresh nonce.</summary>
    /// <param name="at">The sender's clock.</param>
    /// <param name="signWith">Another secret than the right one, to see what happens.</param>
    public Dictionary<string, string> Sign(string method, JsonObject data, DateTimeOffset at, string? signWith = null) =>
        SignedRequest.Of(profile, keyId, method, data, at, RandomNumberGenerator.GetHexString(32, lowercase: true), signWith ?? secret);

    /// <inheritdoc cref="Sign"/>
    public Task<NationalAnswer> SendAsync(string method, JsonObject data, DateTimeOffset at, CancellationToken ct, string? signWith = null) =>
        PostAsync(Sign(method, data, at, signWith), ct);

    /// <summary>What became of an upload.</summary>
    public Task<NationalAnswer> ResultAsync(string requestSerialCode, DateTimeOffset at, CancellationToken ct) =>
        SendAsync(MessageGate.ResultQuery, new JsonObject { [IngestAnswer.SerialCode] = requestSerialCode }, at, ct);

    /// <summary>Sends parameters as they are, signed or not.</summary>
    /// <exception cref="HttpRequestException">The platform cannot be reached, or answered something that is no answer.</exception>
    public async Task<NationalAnswer> PostAsync(IReadOnlyDictionary<string, string> parameters, CancellationToken ct)
    {
        var method = parameters.GetValueOrDefault(profile.Method!, "");
        using var body = new FormUrlEncodedContent(parameters);
        using var response = await _http.PostAsync(new Uri(IngestEndpoint.Path, UriKind.Relative), body, ct);
        var text = await response.Content.ReadAsStringAsync(ct);
        try
        {
            if (JsonNode.Parse(text) is JsonObject answer)
            {
                return new NationalAnswer(method, (int)response.StatusCode, answer["code"]?.ToString() ?? "", answer["message"]?.ToString() ?? "", answer["data"] as JsonObject);
            }
        }
        catch (JsonException)
        {
            // Told below, with what came instead.
        }

        throw new HttpRequestException($"{method}: HTTP {(int)response.StatusCode} {(text.Length > 200 ? text[..200] : text)}");
    }

    public void Dispose() => _http.Dispose();
}
