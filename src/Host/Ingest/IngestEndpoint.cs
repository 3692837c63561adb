using System.Security.Cryptography;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using WorkflowEngine.Content.Standards;

namespace WorkflowEngine.Host.Ingest;

/// <summary>
/// <c>POST /ingest/open.api</c>: the single gateway of the national profile. Reads a bounded body, hands its parameters on and
/// writes the answer; whatever a stranger sends is answered in the profile's own words, never with a server error.
/// </summary>
public sealed class IngestEndpoint(IngestService service, Checkers checkers, KeyRates rates) : IDisposable
{
    public const string Path = "/ingest/open.api";

    /// <summary>The profile that this address speaks before a key has said which one is its own.</summary>
    public const string SpokenProfile = MessageGate.SpokenProfile;

    private const int Mebibyte = 1024 * 1024;

    /// <summary>All bodies being read at one moment, together: what strangers can make the host keep in memory.</summary>
    private const int MebibytesAtOnce = 64;

    /// <summary>Of these, what one address may hold: who announces large bodies and sends them slowly does not shut out everybody else.</summary>
    private const int MebibytesOfOneAddress = MebibytesAtOnce / 2;

    private readonly ConcurrencyLimiter _memory = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = MebibytesAtOnce, QueueLimit = 4 * MebibytesAtOnce, QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    private readonly PartitionedRateLimiter<string> _shares = PartitionedRateLimiter.Create<string, string>(address =>
        RateLimitPartition.GetConcurrencyLimiter(address, _ => new ConcurrencyLimiterOptions
        {
            PermitLimit = MebibytesOfOneAddress, QueueLimit = 4 * MebibytesAtOnce, QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        }));

    public async Task HandleAsync(HttpContext http)
    {
        var answer = await AnswerAsync(http);
        http.Response.StatusCode = answer.HttpStatus;
        await http.Response.WriteAsJsonAsync(answer.ToJson(), http.RequestAborted);
    }

    public void Dispose()
    {
        _memory.Dispose();
        _shares.Dispose();
    }

    private async Task<IngestAnswer> AnswerAsync(HttpContext http)
    {
        if (!checkers.Content.Standards.TryGetValue(SpokenProfile, out var standard))
        {
            throw new InvalidOperationException($"The content in force has no standard '{SpokenProfile}'.");
        }

        var profile = standard.Signing;
        var address = http.Connection.RemoteIpAddress?.ToString() ?? "unknown";
        if (rates.IsBarred(address))
        {
            return new IngestAnswer(profile.Answers.OverLimit, "访问超过限制：本地址的错误请求过多，请改正后一分钟再试。", HttpStatus: StatusCodes.Status429TooManyRequests);
        }

        if (!MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type) || !type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
        {
            return Unsigned(address, new IngestAnswer(profile.Answers.BadRequest, "请求参数错误：请用 application/x-www-form-urlencoded（UTF-8）发送参数，data 为 JSON 文字。"));
        }

        var limit = profile.Limits.BodyBytes;
        if (http.Request.ContentLength > limit) return TooLarge(profile);

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } cap) cap.MaxRequestBodySize = limit;
        var announced = (http.Request.ContentLength ?? limit) / Mebibyte + 1;
        // The share first: who waits for it holds nothing of what others need.
        using var share = await _shares.AcquireAsync(address, (int)announced, http.RequestAborted);
        using var memory = share.IsAcquired ? await _memory.AcquireAsync((int)announced, http.RequestAborted) : share;
        if (!memory.IsAcquired)
        {
            return new IngestAnswer(profile.Answers.OverLimit, "访问超过限制：平台繁忙，请稍后用相同的正文重试。", HttpStatus: StatusCodes.Status429TooManyRequests);
        }

        byte[]? body;
        try
        {
            body = await ReadAsync(http.Request, limit, http.RequestAborted);
        }
        catch (BadHttpRequestException broken)
        {
            return Unsigned(address, new IngestAnswer(profile.Answers.BadRequest, "请求参数错误：请求正文没有完整到达，请重新发送。", HttpStatus: broken.StatusCode));
        }

        if (body is null) return TooLarge(profile);

        var (parameters, fault) = FormBody.Read(body);
        if (parameters is null) return Unsigned(address, new IngestAnswer(profile.Answers.BadRequest, $"请求参数错误：{fault}。"));

        var response = await service.HandleAsync(SigningTransport.Form, profile, parameters, SHA256.HashData(body), http.RequestAborted);
        return response.IsSigned ? response.Answer : Unsigned(address, response.Answer);
    }

    private IngestAnswer Unsigned(string address, IngestAnswer answer)
    {
        rates.CountUnsigned(address);
        return answer;
    }

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
