using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using WorkflowEngine.Content.Standards;

namespace WorkflowEngine.Host.Ingest;

/// <summary>What the ingest endpoint answered.</summary>
/// <param name="Code">The profile's code.</param>
/// <param name="Data">Null where there is none.</param>
public sealed record DeviceAnswer(string Method, int HttpStatus, string Code, string Message, JsonObject? Data)
{
    /// <summary>What to ask after with <see cref="DeviceClient.ResultAsync"/>.</summary>
    public string? RequestSerialCode => Data?[IngestAnswer.SerialCode]?.ToString();

    /// <summary>Of a result: 0 waiting, 10 failed, 20 stored.</summary>
    public int? Status => Data?["status"]?.GetValue<int>();
}

/// <summary>A vendor's server: signs messages as the key's profile wants it and pushes them. The secret stays inside.</summary>
public sealed class DeviceClient(Uri address, SigningProfile profile, string keyId, string secret) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = address };

    /// <summary>A number of a person as it travels.</summary>
    public string Encrypt(string plain) => profile.EncryptsFields ? FieldCipher.Encrypt(plain, secret) : plain;

    /// <summary>A request with a fresh nonce.</summary>
    /// <param name="at">The sender's clock.</param>
    /// <param name="signWith">Another secret than the right one, to see what happens.</param>
    public SignedRequest Request(string method, JsonObject data, DateTimeOffset at, string? signWith = null) =>
        SignedRequest.Of(profile, keyId, method, data, at, RandomNumberGenerator.GetHexString(32, lowercase: true), signWith ?? secret);

    /// <summary>The parameters of a <see cref="Request"/>, its signature among them.</summary>
    public Dictionary<string, string> Sign(string method, JsonObject data, DateTimeOffset at) => new(Request(method, data, at).Parameters, StringComparer.Ordinal);

    /// <inheritdoc cref="Request"/>
    public Task<DeviceAnswer> SendAsync(string method, JsonObject data, DateTimeOffset at, CancellationToken ct, string? signWith = null) =>
        SendAsync(Request(method, data, at, signWith), ct);

    /// <summary>What became of an upload.</summary>
    public Task<DeviceAnswer> ResultAsync(string requestSerialCode, DateTimeOffset at, CancellationToken ct) =>
        SendAsync(MessageGate.ResultQuery, new JsonObject { [IngestAnswer.SerialCode] = requestSerialCode }, at, ct);

    /// <summary>Sends parameters as a form, as they are, signed or not.</summary>
    /// <exception cref="HttpRequestException">The platform cannot be reached, or answered something that is no answer.</exception>
    public Task<DeviceAnswer> PostAsync(IReadOnlyDictionary<string, string> parameters, CancellationToken ct) =>
        SendAsync(new SignedRequest(profile, parameters.GetValueOrDefault(profile.Method ?? "", ""), "", parameters), ct);

    /// <inheritdoc cref="PostAsync"/>
    public async Task<DeviceAnswer> SendAsync(SignedRequest signed, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(signed.Target, UriKind.Relative));
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(signed.Body)) { Headers = { ContentType = new MediaTypeHeaderValue(signed.ContentType) } };
        foreach (var (name, value) in signed.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await _http.SendAsync(request, ct);
        var text = await response.Content.ReadAsStringAsync(ct);
        try
        {
            if (JsonNode.Parse(text) is JsonObject answer)
            {
                var members = profile.AnswerMembers;
                return new DeviceAnswer(signed.Method, (int)response.StatusCode, answer[members.Code]?.ToString() ?? "", answer[members.Message]?.ToString() ?? "", answer[members.Data] as JsonObject);
            }
        }
        catch (JsonException)
        {
            // Told below, with what came instead.
        }

        throw new HttpRequestException($"{signed.Method}: HTTP {(int)response.StatusCode} {(text.Length > 200 ? text[..200] : text)}");
    }

    public void Dispose() => _http.Dispose();
}
