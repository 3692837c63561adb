using System.Text.Json.Serialization;
using Microsoft.AspNetCore.HttpOverrides;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Api;
using WorkflowEngine.Host.Cases;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.ContentSync;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Designer;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Http;
using WorkflowEngine.Host.Ingest;
using WorkflowEngine.Host.Mail;
using WorkflowEngine.Host.Organisations;
using WorkflowEngine.Host.Portal;
using WorkflowEngine.Host.SignIn;
using WorkflowEngine.Host.Simulation;
using WorkflowEngine.Host.Timers;
using WorkflowEngine.Storage;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Host.Serving;

/// <summary>What the host is made of, and in which order a request passes through it.</summary>
public static class HostApplication
{
    public static WebApplication Build(HostSettings settings, Database database, BegunSimulation? simulation)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            // Named here, so that assets are found when tests or the walkthrough start the host inside their own process.
            ApplicationName = typeof(HostApplication).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
        });
        HostLogging.Configure(builder.Logging, settings);
        builder.WebHost.UseUrls(settings.Urls.Split(';'));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = RequestLimits.Body;
            kestrel.Limits.MinRequestBodyDataRate = RequestLimits.SlowestBody;
        });

        builder.Services
            .AddSingleton(settings)
            .AddClocks(simulation?.Time ?? TimeProvider.System)
            .AddStorage(database)
            .AddEngine()
            .AddContentSync()
            .AddTimers()
            .AddMail(settings)
            .AddHttp()
            .AddCases()
            .AddSingleton<AuthorityRegister>()
            .AddSingleton<DemoPeople>()
            .AddAuthorization(Policies.Add)
            .AddAntiforgery(options => options.HeaderName = "X-CSRF")
            .AddRateLimiter(RateLimits.Add)
            .AddProblemDetails()
            .AddExceptionHandler<DatabaseAway>()
            // What is answered with a page is in the log as well; a database that is away has its one line there.
            .AddExceptionHandler(options => options.SuppressDiagnosticsCallback = context => DatabaseTrouble.IsPassing(context.Exception))
            .ConfigureHttpJsonOptions(json =>
            {
                json.SerializerOptions.Converters.Add(new JsonStringEnumConverter());
                // A member that is missing, null or there twice is the sender's mistake and answered as one, not an error of ours further in.
                json.SerializerOptions.RespectNullableAnnotations = true;
                json.SerializerOptions.RespectRequiredConstructorParameters = true;
                json.SerializerOptions.AllowDuplicateProperties = false;
            })
            .AddSignIn()
            .AddPortal()
            .AddDesigner()
            .AddIngest()
            .AddSingleton<ServerWatch>()
            .AddHostedService(services => services.GetRequiredService<ServerWatch>())
            .AddHostedService<Telemetry>();
        if (simulation is not null) builder.Services.AddSimulation(simulation);

        var app = builder.Build();
        if (settings.Proxies.Count > 0) app.UseForwardedHeaders(BelievedProxies(settings));
        app.UseHsts();
        app.UseSecurityHeaders();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseStaticFiles();
        app.UseRouting();
        app.UseRateLimiter();
        app.UseCrossSiteGuard();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();

        app.MapHealth();
        app.MapSignIn();
        app.MapPortal();
        app.MapApi();
        app.MapDesigner();
        app.MapIngest();
        app.MapFlows();
        if (simulation is not null) app.MapSimulation();
        return app;
    }

    private static ForwardedHeadersOptions BelievedProxies(HostSettings settings)
    {
        // A chain of any length, as long as each hop is one of those named.
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
        options.KnownIPNetworks.Clear();
        options.KnownProxies.Clear();
        foreach (var proxy in settings.Proxies) options.KnownProxies.Add(proxy);
        return options;
    }
}
