using System.Security.Cryptography;

namespace WorkflowEngine.Host.Serving;

/// <summary>
/// The headers every answer carries. Scripts and styles come from this host only; what a page must put inline (the
/// style of Turbo's progress bar) carries the nonce of its own answer.
/// </summary>
public static class SecurityHeaders
{
    private const string NonceKey = "csp-nonce";

    /// <summary>The nonce of this answer, for <c>csp-nonce</c> and inline styles.</summary>
    public static string CspNonce(this HttpContext context)
    {
        if (context.Items[NonceKey] is string nonce) return nonce;
        var made = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        context.Items[NonceKey] = made;
        return made;
    }

    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            // base-uri must be 'self', not 'none': the pages carry a base element. img data: is Bootstrap's icons.
            // An endpoint that shows what others wrote (a notice's own HTML) has set a stricter policy of its own.
            if (!headers.ContainsKey("Content-Security-Policy")) headers.ContentSecurityPolicy =
                $"default-src 'self'; script-src 'self' 'nonce-{context.CspNonce()}'; style-src 'self' 'nonce-{context.CspNonce()}'; " +
                "img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "same-origin";
            headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=()";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers["Cross-Origin-Resource-Policy"] = "same-origin";

            // What is shown depends on who is signed in: no shared cache may keep it, and no back button after signing out.
            if (!headers.ContainsKey("Cache-Control")) headers.CacheControl = "no-store";
            return Task.CompletedTask;
        });
        return next(context);
    });
}
