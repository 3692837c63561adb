using System.Globalization;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Cases;
using WorkflowEngine.Host.Portal.Shell;
using WorkflowEngine.Host.SignIn;
using WorkflowEngine.Host.Timers;
using WorkflowEngine.Storage.Reconciliation;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Portal.Incidents;

/// <summary>One page of incidents.</summary>
/// <param name="Done">What came of the decision just made; null when none was.</param>
/// <param name="Round">What the last round of the reconciler came to; null before the first.</param>
public sealed record IncidentListModel(IReadOnlyList<IncidentView> Incidents, int Total, int Page, bool ReadsCases, string? Done, ReconciliationRound? Round)
{
    public const int PageSize = 20;

    public static string PageHref(int page) => string.Create(CultureInfo.InvariantCulture, $"/incidents?page={page}");
}

/// <summary>系统处理中断: what could not go on or could not be delivered, and what may be decided about it.</summary>
public static class IncidentPages
{
    private const string Again = "again";

    public static void MapIncidentPages(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/incidents", ListAsync).RequireAuthorization(Policies.Incidents);
        pages.MapPost("/incidents/{id}", ResolveAsync).RequireAuthorization(Policies.Incidents).RequireFormToken();
    }

    private static async Task<IResult> ListAsync(Viewer viewer, IncidentService incidents, Reconciler reconciler, CancellationToken ct, int page = 0, string? done = null)
    {
        var number = Math.Max(0, page);
        var found = await incidents.ListAsync(viewer.Person, number, IncidentListModel.PageSize, ct);
        return Pages.Show<IncidentListPage, IncidentListModel>(new IncidentListModel(
            found.Items, found.Total, number, viewer.Role != Roles.Operator,
            done switch { null => null, Again => "已重新处理，但该步骤再次中断，原因见下。", _ => "已处理，流程继续。" },
            viewer.Role is Roles.Operator or Roles.ProvinceOfficer ? reconciler.Last : null));
    }

    private static async Task<IResult> ResolveAsync(string id, HttpContext http, Viewer viewer, IncidentService incidents, CancellationToken ct)
    {
        var form = await http.Request.ReadFormAsync(ct);
        if (!Enum.TryParse<IncidentDecision>(form["decision"], out var decision) || !Enum.IsDefined(decision)) return Pages.NotFound();

        var resolve = new ResolveIncident
        {
            IncidentId = id,
            Decision = decision,
            Outcome = form["outcome"] is [{ Length: > 0 } outcome, ..] && decision == IncidentDecision.Skip ? outcome : null,
            Reason = form["reason"],
            IdempotencyKey = form["key"].ToString(),
        };
        return await incidents.ResolveAsync(resolve, viewer.Person, ct) switch
        {
            ResolveIncidentResult.Resolved done => Pages.Next($"/incidents?done={(done.FailedAgain ? Again : "1")}"),
            ResolveIncidentResult.Refused refused => Pages.Message(
                new Message("未能处理", refused.Message, Section.Incidents, "/incidents", "返回系统中断"), StatusCodes.Status422UnprocessableEntity),
            ResolveIncidentResult.KeyReused => Pages.Message(
                new Message("此页面已经提交过", "同一页面已经提交过另一项处理决定，本次没有再次提交。请重新打开“系统中断”核对。", Section.Incidents, "/incidents", "返回系统中断"),
                StatusCodes.Status409Conflict),
            _ => Pages.Message(
                new Message("此项中断已经处理", "此项中断已由他人处理，或不再需要处理。您刚才的提交没有改变任何内容。", Section.Incidents, "/incidents", "返回系统中断"),
                StatusCodes.Status409Conflict),
        };
    }
}
