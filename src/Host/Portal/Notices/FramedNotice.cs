namespace WorkflowEngine.Host.Portal.Notices;

/// <summary>
/// A notice's HTML stands in a frame of its own: nothing runs in it, nothing is loaded from anywhere, and its inline
/// styles, which letters cannot do without, end at the frame.
/// </summary>
public static class FramedNotice
{
    public static void Protect(HttpContext http) => http.Response.Headers.ContentSecurityPolicy =
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox";
}
