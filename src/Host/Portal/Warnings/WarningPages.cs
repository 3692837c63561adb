using System.Globalization;
using WorkflowEngine.Content.Forms;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Portal.Dates;
using WorkflowEngine.Host.Portal.Shell;
using WorkflowEngine.Storage.Cases;

namespace WorkflowEngine.Host.Portal.Warnings;

/// <summary>A warning with what it is about.</summary>
/// <param name="Late">What is late and by how much, in words; null when the warning is not about a task.</param>
/// <param name="Deadline">Of the answer, while it is open.</param>
/// <param name="AnswerTask">The task that answers it; null when it is not the viewer's to see.</param>
/// <param name="AnswerForm">The form it was answered with.</param>
public sealed record WarningRow(WarningLine Warning, string? Late, Deadline? Deadline, string? AnswerTask, bool CanAnswer, FormDefinition? AnswerForm)
{
    public bool IsOpen => Warning.AnsweredAt is null;

    public string Colour => WarningWords.Of(Warning.Colour);

    public string Level => WarningWords.Of(Warning.Level);
}

/// <summary>One page of warnings.</summary>
public sealed record WarningListModel(IReadOnlyList<WarningRow> Rows, int Total, int Page, bool OpenOnly, IReadOnlyList<Tab> Tabs)
{
    public const int PageSize = 20;

    public string PageHref(int page) => string.Create(CultureInfo.InvariantCulture, $"/warnings?view={(OpenOnly ? WarningPages.Open : WarningPages.All)}&page={page}");
}

/// <summary>预警: what the platform warned of by itself, one's own and those of the organisations below, and what was answered.</summary>
public static class WarningPages
{
    public const string Open = "open";
    public const string All = "all";

    public static void MapWarningPages(this IEndpointRouteBuilder pages) =>
        pages.MapGet("/warnings", ListAsync).RequireAuthorization(Policies.Authority);

    private static async Task<IResult> ListAsync(
        Viewer viewer, CaseQueries queries, ContentReleases releases, BusinessClock clock, CancellationToken ct, string view = Open, int page = 0)
    {
        if (view is not (Open or All)) return Pages.NotFound();

        var number = Math.Max(0, page);
        var found = await queries.WarningsAsync(viewer.Tenant, view == Open, number, WarningListModel.PageSize, ct);
        var tasks = await queries.TasksOfWarningsAsync(viewer.Tenant, found.Items, ct);
        var rows = new List<WarningRow>();
        foreach (var warning in found.Items)
        {
            var late = tasks.FirstOrDefault(task => task.Line.Id == warning.AboutTaskId);
            var answer = tasks.FirstOrDefault(task => task.WarningId == warning.Id);
            var content = answer is null || warning.AnsweredAt is null ? null : await releases.GetAsync(answer.ReleaseId, ct);
            rows.Add(new WarningRow(
                warning,
                late is null ? null : Lateness.Of(late, clock.Today, releases.Calendar),
                warning.AnsweredAt is null && answer is not null
                    ? Deadline.Of(answer.Line.StartDate, answer.Line.DueDate, answer.Line.Provisional, clock.Now, releases.Calendar)
                    : null,
                answer?.Line.Id,
                answer is { Line.Open: true } && answer.Line.OrganisationId == viewer.OrganisationId && Roles.Covers(viewer.Role, answer.Line.Role),
                content?.Forms.GetValueOrDefault(answer!.FormId)));
        }

        return Pages.Show<WarningListPage, WarningListModel>(new WarningListModel(
            rows, found.Total, number, view == Open,
            [new Tab("待核实反馈", "/warnings", view == Open), new Tab("全部预警", $"/warnings?view={All}", view == All)]));
    }
}
