namespace WorkflowEngine.Host.Ingest;

/// <summary>The endpoint that devices and vendor servers push signed records to: services and endpoints.</summary>
public static class IngestSetup
{
    public static IServiceCollection AddIngest(this IServiceCollection services) => services
        .AddSingleton<KeyRing>()
        .AddSingleton<KeyRates>()
        .AddSingleton<Checkers>()
        .AddSingleton<IngestService>()
        .AddSingleton<IngestEndpoint>()
        .AddSingleton<Refusals>()
        .AddHostedService(services => services.GetRequiredService<Refusals>());

    public static void MapIngest(this IEndpointRouteBuilder routes) =>
        routes.MapPost(IngestEndpoint.Path, (HttpContext http, IngestEndpoint endpoint) => endpoint.HandleAsync(http))
            .AllowAnonymous()
            .DisableAntiforgery();
}
