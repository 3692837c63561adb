using System.Text.Encodings.Web;
using System.Text.Unicode;
using WorkflowEngine.Host.Portal.Shell;

namespace WorkflowEngine.Host.Portal;

/// <summary>The server-rendered pages of vendors and officers: services and endpoints.</summary>
public static class PortalSetup
{
    public static IServiceCollection AddPortal(this IServiceCollection services)
    {
        services.AddRazorComponents();
        // Chinese stays readable in the page's source; the characters that matter for safety are escaped all the same.
        services.AddSingleton(HtmlEncoder.Create(UnicodeRanges.All));
        services.AddSingleton<AssetVersions>();
        services.AddScoped<MenuCounts>();
        return services;
    }

    public static void MapPortal(this WebApplication app)
    {
    }
}
