using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Portal.Shell;
using WorkflowEngine.Storage.Attachments;
using WorkflowEngine.Storage.Cases;

namespace WorkflowEngine.Host.Portal.Cases;

/// <summary>办件: the list, a case with all that happened in it, and its files.</summary>
public static class CasePages
{
    private const string All = "all";
    private const string Open = "open";
    private const string Closed = "closed";
    private const int LongestSearch = 60;

    public static void MapCasePages(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/cases", ListAsync).RequireAuthorization(Policies.CaseWork);
        pages.MapGet("/cases/{number}", ShowAsync).RequireAuthorization(Policies.CaseWork);
        pages.MapGet("/attachments/{id:guid}", DownloadAsync).RequireAuthorization(Policies.CaseWork);
    }

    private static async Task<IResult> ListAsync(
        Viewer viewer, CaseQueries queries, CancellationToken ct, string view = All, string? q = null, int page = 0)
    {
        if (view is not (All or Open or Closed)) return Pages.NotFound();

        var search = q?.Trim() is { Length: > 0 and <= LongestSearch } text ? text : null;
        var filter = new CaseFilter
        {
            Open = view == All ? null : view == Open,
            Search = search,
            Page = Math.Max(0, page),
            PageSize = CaseListModel.PageSize,
        };
        var found = await queries.CasesAsync(viewer.Tenant, filter, ct);
        return Pages.Show<CaseListPage, CaseListModel>(new CaseListModel
        {
            View = view,
            Search = search,
            Cases = found.Items,
            Total = found.Total,
            Page = filter.Page,
            Tabs = [Of(All, "全部"), Of(Open, "办理中"), Of(Closed, "已办结")],
            IsVendor = viewer.IsVendor,
        });

        Tab Of(string name, string label) => new(label, $"/cases?view={name}", name == view);
    }

    private static async Task<IResult> ShowAsync(
        string number, Viewer viewer, CaseReading reading, CancellationToken ct, string? submitted = null, string? done = null) =>
        await reading.FindAsync(number, viewer, ct) is { } model
            ? Pages.Show<CasePage, CaseModel>(model with { IsJustSubmitted = submitted is not null, IsJustDone = done is not null })
            : Pages.NotFound();

    /// <summary>Always a download, never shown inside the page: what is in a stranger's file runs nowhere near the session.</summary>
    private static async Task<IResult> DownloadAsync(Guid id, Viewer viewer, AttachmentStore attachments, CancellationToken ct) =>
        await attachments.OpenAsync(viewer.Tenant, id, ct) is { } file
            ? Results.File(file.Content, file.Attachment.ContentType, file.Attachment.Name)
            : Pages.NotFound();
}
