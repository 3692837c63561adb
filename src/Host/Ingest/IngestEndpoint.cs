using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Net.Http.Headers;
using WorkflowEngine.Content.Standards;
using MinDataRate = Microsoft.AspNetCore.Server.Kestrel.Core.MinDataRate;

namespace WorkflowEngine.Host.Ingest;

/// <summary>
/// The addresses of <see cref="IngestAddresses"/>: the national profile's gateway and one for every other profile. Reads a bounded body, takes the
/// parameters from where the profile's transport puts them and writes the answer; whatever a stranger sends is answered in the profile's own words,
/// never with a server error.
/// </summary>
public sealed class IngestEndpoint(IngestService service, Checkers checkers, KeyRates rates) : IDisposable
{
    private const int Mebibyte = 1024 * 1024;

    /// <summary>Who sends slower than a profile asks is given this long before it counts.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly BodyRoom _room = new();

    /// <param name="profileId">The profile that the address speaks before a key has said which one is its own.</param>
    /// <param name="method">The method that the path names; null: none.</param>
    public async Task HandleAsync(HttpContext http, string profileId, string? method)
    {
        var standards = checkers.Content.Standards;
        var isKnown = standards.TryGetValue(profileId, out var standard) && (method is not null) == (standard.Signing.Method is null);
        var spoken = (isKnown ? standard! : standards[MessageGate.SpokenProfile]).Signing;
        var response = isKnown ? await AnswerAsync(http, spoken, method) : Unsigned(http, spoken, NoSuchAddress(standards.Values, spoken));
        http.Response.StatusCode = response.Answer.HttpStatus;
        await http.Response.WriteAsJsonAsync(response.Answer.ToJson(response.Profile), http.RequestAborted);
    }

    public void Dispose() => _room.Dispose();

    private async Task<IngestResponse> AnswerAsync(HttpContext http, SigningProfile profile, string? method)
    {
        IngestResponse Refused(IngestAnswer answer) => new(answer, IsSigned: false, profile);
        var address = AddressOf(http);
        if (rates.IsBarred(address))
        {
            return Refused(new IngestAnswer(profile.Answers.OverLimit, "访问超过限制：本地址的错误请求过多，请改正后一分钟再试。", HttpStatus: StatusCodes.Status429TooManyRequests));
        }

        var (wanted, advice) = profile.Transport == SigningTransport.Form
            ? ("application/x-www-form-urlencoded", $"请用 application/x-www-form-urlencoded（UTF-8）发送参数，{profile.Data} 为 JSON 文字")
            : ("application/json", "请用 application/json（UTF-8）发送报文，正文就是 JSON 文字");
        if (!MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type) || !type.MediaType.Equals(wanted, StringComparison.OrdinalIgnoreCase))
        {
            return Unsigned(http, profile, new IngestAnswer(profile.Answers.BadRequest, $"请求参数错误：{advice}。"));
        }

        var limit = profile.Limits.BodyBytes;
        if (http.Request.ContentLength > limit) return Refused(TooLarge(profile));

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } cap) cap.MaxRequestBodySize = limit;
        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } pace) pace.MinDataRate = new MinDataRate(profile.Limits.BytesPerSecond, Grace);
        using var room = await _room.EnterAsync(address, http.Request.ContentLength, limit, http.RequestAborted);
        if (!room.IsAcquired)
        {
            return Refused(new IngestAnswer(profile.Answers.OverLimit, "访问超过限制：平台繁忙，请稍后用相同的正文重试。", HttpStatus: StatusCodes.Status429TooManyRequests));
        }

        byte[]? body;
        try
        {
            body = await ReadAsync(http.Request, limit, http.RequestAborted);
        }
        catch (BadHttpRequestException broken)
        {
            return Unsigned(http, profile, new IngestAnswer(profile.Answers.BadRequest, $"请求参数错误：请求正文没有完整到达（每秒至少 {profile.Limits.BytesPerSecond / 1024} KB），请检查网络后重新发送。", HttpStatus: broken.StatusCode));
        }

        if (body is null) return Refused(TooLarge(profile));

        using var turn = await _room.TurnAsync(body.Length, http.RequestAborted);
        var (request, fault) = RequestParameters.Read(http.Request, profile, method, body);
        if (request is null) return Unsigned(http, profile, new IngestAnswer(profile.Answers.BadRequest, $"请求参数错误：{fault}。请改正后重新签名发送。"));

        var response = await service.HandleAsync(profile, request, RequestParameters.Sha256(http.Request, profile, request, body), http.RequestAborted);
        return response.IsSigned ? response : Unsigned(http, response.Profile, response.Answer);
    }

    private IngestResponse Unsigned(HttpContext http, SigningProfile profile, IngestAnswer answer)
    {
        rates.CountUnsigned(AddressOf(http));
        return new IngestResponse(answer, IsSigned: false, profile);
    }

    private static string AddressOf(HttpContext http) => http.Connection.RemoteIpAddress?.ToString() ?? "unknown";

    private static IngestAnswer NoSuchAddress(IEnumerable<MessageStandard> standards, SigningProfile spoken) => new(
        spoken.Answers.BadRequest,
        $"请求参数错误：没有这个接口地址，请改用：{string.Join("、", standards.Select(standard => IngestAddresses.Of(standard.Signing, "{method}")).Order(StringComparer.Ordinal))}。",
        HttpStatus: StatusCodes.Status404NotFound);

    private static IngestAnswer TooLarge(SigningProfile profile) => new(
        profile.Answers.OverLimit, $"访问超过限制：请求正文超过 {profile.Limits.BodyBytes / Mebibyte} MB，请减少每次的记录数或压缩图片。",
        HttpStatus: StatusCodes.Status413PayloadTooLarge);

    /// <summary>Null when there is more than the limit; at most one buffer too many is read.</summary>
    private static async Task<byte[]?> ReadAsync(HttpRequest request, int limit, CancellationToken ct)
    {
        using var body = new MemoryStream((int)Math.Min(request.ContentLength ?? 0, limit));
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, ct)) > 0)
        {
            if (body.Length + read > limit) return null;
            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }
}
