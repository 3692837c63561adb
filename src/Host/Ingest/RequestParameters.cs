using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using WorkflowEngine.Content.Standards;

namespace WorkflowEngine.Host.Ingest;

/// <summary>
/// Takes the parameters of a request from where the profile's transport puts them, strictly: what is signed must be what is read, so that nothing comes twice,
/// no byte is mended and no name is passed on that the profile does not know.
/// </summary>
public static class RequestParameters
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <returns>The request, or null with what is wrong in Chinese.</returns>
    public static (ReceivedRequest? Request, string Fault) Read(HttpRequest http, SigningProfile profile, string? method, byte[] body) => profile.Transport switch
    {
        SigningTransport.Form => FormBody.Read(body) switch
        {
            (null, var fault) => (null, fault),
            var (parameters, _) => (new ReceivedRequest(parameters, method, ""), ""),
        },
        SigningTransport.Query => FromQuery(http, profile, method, body),
        SigningTransport.Header => FromHeaders(http, profile, method, body),
        _ => throw new InvalidOperationException($"No transport {profile.Transport}."),
    };

    /// <summary>Of everything that makes the request this one: a form is its body, elsewhere the address and the signature count too.</summary>
    public static byte[] Sha256(HttpRequest http, SigningProfile profile, ReceivedRequest request, byte[] body)
    {
        if (profile.Transport == SigningTransport.Form) return SHA256.HashData(body);

        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        digest.AppendData(Encoding.UTF8.GetBytes($"{TargetOf(http)}\n{request.Parameters.GetValueOrDefault(profile.Signature)}\n"));
        digest.AppendData(body);
        return digest.GetHashAndReset();
    }

    private static (ReceivedRequest? Request, string Fault) FromQuery(HttpRequest http, SigningProfile profile, string? method, byte[] body)
    {
        var query = Encoding.UTF8.GetBytes(http.QueryString.Value is { Length: > 1 } text ? text[1..] : "");
        if (query.Length == 0) return (null, $"缺少参数“{profile.KeyId}”，签名等参数应写在地址的 ? 之后");

        var (sent, fault) = FormBody.Read(query);
        if (sent is null) return (null, fault);
        if (sent.ContainsKey(profile.Data!)) return (null, $"“{profile.Data}”是请求正文，不要写在地址里");
        if (TextOf(body) is not { } message) return (null, "请求正文不是 UTF-8");

        return (new ReceivedRequest(new Dictionary<string, string>(sent, StringComparer.Ordinal) { [profile.Data!] = message }, method, message), "");
    }

    private static (ReceivedRequest? Request, string Fault) FromHeaders(HttpRequest http, SigningProfile profile, string? method, byte[] body)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in profile.Parameters.Where(name => !name.StartsWith('$')))
        {
            var values = http.Headers[name];
            if (values.Count > 1) return (null, $"请求头“{name}”出现了两次");
            if (values.Count == 1) parameters[name] = values[0] ?? "";
        }

        if (TextOf(body) is not { } message) return (null, "请求正文不是 UTF-8");

        SignedRequest.AddComputed(parameters, http.Method, TargetOf(http), body);
        return (new ReceivedRequest(parameters, method, message), "");
    }

    /// <summary>Path and query as they were sent, before anything was decoded.</summary>
    private static string TargetOf(HttpRequest http) => http.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;

    private static string? TextOf(byte[] body)
    {
        try
        {
            return Utf8.GetString(body);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
