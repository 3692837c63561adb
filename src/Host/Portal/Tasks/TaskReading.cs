using System.Text.Json.Nodes;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Portal.Cases;
using WorkflowEngine.Host.Portal.Dates;
using WorkflowEngine.Host.Portal.Forms;
using WorkflowEngine.Host.Portal.Shell;
using WorkflowEngine.Storage.Cases;

namespace WorkflowEngine.Host.Portal.Tasks;

/// <summary>Puts a task's page together.</summary>
public sealed class TaskReading(CaseQueries queries, CasePapers papers, ContentReleases releases, BusinessClock clock)
{
    /// <returns>Null when there is no such task, or none of this viewer's.</returns>
    public async Task<TaskModel?> FindAsync(string id, Viewer viewer, CancellationToken ct)
    {
        if (await queries.TaskAsync(viewer.Tenant, id, ct) is not { } task || task.Line.CaseNumber is not { } number) return null;
        if (await queries.CaseAsync(viewer.Tenant, number, viewer.UserId, ct) is not { } @case) return null;

        var content = await releases.GetAsync(task.ReleaseId, ct);
        var line = task.Line;
        return new TaskModel
        {
            Task = task,
            Form = content.Forms[task.FormId],
            Due = DueState.On(clock.Today, line.DueDate, line.Provisional, releases.Calendar),
            Span = line is { StartDate: { } start, DueDate: { } due } ? DaySpan.Between(start, due, releases.Calendar) : null,
            Today = clock.Today,
            Papers = await papers.OfAsync(@case, viewer, ct),
            Findings = FindingsIn(task.Data),
            Keys = @case.Credentials,
            Warning = task.WarningId is { } warning ? @case.Warnings.FirstOrDefault(known => known.Id == warning) : null,
            CanAct = line.Open && line.OrganisationId == viewer.OrganisationId && Roles.Covers(viewer.Role, line.Role),
            Key = Guid.NewGuid(),
        };
    }
    /// <summary>The findings that a flow hands to the task (<c>data.findings</c>, as Gov.EvaluateRules makes them).</summary>
    private static IReadOnlyList<MaterialFinding> FindingsIn(JsonObject? data) =>
    [
        .. from finding in (data?["findings"] as JsonArray ?? []).OfType<JsonObject>()
           let message = FormText.Plain(finding["message"])
           where message.Length > 0
           select new MaterialFinding(message, finding["basis"]?.ToString(), finding["advice"]?.ToString(), finding["level"]?.ToString() == "warn"),
    ];
}
