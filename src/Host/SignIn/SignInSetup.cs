using System.Globalization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.Identity;
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
            cookie.Events.OnRedirectToLogin = context => Answer(context, StatusCodes.Status401Unauthorized);
            cookie.Events.OnRedirectToAccessDenied = context =>
            {
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
                return Task.CompletedTask;
            };
        });
        services.AddOptions<CookieAuthenticationOptions>(IdentityConstants.ApplicationScheme)
            .Configure<Clocks.SystemClock>((cookie, clock) => cookie.TimeProvider = clock.Time);

        services.AddDataProtection().SetApplicationName("WorkflowEngine");
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
    private static Task Answer(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        if (context.Request.Path.StartsWithSegments("/api"))
        {
            context.Response.StatusCode = status;
        }
        else
        {
            context.Response.Redirect(context.RedirectUri);
        }

        return Task.CompletedTask;
    }

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
