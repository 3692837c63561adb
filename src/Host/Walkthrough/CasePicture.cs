using System.Net;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Workflows.Calendars;

namespace WorkflowEngine.Host.Walkthrough;

/// <summary>
/// Looks at a case as everybody together sees it: each side is shown its own tasks and letters, so what is true of the case is what somebody who may know it is told.
/// </summary>
internal static class CasePicture
{
    /// <param name="readers">Who looks; some may not be allowed to.</param>
    /// <exception cref="StoryException">Nobody may see it.</exception>
    public static async Task<CaseSight> TakeAsync(string number, IEnumerable<PlatformClient> readers, CancellationToken ct)
    {
        var views = new List<CaseView>();
        foreach (var reader in readers)
        {
            using var response = await reader.ReadAsync($"/api/cases/{number}", ct);
            if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Forbidden) continue;
            if (!response.IsSuccessStatusCode) throw new StoryException($"GET /api/cases/{number}: HTTP {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(ct)}");

            views.Add(await PlatformClient.BodyAsync<CaseView>(response, ct));
        }

        if (views.Count == 0) throw new StoryException($"Nobody of the story may read case {number}.");

        // The first reader is of the province and sees what went wrong inside as well.
        var (view, line) = (views[0], views[0].Line);
        TaskDetail[] tasks = [.. views.SelectMany(view => view.Tasks).DistinctBy(task => task.Line.Id).OrderBy(task => task.Line.OpenedAt)];
        return new CaseSight(
            line.Number, line.FlowId, line.InstanceId, view.ReleaseId, view.Revision, view.Timeline.Count, line.Outcome, line.ClosedAt,
            [.. tasks.Select(Sight)],
            [.. views.SelectMany(view => view.Warnings).DistinctBy(warning => warning.Id).OrderBy(warning => warning.RaisedAt).Select(warning => new WarningSight(
                warning.Id, warning.ActivityId, warning.Title, warning.Colour, warning.OrganisationId, warning.OrganisationName, warning.RaisedAt, warning.AnswerDue, warning.AnsweredAt))],
            [.. views.SelectMany(view => view.Notices).DistinctBy(notice => notice.Id).OrderBy(notice => notice.SentAt).Select(notice => new NoticeSight(
                notice.Id, notice.Template, notice.OrganisationId, notice.OrganisationName, notice.Role, notice.Subject, notice.SentAt))],
            [.. views.SelectMany(view => view.Credentials).DistinctBy(key => key.Id).OrderBy(key => key.IssuedAt).Select(key => new KeySight(key.Id, key.KeyId, key.IssuedAt, key.RevokedAt))],
            [.. view.Clocks.Select(clock => Sight(clock, tasks))],
            [.. view.Incidents.Select(incident => new IncidentSight(incident.Id, incident.ActivityId, incident.Message))]);
    }

    private static TaskSight Sight(TaskDetail task) => new(
        task.Line.Id, task.ActivityId, task.Line.Kind, task.Line.Title, task.Line.OrganisationId, task.Line.OrganisationName, task.Line.Role, task.Line.StartDate, task.Line.DueDate,
        task.Line.Provisional, task.Line.OverdueAt, task.Line.OpenedAt, task.ClosedAt, task.Outcome, task.ClosedBy, task.Outcomes);

    private static NamedClock Sight(ClockLine clock, TaskDetail[] tasks) =>
        CaseSight.ClockOf(clock.Name, clock.Allotted, clock.Used, clock.RunningSince, tasks.LastOrDefault(task => task.Clock == clock.Name)?.ClosedAt);
}
