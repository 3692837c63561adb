using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Portal.Shell;

namespace WorkflowEngine.Host.Portal.Conformance;

public static class ConformancePages
{
    public const string Failed = "failed";
    public const string All = "all";

    public static void MapConformancePages(this IEndpointRouteBuilder pages) =>
        pages.MapGet("/conformance/{credentialId}", ShowAsync).RequireAuthorization(Policies.CaseWork);

    private static async Task<IResult> ShowAsync(string credentialId, Viewer viewer, ConformanceReading reading, CancellationToken ct, string view = Failed, int page = 0) =>
        await reading.FindAsync(viewer, credentialId, failedOnly: view != All, Math.Max(0, page), ConformanceModel.PageSize, ct) is { } model
            ? Pages.Show<ConformancePage, ConformanceModel>(model)
            : Pages.NotFound();
}
