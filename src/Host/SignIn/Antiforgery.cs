using Microsoft.AspNetCore.Antiforgery;
using WorkflowEngine.Host.Portal.Shell;

namespace WorkflowEngine.Host.SignIn;

/// <summary>Every post proves that a page, or a program, of ours made it: a form field on pages, the header <c>X-CSRF</c> under <c>/api</c> and <c>/elsa/api</c>.</summary>
public static class Antiforgery
{
    /// <summary>For pages: a stale form ends in words and a way back, not in a bare 400.</summary>
    public static TBuilder RequireFormToken<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.AddEndpointFilter(async (context, next) =>
        {
            var http = context.HttpContext;
            var path = http.Request.Path.Value ?? "/";
            try
            {
                await http.Request.ReadFormAsync(http.RequestAborted);
            }
            catch (Exception tooMuch) when (tooMuch is BadHttpRequestException or InvalidDataException)
            {
                return Pages.Message(
                    new Message("提交的内容过大", "附件合计不能超过 64 MB，单个附件不超过 10 MB。请压缩或分次上传后重新提交，本次没有办理任何事项。", NextHref: path, NextLabel: "重新填写"),
                    StatusCodes.Status413PayloadTooLarge);
            }

            return await IsValidAsync(http)
                ? await next(context)
                : Pages.Message(
                    new Message("页面已失效", "您在别处重新登录过，或页面打开时间过长，因此本次提交未被接收，没有办理任何事项。请重新打开页面再提交。", NextHref: path, NextLabel: "重新打开"),
                    StatusCodes.Status400BadRequest);
        });

    /// <summary>For <c>/api</c> and <c>/elsa/api</c>: unsafe methods carry the token that <c>POST /api/session</c> gave out.</summary>
    public static TBuilder RequireHeaderToken<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.AddEndpointFilter(async (context, next) => IsSafe(context.HttpContext.Request.Method) || await IsValidAsync(context.HttpContext)
            ? await next(context)
            : TypedResults.Problem(
                title: "antiforgery token missing or stale",
                detail: "Send the csrf value of POST /api/session (or GET /api/session) in the header X-CSRF.",
                statusCode: StatusCodes.Status400BadRequest));

    private static Task<bool> IsValidAsync(HttpContext http) =>
        http.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(http);

    private static bool IsSafe(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);
}
