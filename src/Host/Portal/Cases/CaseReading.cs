using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Portal.Dates;
using WorkflowEngine.Host.Portal.Picture;
using WorkflowEngine.Host.Portal.Shell;
using WorkflowEngine.Host.Portal.Tasks;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Workflows.Calendars;

namespace WorkflowEngine.Host.Portal.Cases;

/// <summary>Puts a case's page together.</summary>
public sealed class CaseReading(CaseQueries queries, CasePapers papers, ContentReleases releases, BusinessClock clock)
{
    /// <returns>Null when there is no such case, or none of this viewer's.</returns>
    public async Task<CaseModel?> FindAsync(string number, Viewer viewer, CancellationToken ct)
    {
        if (await queries.CaseAsync(viewer.Tenant, number, viewer.UserId, ct) is not { } @case) return null;

        var content = await releases.GetAsync(@case.ReleaseId, ct);
        var flow = content.Flows.GetValueOrDefault(@case.Line.FlowId);
        var calendar = releases.Calendar;
        return new CaseModel
        {
            Case = @case,
            FlowName = flow?.Name ?? @case.Line.FlowId,
            Today = clock.Today,
            OpenTasks =
            [
                .. from task in @case.Tasks
                   let line = task.Line
                   where line.Open
                   orderby line.DueDate ?? DateOnly.MaxValue
                   select new OpenTask(
                       new TaskRow(line, DueState.On(clock.Today, line.DueDate, line.Provisional, calendar)),
                       line is { StartDate: { } start, DueDate: { } due } ? DaySpan.Between(start, due, calendar) : null,
                       line.OrganisationId == viewer.OrganisationId && Roles.Covers(viewer.Role, line.Role)),
            ],
            Clocks = [.. @case.Clocks.Select(line => Face(line, @case, calendar, clock.Today))],
            Timeline = Timelines.Of(@case, flow),
            Picture = flow is null ? null : CasePictures.Of(flow, @case, clock.Today, calendar, viewer.IsVendor),
            Papers = await papers.OfAsync(@case, viewer, ct),
            IsVendor = viewer.IsVendor,
        };
    }

    private static ClockFace Face(ClockLine line, CaseView @case, WorkingDayCalendar calendar, DateOnly today)
    {
        // A clock whose work is done stands, at the date on which it was done.
        var last = @case.Tasks.LastOrDefault(task => task.Clock == line.Name);
        var measured = new NamedClock(
            line.Name, line.Allotted, line.Used, line.RunningSince, StoppedOn: last?.ClosedAt is { } closed ? ChineseDates.DateOf(closed) : null);
        var title = last?.Line.Title ?? line.Name;
        return new ClockFace(title, line.Allotted, measured.UsedOn(today, calendar), measured.IsRunning ? measured.Due(calendar) : null, measured.IsRunning);
    }
}
