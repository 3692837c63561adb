using WorkflowEngine.Host.Cases;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Portal.Dates;
using WorkflowEngine.Host.Portal.Picture;
using WorkflowEngine.Host.Portal.Shell;
using WorkflowEngine.Host.Portal.Tasks;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Portal.Cases;

/// <summary>Puts a case's page together.</summary>
public sealed class CaseReading(CaseQueries queries, CasePapers papers, IncidentService incidents, ContentReleases releases, BusinessClock clock)
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
                   where line.Open && line.Kind != TaskKind.Option
                   orderby line.DueDate ?? DateOnly.MaxValue
                   select new OpenTask(
                       new TaskRow(line, DueState.On(clock.Now, line.DueDate, line.Provisional, calendar)),
                       Deadline.Of(line.StartDate, line.DueDate, line.Provisional, clock.Now, calendar),
                       MayDo(line, viewer)),
            ],
            Options = [.. @case.Tasks.Select(task => task.Line).Where(line => line is { Open: true, Kind: TaskKind.Option } && MayDo(line, viewer))],
            FollowUps = Applications.FollowUps.Of(@case.Line, viewer, releases.Current),
            Records = RecordsOf(@case),
            Incidents = !viewer.IsVendor && @case.Incidents is [{ InstanceId: { } instance }, ..] ? await incidents.OfInstanceAsync(instance, viewer.Person, ct) : [],
            Clocks = ClockFaces.Of(@case, flow, calendar, clock.Today),
            Timeline = Timelines.Of(@case, flow),
            Picture = flow is null ? null : CasePictures.Of(flow, @case, clock.Now, calendar, viewer.IsVendor),
            Papers = await papers.OfAsync(@case, viewer, ct),
            IsVendor = viewer.IsVendor,
        };
    }

    /// <summary>As they were attached last: each case once.</summary>
    private static IReadOnlyList<CaseRecord> RecordsOf(CaseView @case) =>
        [.. @case.Tasks.SelectMany(task => CaseRecords.In(task.Data)).Reverse().DistinctBy(record => record.Number).Where(record => record.Number != @case.Line.Number)];

    private static bool MayDo(TaskLine line, Viewer viewer) => line.OrganisationId == viewer.OrganisationId && Roles.MayDo(viewer.Role, line.Role);
}
