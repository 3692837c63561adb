using WorkflowEngine.Content.Rehearsal;
using WorkflowEngine.Content.Scenarios.Playing;
using WorkflowEngine.Workflows.Calendars;

namespace WorkflowEngine.Content.Replays;

/// <summary>What became of one case of the past on a release.</summary>
/// <param name="IsOpen">False: it could not be opened, or the flow did not open it.</param>
/// <param name="Outcome">Null: it is not closed.</param>
/// <param name="Refusals">What was not possible, in the order of time.</param>
internal sealed record ReplayedCase(
    PastCase Past, bool IsOpen, string? Outcome, IReadOnlyList<TaskSight> Tasks, IReadOnlyList<WarningSight> Warnings, IReadOnlyList<NoticeSight> Notices, IReadOnlyList<Refusal> Refusals);

/// <summary>Something that was done once and is not possible on a release.</summary>
/// <param name="Step">Null: the filing, or the platform's own doing.</param>
internal sealed record Refusal(string? Step, string? Outcome, string Reason);

/// <summary>
/// Does again, on some release, what people and devices did in a period, each at its own time, and lets everything between happen by itself. What was accepted once is not
/// judged by forms and roles again: only the flow may refuse it, or have no such task open. What is not possible is noted and left out; the case goes on without it.
/// </summary>
internal static class Replay
{
    /// <summary>The organisation's kind where nothing tells it: somebody named it as a vendor.</summary>
    private const string Vendor = "vendor";

    /// <returns>As many as the period has cases, in its order.</returns>
    public static IReadOnlyList<ReplayedCase> Run(Library content, PastPeriod period, IReadOnlyList<CalendarInForce> calendars)
    {
        if (period.Cases.Count == 0) return [];

        var moments = period.Cases.SelectMany(Moments).Concat(calendars.Skip(1).Select(calendar => new Moment(calendar.From, -1, null, null, null, calendar.Calendar)))
            .OrderBy(moment => moment.At).ThenBy(moment => moment.Order);
        var office = new Office(content, new OrganisationBook(content.Authorities, Enterprises(content, period)), period.Cases.Min(past => past.At)) { IsReplay = true };
        office.Reserve(period.Cases);
        office.Follow(calendars[0].Calendar);
        var running = period.Cases.ToDictionary(past => past, past => new List<Refusal>());
        foreach (var (at, _, past, act, request, calendar) in moments)
        {
            if (at > period.Until) break;

            office.AdvanceTo(at);
            if (calendar is not null) office.Follow(calendar);
            else if (past is not null && Do(office, past, act, request) is { } refusal) running[past].Add(refusal);
            office.Settle();
        }

        office.AdvanceTo(period.Until);
        return [.. period.Cases.Select(past => Told(past, office.Find(past.Number), running[past]))];
    }

    private static Refusal? Do(Office office, PastCase past, PastAct? act, PastRequest? request)
    {
        if (act is null && request is null) return past.Continues is null && office.Reopen(past) is { } refused ? new Refusal(null, null, refused) : null;
        // Whatever was done in a case that is not there: that it is not is told once.
        if (office.Find(past.Number) is not { } file) return null;

        return act is not null
            ? office.Redo(file, act) is { } reason ? new Refusal(act.Step, act.Outcome, reason) : null
            : office.Receive(file, request!) is { } lost ? new Refusal(null, null, lost) : null;
    }

    private static ReplayedCase Told(PastCase past, CaseFile? file, List<Refusal> refusals)
    {
        if (file is null) return new ReplayedCase(past, false, null, [], [], [], refusals.Count > 0 ? refusals : [new Refusal(null, null, "流程没有把办件转到这里")]);

        return new ReplayedCase(
            past, true, file.State.Outcome, file.Tasks, file.Warnings, file.Notices, [.. refusals, .. file.Incidents.Select(incident => new Refusal(incident.Step, null, incident.Message))]);
    }

    private static IEnumerable<Moment> Moments(PastCase past) =>
    [
        new(past.At, 0, past, null, null, null),
        .. past.Acts.Select((act, index) => new Moment(act.At, 2 + index, past, act, null, null)),
        .. past.Requests.Select(request => new Moment(request.At, 1, past, null, request, null)),
    ];

    /// <summary>Everybody who files, decides or is named and is no authority. Their names are nobody's business here.</summary>
    private static IEnumerable<Filing.Body> Enterprises(Library content, PastPeriod period)
    {
        var applicants = period.Cases.Select(past => (Id: past.Applicant, past.Kind));
        var named = period.Cases.Select(past => content.Offer(past.Flow)?.VendorIn(past.Values)).OfType<string>();
        var acting = period.Cases.SelectMany(past => past.Acts).Select(act => act.Organisation);
        return applicants.Concat(named.Concat(acting).Where(id => content.Authorities.Find(id) is null).Select(id => (Id: id, Kind: Vendor)))
            .DistinctBy(enterprise => enterprise.Id).Select(enterprise => OrganisationBook.Enterprise(enterprise.Id, enterprise.Id, enterprise.Kind));
    }

    private sealed record Moment(DateTimeOffset At, int Order, PastCase? Past, PastAct? Act, PastRequest? Request, WorkingDayCalendar? Calendar);
}
