using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Portal.Shell;
using WorkflowEngine.Host.Serving;

namespace WorkflowEngine.Host.SignIn;

/// <summary>The sign-in page, and signing out.</summary>
public static class SignInPages
{
    public const string Path = "/sign-in";
    public const string ReturnParameter = "returnUrl";

    /// <summary>One text for a wrong name, a wrong password, a locked and a disabled account.</summary>
    public const string RefusedText = "用户名或密码不正确，或者该账号目前不能登录。连续输错 5 次，账号将锁定 15 分钟。";

    public static void MapSignInPages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, Show).AllowAnonymous();
        routes.MapPost(Path, SignInAsync).AllowAnonymous().RequireFormToken().RequireRateLimiting(RateLimits.SignIn);
        routes.MapPost("/sign-out", SignOutAsync).RequireAuthorization(Policies.SignedIn).RequireFormToken();
    }

    private static IResult Show(HttpContext http, string? returnUrl) =>
        SignedInPerson.From(http.User) is null ? Page(returnUrl, userName: null, refused: false) : Pages.Next(Local(returnUrl));

    private static async Task<IResult> SignInAsync(HttpContext http, Sessions sessions)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var userName = form["userName"].ToString().Trim();
        var returnUrl = form[ReturnParameter].ToString();
        return await sessions.OpenAsync(userName, form["password"].ToString()) is SignInOutcome.SignedIn
            ? Pages.Next(Local(returnUrl))
            : Page(returnUrl, userName, refused: true);
    }

    private static async Task<IResult> SignOutAsync(Sessions sessions)
    {
        await sessions.CloseAsync();
        return Pages.Next(Path);
    }

    private static IResult Page(string? returnUrl, string? userName, bool refused) => Pages.Show<SignInPage, SignInModel>(
        new SignInModel(Local(returnUrl), userName, refused), refused ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK);

    /// <summary>Only a path of this host: a link that signs somebody in must not carry them elsewhere.</summary>
    private static string Local(string? url) =>
        url is ['/', ..] && url is not ['/', '/' or '\\', ..] && url.All(c => c is > ' ' and <= '~') && !url.StartsWith(Path, StringComparison.Ordinal) ? url : "/";
}

/// <param name="ReturnUrl">Where to go after signing in: a path of this host.</param>
/// <param name="UserName">As typed before.</param>
public sealed record SignInModel(string ReturnUrl, string? UserName, bool IsRefused);
