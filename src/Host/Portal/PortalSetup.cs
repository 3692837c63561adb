using System.Text.Encodings.Web;
using System.Text.Unicode;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Portal.Applications;
using WorkflowEngine.Host.Portal.Cases;
using WorkflowEngine.Host.Portal.Conformance;
using WorkflowEngine.Host.Portal.Contents;
using WorkflowEngine.Host.Portal.Contents.Files;
using WorkflowEngine.Host.Portal.Forms;
using WorkflowEngine.Host.Portal.Home;
using WorkflowEngine.Host.Portal.Incidents;
using WorkflowEngine.Host.Portal.Keys;
using WorkflowEngine.Host.Portal.Letters;
using WorkflowEngine.Host.Portal.Mail;
using WorkflowEngine.Host.Portal.Notices;
using WorkflowEngine.Host.Portal.Personal;
using WorkflowEngine.Host.Portal.Records;
using WorkflowEngine.Host.Portal.Shell;
using WorkflowEngine.Host.Portal.Statistics;
using WorkflowEngine.Host.Portal.Tasks;
using WorkflowEngine.Host.Portal.Warnings;

namespace WorkflowEngine.Host.Portal;

/// <summary>The server-rendered pages of vendors and officers: services and endpoints.</summary>
public static class PortalSetup
{
    public static IServiceCollection AddPortal(this IServiceCollection services)
    {
        services.AddRazorComponents();
        // Chinese stays readable in the page's source; the characters that matter for safety are escaped all the same.
        services.AddSingleton(HtmlEncoder.Create(UnicodeRanges.All));
        services.AddExceptionHandler<TroublePage>();
        services.AddSingleton<AssetVersions>();
        services.AddSingleton<MenuCounts>();
        services.AddSingleton<CasePapers>();
        services.AddSingleton<CaseReading>();
        services.AddSingleton<ConformanceReading>();
        services.AddSingleton<KeyRevocations>();
        services.AddSingleton<TaskReading>();
        services.AddSingleton<Prefill>();
        services.AddSingleton<Uploads>();
        services.AddSingleton<FileReading>();
        return services;
    }

    public static void MapPortal(this WebApplication app)
    {
        app.MapHomePages();
        app.MapTaskPages();
        app.MapWarningPages();
        app.MapIncidentPages();
        app.MapMailPages();
        app.MapCasePages();
        app.MapApplicationPages();
        app.MapNoticePages();
        app.MapLetterPages();
        app.MapContentPages();
        app.MapFilePages();
        app.MapDriftPages();
        app.MapDeliveryPages();
        app.MapKeyPages();
        app.MapConformancePages();
        app.MapRecordPages();
        app.MapKeptMonthPages();
        app.MapStatisticsPages();
        app.MapFallback("api/{*path}", () => TypedResults.NotFound()).RequireAuthorization(Policies.SignedIn);
        app.MapFallback("{*path:nonfile}", Pages.NotFound).RequireAuthorization(Policies.SignedIn);
    }
}
