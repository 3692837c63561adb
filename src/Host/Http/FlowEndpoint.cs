using Microsoft.AspNetCore.Antiforgery;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Api;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage.Attachments;
using WorkflowEngine.Workflows.Activities.Elsa;

namespace WorkflowEngine.Host.Http;

/// <summary>
/// <c>/workflows/…</c>: the endpoints that flows open. Whoever asks is signed in, with the session and the token of <c>/api/session</c>; a path that flow and
/// operator both leave open needs neither. Translates HTTP into a <see cref="FlowRequest"/> and back, and nothing else.
/// </summary>
public static class FlowEndpoint
{
    public const string BasePath = "/workflows";

    private const string CorrelationHeader = "X-Correlation-Id";
    private const string InstanceHeader = "X-Workflow-Instance-Id";
    private const int MaxCorrelation = 150;

    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"];

    /// <summary>What a flow writes must not act as a page of the portal, whatever type it says it is.</summary>
    private const string Sandbox = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'";

    public static void MapFlows(this WebApplication app) => app
        .MapMethods($"{BasePath}/{{**path}}", Methods, HandleAsync)
        // Who may ask is decided by the endpoint that the path leads to, further in; by default somebody must be signed in.
        .AllowAnonymous()
        .RequireRateLimiting(RateLimits.Flows);

    private static async Task<IResult> HandleAsync(string? path, HttpContext http, FlowRequests flows, FormBodies forms, AttachmentStore attachments, IAntiforgery antiforgery)
    {
        var person = SignedInPerson.From(http.User);
        var asked = path ?? "";
        var isOpen = flows.MayAskUnknown(asked);
        if (person is null && !isOpen)
        {
            return TypedResults.Problem("请先登录（POST /api/session）。", statusCode: StatusCodes.Status401Unauthorized, title: "sign in");
        }

        // A session counts only with proof that its owner's own program or page asks; otherwise an open path is asked by a stranger.
        if (person is not null && !await IsOwnWillAsync(http, antiforgery))
        {
            if (!isOpen)
            {
                return TypedResults.Problem(
                    "Send the csrf value of POST /api/session (or GET /api/session) in the header X-CSRF.",
                    statusCode: StatusCodes.Status400BadRequest, title: "antiforgery token missing or stale");
            }

            person = null;
        }

        var instance = First(http, InstanceHeader, "workflowInstanceId");
        if (instance is not null && !Guid.TryParse(instance, out _))
        {
            return TypedResults.Problem("X-Workflow-Instance-Id 不是有效的编号。", statusCode: StatusCodes.Status400BadRequest, title: "instance");
        }

        var correlation = First(http, CorrelationHeader, "correlationId");
        if (correlation is { Length: > MaxCorrelation } || correlation?.Any(char.IsControl) == true)
        {
            return TypedResults.Problem($"X-Correlation-Id 超过 {MaxCorrelation} 个字符，或含有控制字符。", statusCode: StatusCodes.Status400BadRequest, title: "correlation");
        }

        // Files are taken from those who are signed in, a few at a time.
        var withFiles = person is not null && MultipartForm.IsMeant(http.Request.ContentType);
        using var share = withFiles ? await forms.AcquireAsync(person!.Actor.OrganisationId, http.RequestAborted) : null;
        if (share?.IsAcquired == false)
        {
            return TypedResults.Problem("本单位同时提交的文件过多，请稍后重试。", statusCode: StatusCodes.Status429TooManyRequests, title: "too many at once");
        }

        byte[]? body;
        try
        {
            body = await RequestReader.ReadBodyAsync(http.Request, withFiles ? HttpEndpoints.LargestRequest : HttpEndpoints.LargestContent, http.RequestAborted);
        }
        catch (BadHttpRequestException broken)
        {
            return TypedResults.Problem("请求正文没有完整到达，请重新发送。", statusCode: broken.StatusCode, title: "incomplete");
        }

        var request = new FlowRequest(
            http.Request.Method.ToUpperInvariant(), asked, RequestReader.QueryOf(http.Request), RequestReader.HeadersOf(http.Request), http.Request.ContentType, body, person,
            KeyOf(http), correlation, instance is null ? null : Guid.Parse(instance));
        // Not the caller's token: a caller who hangs up must not leave a burst that was decided and not committed.
        return await WriteAsync(await flows.HandleAsync(request, CancellationToken.None), http, person is not null, attachments);
    }

    private static async Task<IResult> WriteAsync(FlowAnswer answer, HttpContext http, bool isSignedIn, AttachmentStore attachments)
    {
        if (isSignedIn && answer.InstanceId is { } instance) http.Response.Headers[InstanceHeader] = instance.ToString();
        if (answer.Title is { } title) return TypedResults.Problem(answer.Detail, statusCode: answer.Status, title: title);

        http.Response.Headers.ContentSecurityPolicy = Sandbox;
        foreach (var header in answer.Reply?.Headers ?? [])
        {
            http.Response.Headers.Append(header.Name, header.Value);
        }

        if (answer.Reply?.File is { } file)
        {
            return await attachments.OpenAsync(answer.InstanceId!.Value, file.Id, http.RequestAborted) is { } bytes
                ? TypedResults.File(bytes, file.Type, file.Name)
                : TypedResults.Problem("流程答复的附件已不存在。", statusCode: StatusCodes.Status404NotFound, title: "no such file");
        }

        return answer.Reply is { Content: { } content } reply && reply.Status is not (StatusCodes.Status204NoContent or StatusCodes.Status205ResetContent or StatusCodes.Status304NotModified)
            ? TypedResults.Content(content, reply.ContentType, System.Text.Encoding.UTF8, answer.Status)
            : TypedResults.StatusCode(answer.Status);
    }

    /// <summary>Everything here changes something, a GET too. Unsafe methods carry the token; of safe ones the browser says that no other site began them.</summary>
    private static async Task<bool> IsOwnWillAsync(HttpContext http, IAntiforgery antiforgery)
    {
        var request = http.Request;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        {
            return request.Headers["Sec-Fetch-Site"] is not [{ } site, ..] || site is "same-origin" or "none";
        }

        // Without the header the check would read a form for it, and the body is the flow's.
        return request.Headers["X-CSRF"] is [{ Length: > 0 }, ..] && await antiforgery.IsRequestValidAsync(http);
    }

    /// <summary>One that is there and blank is no name; it is refused, or its sender would believe that a repeated request is safe.</summary>
    private static string? KeyOf(HttpContext http) => http.Request.Headers.TryGetValue(ApiEndpoints.IdempotencyHeader, out var given) ? given.ToString() : null;

    private static string? First(HttpContext http, string header, string query) =>
        http.Request.Headers[header] is [{ Length: > 0 } given, ..] ? given
        : http.Request.Query[query] is [{ Length: > 0 } asked, ..] ? asked : null;
}
