using System.Globalization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.Identity;
using WorkflowEngine.Host.Portal.Shell;
using WorkflowEngine.Storage.Identity;

namespace WorkflowEngine.Host.SignIn;

/// <summary>
/// Cookie sign-in with lock-out: services and endpoints. There is no default account; <c>serve --demo</c> makes some and
/// prints their passwords once.
/// </summary>
public static class SignInSetup
{
    /// <summary>A session that nobody uses ends.</summary>
    public static readonly TimeSpan IdleSession = TimeSpan.FromMinutes(30);

    /// <summary>Every session ends, however busy it is.</summary>
    public static readonly TimeSpan LongestSession = TimeSpan.FromHours(12);

    /// <summary>A disabled person, a changed role and a changed password are noticed within this time, on every host.</summary>
    public static readonly TimeSpan SessionCheck = TimeSpan.FromSeconds(5);

    public static readonly TimeSpan LockOut = TimeSpan.FromMinutes(15);
    public const int MostFailures = 5;

    public static IServiceCollection AddSignIn(this IServiceCollection services)
    {
        services.AddHttpContextAccessor();
        services.AddIdentityCore<User>(identity =>
            {
                identity.Password.RequiredLength = PasswordRules.ShortestPassword;
                identity.Password.RequireDigit = false;
                identity.Password.RequireLowercase = false;
                identity.Password.RequireUppercase = false;
                identity.Password.RequireNonAlphanumeric = false;
                identity.Lockout.AllowedForNewUsers = true;
                identity.Lockout.MaxFailedAccessAttempts = MostFailures;
                identity.Lockout.DefaultLockoutTimeSpan = LockOut;
            })
            .AddEntityFrameworkStores<IdentityContext>()
            .AddPasswordValidator<PasswordRules>()
            .AddSignInManager<StaffSignInManager>();
        services.AddScoped<PersonClaims>();
        services.AddScoped<IUserClaimsPrincipalFactory<User>>(provider => provider.GetRequiredService<PersonClaims>());
        services.AddScoped<Sessions>();
        services.AddOptions<SecurityStampValidatorOptions>().Configure<Clocks.SystemClock>((check, clock) =>
        {
            check.ValidationInterval = SessionCheck;
            check.TimeProvider = clock.Time;
        });

        services.AddAuthentication(IdentityConstants.ApplicationScheme).AddCookie(IdentityConstants.ApplicationScheme, cookie =>
        {
            cookie.Cookie.Name = "wfe-session";
            cookie.Cookie.HttpOnly = true;
            cookie.Cookie.Path = "/";
            // Lax, not Strict: a link in a notice's mail must open the case without signing in again. Posts are guarded twice besides.
            cookie.Cookie.SameSite = SameSiteMode.Lax;
            cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            cookie.CookieManager = new SessionCookie();
            cookie.ExpireTimeSpan = IdleSession;
            cookie.SlidingExpiration = true;
            cookie.LoginPath = SignInPages.Path;
            cookie.ReturnUrlParameter = SignInPages.ReturnParameter;
            cookie.Events.OnValidatePrincipal = ValidateAsync;
            cookie.Events.OnRedirectToLogin = ToSignInAsync;
            cookie.Events.OnRedirectToAccessDenied = RefuseAsync;
        })
        // Nobody signs in by it. Where the framework ends a session it signs out of this scheme as well, and without it answered every page with an error.
        .AddCookie(IdentityConstants.TwoFactorRememberMeScheme);
        services.AddOptions<CookieAuthenticationOptions>(IdentityConstants.ApplicationScheme)
            .Configure<Clocks.SystemClock>((cookie, clock) => cookie.TimeProvider = clock.Time);

        services.AddDataProtection().SetApplicationName("WorkflowEngine");
        // It warns that no XML encryptor is set. The repository seals what it stores, like everything secret in this database.
        services.AddLogging(logging => logging.AddFilter("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", LogLevel.Error));
        services.AddOptions<KeyManagementOptions>()
            .Configure<IXmlRepository>((keys, repository) => keys.XmlRepository = repository);
        return services;
    }

    public static void MapSignIn(this WebApplication app)
    {
        app.MapSession();
        app.MapSignInPages();
    }

    /// <summary>Programs get the status; people are led to the page.</summary>
    private static Task ToSignInAsync(RedirectContext<CookieAuthenticationOptions> context)
    {
        if (IsForPrograms(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        }
        else
        {
            context.Response.Redirect(context.RedirectUri);
        }

        return Task.CompletedTask;
    }

    /// <summary>The role may not do this at all, whoever's case it is: that may be said openly.</summary>
    private static Task RefuseAsync(RedirectContext<CookieAuthenticationOptions> context)
    {
        if (!IsForPrograms(context.Request))
        {
            return Pages.Message(
                    new Message("您的岗位不能使用此页面", "此页面属于其他岗位的职责。如认为有误，请联系本单位管理员。"), StatusCodes.Status403Forbidden)
                .ExecuteAsync(context.HttpContext);
        }

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }

    private static bool IsForPrograms(HttpRequest request) => request.Path.StartsWithSegments("/api") || request.Path.StartsWithSegments("/elsa");

    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var now = context.HttpContext.RequestServices.GetRequiredService<Clocks.SystemClock>().Now;
        var opened = context.Properties.GetString(Sessions.SignedInAt);
        if (!DateTimeOffset.TryParse(opened, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var since) || now - since >= LongestSession)
        {
            context.RejectPrincipal();
            return;
        }

        await SecurityStampValidator.ValidatePrincipalAsync(context);
    }
}
