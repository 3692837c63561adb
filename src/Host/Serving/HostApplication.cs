using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Ingest;
using WorkflowEngine.Host.Portal;
using WorkflowEngine.Host.SignIn;

namespace WorkflowEngine.Host.Serving;

/// <summary>What the host is made of, and in which order a request passes through it.</summary>
public static class HostApplication
{
    public static WebApplication Build(HostSettings settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            // Named here, so that assets are found when tests or the walkthrough start the host inside their own process.
            ApplicationName = typeof(HostApplication).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.WebHost.UseUrls(settings.Urls.Split(';'));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = RequestLimits.Body;
        });

        builder.Services.AddAuthentication();
        builder.Services
            .AddSingleton(settings)
            .AddClocks(TimeProvider.System)
            .AddAuthorization(Policies.Add)
            .AddAntiforgery(options => options.HeaderName = "X-CSRF")
            .AddRateLimiter(RateLimits.Add)
            .AddProblemDetails()
            .AddSignIn()
            .AddPortal()
            .AddIngest();

        var app = builder.Build();
        app.UseSecurityHeaders();
        app.UseStaticFiles();
        app.UseRouting();
        app.UseRateLimiter();
        app.UseCrossSiteGuard();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.MapSignIn();
        app.MapPortal();
        app.MapIngest();
        return app;
    }
}
