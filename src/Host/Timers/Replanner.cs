using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage.Calendars;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Instances;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Timers;

/// <summary>
/// Plans the open deadlines of running cases anew when a release with another calendar went live (T9): page by page, each page
/// committed with its cursor. Cases keep the flow and the letters they began with; only the calendar is the new one.
/// </summary>
public sealed class Replanner(
    ReplanStore replans, ContentReleases releases, BurstExecutor executor, BusinessClock clock, ILogger<Replanner> log) : IDisposable
{
    private const int BatchSize = 200;

    /// <summary>One at a time in this process: whoever drains and returns has seen every ordered page done, unless another host holds it.</summary>
    private readonly SemaphoreSlim _oneReplanning = new(1, 1);

    /// <summary>Works until nothing is ordered. Returns how many instances got new deadlines.</summary>
    public async Task<int> DrainAsync(CancellationToken ct)
    {
        await _oneReplanning.WaitAsync(ct);
        try
        {
            var total = 0;
            while (await ReplanPageAsync(ct) is { } moved) total += moved;
            return total;
        }
        finally
        {
            _oneReplanning.Release();
        }
    }

    public void Dispose() => _oneReplanning.Dispose();

    /// <summary>How many instances of the page moved; null when there is no page.</summary>
    private async Task<int?> ReplanPageAsync(CancellationToken ct)
    {
        await using var claimed = await replans.ClaimAsync(BatchSize, ct);
        if (claimed is null) return null;

        using var span = Telemetry.Source.StartActivity("plan deadlines anew");
        span?.SetTag("rows", claimed.Instances.Count);
        // What begins from here on must not be dated by the calendar before: this host may not have taken over yet what was published.
        if (!releases.HasCurrent || releases.Current.Id != claimed.ReleaseId) await releases.RefreshAsync(ct);
        var calendar = (await releases.GetAsync(claimed.ReleaseId, ct)).Calendar;
        var now = clock.Now;
        var units = new List<CommitUnit>();
        var moved = new List<Burst>();
        foreach (var (id, stored) in claimed.Instances)
        {
            try
            {
                if (await ReplanAsync(stored, calendar, claimed.Limits, now, ct) is not { } replanned) continue;

                units.Add(replanned.Unit);
                moved.Add(replanned.Burst);
            }
            catch (Exception problem) when (problem is not OperationCanceledException && !DatabaseTrouble.IsPassing(problem))
            {
                log.LogError(problem, "The deadlines of instance {Instance} cannot be planned anew and stay as they are.", id);
                claimed.Park(id, $"日历版本 {calendar.Version} 生效后，期限未能重新计算：{problem.Message}");
            }
        }

        var results = await claimed.CommitAsync(units, now, ct);
        Report(results, moved, calendar);
        return units.Count;
    }

    /// <summary>Null when no deadline of the instance moves.</summary>
    private async Task<(CommitUnit Unit, Burst Burst)?> ReplanAsync(
        StoredInstance stored, WorkingDayCalendar calendar, IReadOnlyDictionary<string, OpenLimit> limits, DateTimeOffset now, CancellationToken ct)
    {
        var turn = InstanceTurn.Resume(stored, await releases.GetAsync(stored.ReleaseId, ct));
        turn.Brought[FactKey.Calendar] = calendar;
        var result = await executor.RunAsync(
            turn, new Stimulus.CalendarChanged(), now, ct, amend: burst => DeadlineNotices.AddTo(burst, turn.Definition, limits, calendar, now));
        return result is RunResult.Ran ran ? (turn.ToUnit(now), ran.Burst) : null;
    }

    private void Report(IReadOnlyList<CommitResult> results, List<Burst> moved, WorkingDayCalendar calendar)
    {
        for (var index = 0; index < results.Count; index++)
        {
            if (results[index] is CommitResult.Failed failed)
            {
                log.LogError("The database refused new deadlines of instance {Instance}; an incident tells: {Problem}", moved[index].State.InstanceId, failed.Message);
                continue;
            }

            foreach (var change in moved[index].Effects.OfType<Effect.ChangeDeadline>())
            {
                log.LogInformation(
                    "Deadline of task {Task}: {OldDue:yyyy-MM-dd} becomes {NewDue:yyyy-MM-dd} by calendar {Calendar}.", change.TaskId, change.OldDue, change.NewDue, calendar.Version);
            }
        }
    }
}
