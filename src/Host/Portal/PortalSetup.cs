namespace WorkflowEngine.Host.Portal;

/// <summary>The server-rendered pages of vendors and officers: services and endpoints.</summary>
public static class PortalSetup
{
    public static IServiceCollection AddPortal(this IServiceCollection services) => services;

    public static void MapPortal(this WebApplication app)
    {
    }
}
