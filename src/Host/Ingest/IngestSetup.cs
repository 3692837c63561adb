namespace WorkflowEngine.Host.Ingest;

/// <summary>The endpoint that devices and vendor servers push signed records to: services and endpoints.</summary>
public static class IngestSetup
{
    public static IServiceCollection AddIngest(this IServiceCollection services) => services;

    public static void MapIngest(this WebApplication app)
    {
    }
}
