using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Text.Json.Nodes;
using WorkflowEngine.Host.Cases;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Workflows.Activities.Elsa;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Http;

/// <summary>
/// Sends one attempt of a flow's request and never anywhere else than the operator allowed: the list is asked by scheme, host, port and path; the name is looked
/// up once, every address it has is judged, and the connection goes to one that was judged. No redirects, no proxy, no cookies, no kept connections, and a
/// limit on everything that comes back.
/// </summary>
public sealed class GuardedSender : IDisposable
{
    /// <summary>Carries the request's own id, the same at every attempt.</summary>
    public const string IdempotencyHeader = "Idempotency-Key";

    /// <summary>Of an answer, in bytes. Larger ones are not read to their end.</summary>
    public const int LargestAnswer = 1024 * 1024;

    /// <summary>Of a file, in bytes.</summary>
    public const int LargestFile = AttachmentService.MaxSize;

    private const int LargestHeaderKilobytes = 32;
    private const int MaxHeaders = 64;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
    private static readonly HttpRequestOptionsKey<HttpTarget> TargetKey = new("target");

    /// <summary>Answers that only say "not now".</summary>
    private static readonly int[] Busy = [408, 429, 502, 503, 504];

    private static readonly string[] Textual = ["json", "xml", "x-www-form-urlencoded", "javascript"];

    private readonly HttpSettings _settings;
    private readonly INameResolver _resolver;
    private readonly SystemClock _clock;
    private readonly HttpMessageInvoker _client;

    public GuardedSender(HostSettings settings, INameResolver resolver, SystemClock clock)
    {
        _settings = settings.Http;
        _resolver = resolver;
        _clock = clock;
        _client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = LargestHeaderKilobytes,
            ConnectTimeout = ConnectTimeout,
            // A kept connection would outlive the judgement of its address, and serve another organisation.
            PooledConnectionLifetime = TimeSpan.Zero,
            ActivityHeadersPropagator = null,
            ConnectCallback = ConnectAsync,
        });
    }

    /// <summary>True when the attempt may be repeated with hope: nobody there, too slow, or an answer that says "not now" to a flow that asked to wait for it.</summary>
    public static bool IsWorthRepeating(OutgoingRequest request, RequestResult result) => result.End switch
    {
        RequestEnd.NotConnected or RequestEnd.TimedOut => true,
        RequestEnd.Answered => request.RetriesBusy && Busy.Contains(result.Status),
        _ => false,
    };

    /// <param name="id">The request's id.</param>
    /// <param name="organisationId">Whose instance sends.</param>
    public async Task<SentRequest> SendAsync(string id, string organisationId, OutgoingRequest order, int attempt, CancellationToken ct)
    {
        var url = new Uri(order.Url);
        var place = $"{url.Scheme}://{url.IdnHost}:{url.Port}";
        if (_settings.Outgoing.GetValueOrDefault(organisationId)?.FirstOrDefault(target => target.Covers(url)) is not { } target)
        {
            return Failed(RequestEnd.Refused, $"单位 {organisationId} 未获准访问 {place}。请运维人员核实后在设置 Http:Outgoing:{organisationId} 中登记该地址。", attempt);
        }

        using var timeout = new CancellationTokenSource(_settings.AttemptTimeout, _clock.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            using var message = MessageOf(id, order, url, target);
            using var response = await _client.SendAsync(message, either.Token);
            return await ReadAsync(response, order.IsDownload && response.IsSuccessStatusCode ? LargestFile : LargestAnswer, attempt, either.Token);
        }
        catch (RefusedException refused)
        {
            return Failed(RequestEnd.Refused, refused.Message, attempt);
        }
        catch (HttpRequestException failed) when (failed.InnerException is RefusedException refused)
        {
            return Failed(RequestEnd.Refused, refused.Message, attempt);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Failed(RequestEnd.TimedOut, $"{place} 没有在 {_settings.AttemptTimeout.TotalSeconds:0} 秒内答复。请联系对方系统的管理人员。", attempt);
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException or SocketException)
        {
            return Failed(RequestEnd.NotConnected, $"无法连接 {place}（{Reason(failed)}）。请核实地址，或联系对方系统的管理人员。", attempt);
        }
    }

    public void Dispose() => _client.Dispose();

    private static HttpRequestMessage MessageOf(string id, OutgoingRequest order, Uri url, HttpTarget target)
    {
        var message = new HttpRequestMessage(new HttpMethod(order.Method), url);
        message.Options.Set(TargetKey, target);
        message.Headers.TryAddWithoutValidation(IdempotencyHeader, id);
        if (order.Content is { } content)
        {
            message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(content));
            var type = MediaTypeHeaderValue.Parse(order.ContentType!);
            type.CharSet ??= "utf-8";
            message.Content.Headers.ContentType = type;
        }

        foreach (var header in order.Headers)
        {
            message.Headers.TryAddWithoutValidation(header.Name, ValueOf(header, target));
        }

        return message;
    }

    private static string ValueOf(HttpHeader header, HttpTarget target)
    {
        if (!HttpAddresses.IsSecret(header.Value)) return header.Value;

        var name = header.Value[HttpAddresses.SecretPrefix.Length..];
        return target.Secrets.GetValueOrDefault(name)
            ?? throw new RefusedException($"地址 {target} 没有名为“{name}”的密钥。请运维人员在该地址的设置 Secrets:{name} 中填写。");
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        if (!context.InitialRequestMessage.Options.TryGetValue(TargetKey, out var target))
        {
            throw new InvalidOperationException("A connection is opened for a request that nobody judged.");
        }

        var host = context.DnsEndPoint.Host;
        var addresses = IPAddress.TryParse(host.Trim('[', ']'), out var written) ? [written] : await _resolver.ResolveAsync(host, ct);
        // One forbidden address among several is enough: such an answer is made to be picked from by chance.
        if (addresses.FirstOrDefault(address => !AddressRules.MayReach(address, target.Networks)) is { } forbidden)
        {
            throw new RefusedException($"{host} 指向不允许访问的网络地址 {forbidden}。如确属本单位内部系统，请运维人员在该地址的设置 Networks 中写明其网段。");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // The addresses just judged, not the name: looking it up again could find others.
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, ct);
            var stream = new NetworkStream(socket, ownsSocket: true);
            return target.Scheme == Uri.UriSchemeHttps ? await GuardedTls.OpenAsync(stream, host, target, ct) : stream;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<SentRequest> ReadAsync(HttpResponseMessage response, int most, int attempt, CancellationToken ct)
    {
        if (response.Content.Headers.ContentLength > most) return TooLarge(most, attempt);

        using var body = new MemoryStream();
        await using var stream = await response.Content.ReadAsStreamAsync(ct);
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, ct)) > 0)
        {
            if (body.Length + read > most) return TooLarge(most, attempt);
            body.Write(buffer, 0, read);
        }

        var type = response.Content.Headers.ContentType;
        var isPacked = response.Content.Headers.ContentEncoding.Count > 0;
        var result = new RequestResult(RequestEnd.Answered, (int)response.StatusCode, HeadersOf(response), type?.ToString(), null, null, attempt);
        if (most == LargestFile) return new SentRequest(result, body.ToArray());

        return new SentRequest(result with
        {
            Content = body.Length > 0 && IsText(type?.MediaType) && !isPacked
                ? EncodingOf(type?.CharSet).GetString(body.GetBuffer(), 0, (int)body.Length).TrimStart('\uFEFF')
                : null,
        });
    }

    private static JsonObject HeadersOf(HttpResponseMessage response)
    {
        var headers = new JsonObject();
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers).Take(MaxHeaders))
        {
            // A session of ours with them is no flow's business.
            if (!name.StartsWith("Set-Cookie", StringComparison.OrdinalIgnoreCase)) headers[name] = string.Join(", ", values);
        }

        return headers;
    }

    private static bool IsText(string? type) => type is null
        || type.StartsWith("text/", StringComparison.OrdinalIgnoreCase)
        || Textual.Any(kind => type.Contains(kind, StringComparison.OrdinalIgnoreCase));

    private static Encoding EncodingOf(string? name)
    {
        try
        {
            return name is null ? Encoding.UTF8 : Encoding.GetEncoding(name.Trim('"'));
        }
        catch (Exception unknown) when (unknown is ArgumentException or NotSupportedException)
        {
            return Encoding.UTF8;
        }
    }

    private static SentRequest TooLarge(int most, int attempt) =>
        Failed(RequestEnd.TooMuch, $"对方的答复超过 {most / 1024 / 1024} MB，已停止接收。请与对方约定分页或缩小范围。", attempt);

    private static SentRequest Failed(RequestEnd end, string problem, int attempt) => new(new RequestResult(end, 0, [], null, null, problem, attempt));

    private static string Reason(Exception failed) => failed switch
    {
        { InnerException: AuthenticationException } => "TLS",
        HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } http => http.HttpRequestError.ToString(),
        { InnerException: SocketException socket } => socket.SocketErrorCode.ToString(),
        SocketException socket => socket.SocketErrorCode.ToString(),
        _ => failed.GetType().Name,
    };
}

/// <summary>What came of an attempt.</summary>
/// <param name="File">The bytes that a download was answered with, as they came; null when it is none, or was not answered with success.</param>
public sealed record SentRequest(RequestResult Result, byte[]? File = null);

/// <summary>Unwinds an attempt that must not be made; the message (zh-CN) says why and who can change that.</summary>
internal sealed class RefusedException(string message) : Exception(message);
