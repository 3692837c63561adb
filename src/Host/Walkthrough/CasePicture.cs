using System.Net;
using WorkflowEngine.Host.Portal.Dates;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Walkthrough;

/// <summary>
/// A case as everybody together sees it at one moment: each side is shown its own tasks and letters, so what is true of the
/// case is what somebody who may know it is told.
/// </summary>
public sealed record CasePicture(
    CaseView View, IReadOnlyList<TaskDetail> Tasks, IReadOnlyList<WarningLine> Warnings, IReadOnlyList<NoticeLine> Notices, IReadOnlyList<CredentialLine> Keys)
{
    public CaseLine Line => View.Line;

    public IEnumerable<TaskDetail> Open(TaskKind kind) => Tasks.Where(task => task.Line.Open && task.Line.Kind == kind);

    /// <summary>The clocks of the case. One whose work is done stands at the date on which it was done.</summary>
    public IReadOnlyList<NamedClock> Clocks() =>
    [
        .. from line in View.Clocks
           let closed = Tasks.LastOrDefault(task => task.Clock == line.Name)?.ClosedAt
           select new NamedClock(line.Name, line.Allotted, line.Used, line.RunningSince, StoppedOn: closed is { } at ? ChineseDates.DateOf(at) : null),
    ];

    /// <param name="readers">Who looks; some may not be allowed to.</param>
    /// <exception cref="StoryException">Nobody may see it.</exception>
    public static async Task<CasePicture> TakeAsync(string number, IEnumerable<PlatformClient> readers, CancellationToken ct)
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
        return new CasePicture(
            views[0],
            [.. views.SelectMany(view => view.Tasks).DistinctBy(task => task.Line.Id).OrderBy(task => task.Line.OpenedAt)],
            [.. views.SelectMany(view => view.Warnings).DistinctBy(warning => warning.Id).OrderBy(warning => warning.RaisedAt)],
            [.. views.SelectMany(view => view.Notices).DistinctBy(notice => notice.Id).OrderBy(notice => notice.SentAt)],
            [.. views.SelectMany(view => view.Credentials).DistinctBy(key => key.Id).OrderBy(key => key.IssuedAt)]);
    }
}
