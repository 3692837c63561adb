using Microsoft.AspNetCore.Authentication.Cookies;

namespace WorkflowEngine.Host.SignIn;

/// <summary>
/// Names the session's cookie by how the request came. Over https it carries the prefix <c>__Host-</c>, with which browsers
/// refuse a cookie that a neighbouring host or an unencrypted answer tries to plant; over plain http (loopback, demonstrations)
/// no browser would accept that name.
/// </summary>
public sealed class SessionCookie : ICookieManager
{
    private readonly ChunkingCookieManager _cookies = new();

    public string? GetRequestCookie(HttpContext context, string key) => _cookies.GetRequestCookie(context, Name(context, key));

    public void AppendResponseCookie(HttpContext context, string key, string? value, CookieOptions options) =>
        _cookies.AppendResponseCookie(context, Name(context, key), value, options);

    public void DeleteCookie(HttpContext context, string key, CookieOptions options) =>
        _cookies.DeleteCookie(context, Name(context, key), options);

    private static string Name(HttpContext context, string key) => context.Request.IsHttps ? "__Host-" + key : key;
}
