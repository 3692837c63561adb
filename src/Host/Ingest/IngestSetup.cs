using WorkflowEngine.Content.Standards;

namespace WorkflowEngine.Host.Ingest;

/// <summary>The endpoint that devices and vendor servers push signed records to: services and endpoints.</summary>
public static class IngestSetup
{
    public static IServiceCollection AddIngest(this IServiceCollection services) => services
        .AddSingleton<KeyRing>()
        .AddHostedService(services => services.GetRequiredService<KeyRing>())
        .AddSingleton<KeyRates>()
        .AddSingleton<Checkers>()
        .AddSingleton<IngestFlows>()
        .AddSingleton<GroupCommit>()
        .AddHostedService(services => services.GetRequiredService<GroupCommit>())
        .AddSingleton<IngestQueries>()
        .AddSingleton<IngestService>()
        .AddSingleton<IngestUpkeep>()
        .AddSingleton<IngestEndpoint>()
        .AddSingleton<Refusals>()
        .AddHostedService(services => services.GetRequiredService<Refusals>());

    public static void MapIngest(this IEndpointRouteBuilder routes)
    {
        // The signature is the identity: whoever sends is known once it is verified.
        var doors = routes.MapGroup("/ingest").AllowAnonymous().DisableAntiforgery();
        doors.MapPost("/open.api", (HttpContext http, IngestEndpoint endpoint) => endpoint.HandleAsync(http, MessageGate.SpokenProfile, method: null));
        doors.MapPost("/{profile}", (string profile, HttpContext http, IngestEndpoint endpoint) => endpoint.HandleAsync(http, profile, method: null));
        doors.MapPost("/{profile}/{method}", (string profile, string method, HttpContext http, IngestEndpoint endpoint) => endpoint.HandleAsync(http, profile, method));
    }
}
