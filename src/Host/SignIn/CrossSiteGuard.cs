namespace WorkflowEngine.Host.SignIn;

/// <summary>
/// Refuses what another web site makes a browser send. Antiforgery tokens say the same for those who are signed in; this
/// says it for signing in as well, and before any body is read.
/// </summary>
public static class CrossSiteGuard
{
    public static IApplicationBuilder UseCrossSiteGuard(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        if (!ChangesSomething(http.Request.Method) || !CameFromAnotherSite(http.Request)) return next(http);
        http.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    });

    private static bool ChangesSomething(string method) =>
        !HttpMethods.IsGet(method) && !HttpMethods.IsHead(method) && !HttpMethods.IsOptions(method);

    /// <summary>Browsers say where a request began. Programs say nothing, and carry no cookie that a stranger could borrow.</summary>
    private static bool CameFromAnotherSite(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"] is [{ } site, ..]) return site is not ("same-origin" or "none");

        return request.Headers.Origin is [{ } origin, ..]
            && !string.Equals(origin, $"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase);
    }
}
