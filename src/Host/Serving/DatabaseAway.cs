using System.Globalization;
using Microsoft.AspNetCore.Diagnostics;
using WorkflowEngine.Host.Portal.Shell;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Host.Serving;

/// <summary>
/// The answer while the database is away or overloaded: 503 with the time after which to ask again. Nothing is wrong with the request, and whoever repeats it under
/// its idempotency key gets it done once.
/// </summary>
public sealed class DatabaseAway(IProblemDetailsService problems, ILogger<DatabaseAway> log) : IExceptionHandler
{
    /// <summary>A crashed server is back within seconds.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (!DatabaseTrouble.IsPassing(exception)) return false;

        log.LogWarning("{Method} {Route} is answered 503: {Problem}", httpContext.Request.Method, RouteOf(httpContext), exception.GetBaseException().Message);
        httpContext.Response.Headers.RetryAfter = ((int)RetryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        if (httpContext.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal))
        {
            var message = new Message(
                "系统繁忙，请稍后再试",
                $"数据库暂时无法使用，通常几秒钟后恢复。请约 {RetryAfter.TotalSeconds:0} 秒后刷新本页或重新提交：已经提交成功的内容不会丢失，重复提交也不会办理两次。",
                IsBare: true);
            await Pages.Message(message, StatusCodes.Status503ServiceUnavailable).ExecuteAsync(httpContext);
            return true;
        }

        httpContext.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        // Whoever accepts no JSON is told by the status alone.
        await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = httpContext,
            ProblemDetails =
            {
                Status = StatusCodes.Status503ServiceUnavailable,
                Title = "database away",
                Detail = "数据库暂时无法使用：请按 Retry-After 的时间稍后重试，同一次办理使用同一个 Idempotency-Key，不会办理两次。"
                    + " The database is away for the moment: ask again after Retry-After, the same act under the same Idempotency-Key.",
            },
        });
        return true;
    }

    /// <summary>The pattern, not the path: that may name a case.</summary>
    private static string RouteOf(HttpContext http) =>
        (http.Features.Get<IExceptionHandlerFeature>()?.Endpoint as RouteEndpoint)?.RoutePattern.RawText ?? "(no route)";
}
