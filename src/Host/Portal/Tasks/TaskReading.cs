using System.Text.Json.Nodes;
using WorkflowEngine.Content;
using WorkflowEngine.Content.Forms;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Portal.Cases;
using WorkflowEngine.Host.Portal.Conformance;
using WorkflowEngine.Host.Portal.Dates;
using WorkflowEngine.Host.Portal.Forms;
using WorkflowEngine.Host.Portal.Shell;
using WorkflowEngine.Host.Portal.Warnings;
using WorkflowEngine.Storage.Cases;

namespace WorkflowEngine.Host.Portal.Tasks;

/// <summary>Puts a task's page together.</summary>
public sealed class TaskReading(CaseQueries queries, CasePapers papers, ConformanceReading conformance, ContentReleases releases, BusinessClock clock)
{
    /// <summary>Requests that failed, shown with a task; the rest is a link away.</summary>
    private const int ShownFailures = 5;

    /// <returns>Null when there is no such task, or none of this viewer's.</returns>
    public async Task<TaskModel?> FindAsync(string id, Viewer viewer, CancellationToken ct)
    {
        if (await queries.TaskAsync(viewer.Tenant, id, ct) is not { } task || !viewer.Person.MaySee(task.Line.OrganisationId, task.Line.Role)) return null;

        // Who handles a confidential complaint has the task and not the case, and so has the technical support unit.
        var @case = task.Line.CaseNumber is { } number && viewer.Person.OnlyRole is null ? await queries.CaseAsync(viewer.Tenant, number, viewer.UserId, ct) : null;
        var content = await releases.GetAsync(task.ReleaseId, ct);
        var line = task.Line;
        var warning = @case?.Warnings.FirstOrDefault(known => known.Id == task.WarningId);
        var newest = @case?.Credentials.MaxBy(key => key.IssuedAt);
        return new TaskModel
        {
            Task = task,
            SeesCase = @case is not null,
            Form = content.Forms[task.FormId],
            Due = DueState.On(clock.Now, line.DueDate, line.Provisional, releases.Calendar),
            Deadline = Deadline.Of(line.StartDate, line.DueDate, line.Provisional, clock.Now, releases.Calendar),
            SuspendedClocks = @case is null ? [] : [.. ClockFaces.Of(@case, content.Flows.GetValueOrDefault(@case.Line.FlowId), releases.Calendar, clock.Today).Where(face => face.IsSuspended)],
            Papers = @case is null ? PapersIn(task, content) : await papers.OfAsync(@case, viewer, ct),
            Records = CaseRecords.In(task.Data),
            Findings = FindingsIn(task.Data),
            Conclusion = FormText.Plain(task.Data?["conclusion"]) is { Length: > 0 } conclusion ? conclusion : null,
            Keys = @case?.Credentials ?? [],
            Conformance = newest is null ? null : await conformance.FindAsync(viewer, newest.Id, failedOnly: true, page: 0, ShownFailures, ct),
            Warning = warning,
            Late = @case?.Tasks.FirstOrDefault(known => known.Line.Id == warning?.AboutTaskId) is { } late ? Lateness.Of(late, clock.Today, releases.Calendar) : null,
            CanAct = line.Open && line.OrganisationId == viewer.OrganisationId && Roles.MayDo(viewer.Role, line.Role),
            Key = Guid.NewGuid(),
        };
    }

    /// <summary>What was filled in so far, out of what the flow hands to the task: of a rectification the complaint and the demand.</summary>
    private static IReadOnlyList<CasePaper> PapersIn(TaskDetail task, ContentSet content)
    {
        var offer = OfferedFlows.In(content).FirstOrDefault(offer => offer.Flow.Find(task.ActivityId) is not null);
        if (offer is null) return [];

        var forms = offer.Flow.Activities.Select(step => step.Literal("form")).OfType<string>().Distinct().Select(id => content.Forms.GetValueOrDefault(id)).OfType<FormDefinition>().ToList();
        return
        [
            .. from member in task.Data ?? []
               let values = member.Value as JsonObject
               where values?.Count > 0
               let form = forms.MaxBy(form => Known(values, form))
               where form is not null && Known(values, form) * 2 > values.Count
               let author = form == offer.Form ? task.Line.ApplicantName ?? Site.Confidential : ""
               select new CasePaper(form, author, "", SubmittedAt: null, values, Personal: null),
        ];

        static int Known(JsonObject values, FormDefinition form) => values.Count(answer => form.Fields.Any(field => field.Name == answer.Key));
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
