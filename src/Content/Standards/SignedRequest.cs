using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkflowEngine.Content.Standards;

/// <summary>A request as it arrived, whatever carried it.</summary>
/// <param name="Parameters">All that takes part in the signature, and the signature.</param>
/// <param name="PathMethod">The method that the path names; null where a parameter does.</param>
/// <param name="Body">The raw body as text, for profiles whose message is the body.</param>
public sealed record ReceivedRequest(IReadOnlyDictionary<string, string> Parameters, string? PathMethod, string Body)
{
    /// <summary>The message's method; empty when neither parameter nor path names one.</summary>
    public string MethodOf(SigningProfile profile) => (profile.Method is { } name ? Parameters.GetValueOrDefault(name) : PathMethod) ?? "";

    /// <summary>The message as JSON text, as it was signed.</summary>
    public string DataOf(SigningProfile profile)
    {
        var data = profile.Data is { } name ? Parameters[name] : Body;
        return data.Length == 0 ? profile.Canonical.EmptyBody ?? "" : data;
    }
}

/// <summary>What a vendor's server sends: a message, signed, in the form that its profile's transport wants.</summary>
/// <param name="Parameters">Everything that is signed and the signature, by name.</param>
public sealed record SignedRequest(SigningProfile Profile, string Method, string Data, IReadOnlyDictionary<string, string> Parameters)
{
    /// <summary>What a signature in headers covers beside the headers: verb, path with query, digest of the raw body.</summary>
    public static IReadOnlyList<string> Computed { get; } = [Verb, PathAndQuery, BodySha256];

    private const string Verb = "$verb";
    private const string PathAndQuery = "$path";
    private const string BodySha256 = "$bodySha256";

    /// <summary>Chinese as it is, as vendors' programs send it: the signature is over the text, so the text must not change on the way.</summary>
    private static readonly JsonSerializerOptions AsWritten = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Path and query, as they go on the wire.</summary>
    public string Target
    {
        get
        {
            var path = IngestAddresses.Of(Profile, Method);
            return Profile.Transport == SigningTransport.Query ? path + "?" + Encode(Parameters.Where(parameter => parameter.Key != Profile.Data)) : path;
        }
    }

    public IEnumerable<KeyValuePair<string, string>> Headers =>
        Profile.Transport == SigningTransport.Header ? Parameters.Where(parameter => !parameter.Key.StartsWith('$')) : [];

    public string ContentType => Profile.Transport == SigningTransport.Form ? "application/x-www-form-urlencoded" : "application/json";

    public string Body => Profile.Transport == SigningTransport.Form ? Encode(Parameters) : Data;

    /// <summary>The request as it arrives when nothing changes it on the way.</summary>
    public ReceivedRequest Received => new(Parameters, Profile.Method is null ? Method : null, Data);

    /// <param name="at">The sender's clock.</param>
    /// <param name="nonce">Used once; profiles without a nonce leave it out.</param>
    /// <param name="signWith">The secret; another one than the key's own to see what happens.</param>
    public static SignedRequest Of(SigningProfile profile, string keyId, string method, JsonObject data, DateTimeOffset at, string nonce, string signWith)
    {
        var text = data.ToJsonString(AsWritten);
        var parameters = profile.Fixed.Where(given => !given.Key.StartsWith('$')).ToDictionary(StringComparer.Ordinal);
        parameters[profile.KeyId] = keyId;
        parameters[profile.Timestamp] = profile.WriteTimestamp(at);
        if (profile.Nonce is { } nonceName) parameters[nonceName] = nonce;
        if (profile.Method is { } methodName) parameters[methodName] = method;
        if (profile.Data is { } dataName) parameters[dataName] = text;
        if (profile.Transport == SigningTransport.Header) AddComputed(parameters, "POST", IngestAddresses.Of(profile, method), Encoding.UTF8.GetBytes(text));

        parameters[profile.Signature] = profile.Sign(parameters, signWith);
        return new SignedRequest(profile, method, text, parameters);
    }

    /// <summary>What the receiver computes itself, so that the sender cannot say it differently.</summary>
    public static void AddComputed(Dictionary<string, string> parameters, string verb, string pathAndQuery, ReadOnlySpan<byte> body)
    {
        parameters[Verb] = verb;
        parameters[PathAndQuery] = pathAndQuery;
        parameters[BodySha256] = Convert.ToHexStringLower(SHA256.HashData(body));
    }

    private static string Encode(IEnumerable<KeyValuePair<string, string>> parameters) =>
        string.Join('&', parameters.Select(parameter => $"{Uri.EscapeDataString(parameter.Key)}={Uri.EscapeDataString(parameter.Value)}"));
}
