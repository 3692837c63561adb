using WorkflowEngine.Content.Notices;
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
/// Plans the open deadlines of running cases anew when a release with another calendar went live (T9): page by page of the cases that a changed day may move, some
/// of a page at once. Cases keep the flow and the letters they began with; only the calendar is the new one.
/// </summary>
public sealed class Replanner(
    ReplanStore replans, ContentReleases releases, BurstExecutor executor, BusinessClock clock, SystemClock system, ILogger<Replanner> log) : IDisposable
{
    private const int PageSize = 4_000;

    /// <summary>Committed in one transaction.</summary>
    private const int BatchSize = 100;

    /// <summary>While the database writes one batch, others are decided.</summary>
    private const int AtOnce = 4;

    /// <summary>Well within the time after which the server ends a transaction that stands still.</summary>
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(2);

    private readonly OneAtATime _rounds = new();

    /// <summary>Works until nothing is ordered, but for what another host holds. Returns how many instances got new deadlines.</summary>
    public Task<int> DrainAsync(CancellationToken ct) => _rounds.RunAsync(
        async () =>
        {
            var total = 0;
            while (await ReplanPageAsync(ct) is { } moved) total += moved;
            return total;
        },
        ct);

    public void Dispose() => _rounds.Dispose();

    /// <summary>How many instances of the page moved; null when there is no page.</summary>
    private async Task<int?> ReplanPageAsync(CancellationToken ct)
    {
        await using var claimed = await replans.ClaimAsync(ct);
        if (claimed is null) return null;

        using var span = Telemetry.Source.StartActivity("plan deadlines anew");
        // What begins from here on must not be dated by the calendar before: this host may not have taken over yet what was published.
        if (!releases.HasCurrent || releases.Current.Id != claimed.ReleaseId) await releases.RefreshAsync(ct);
        var calendar = (await releases.GetAsync(claimed.ReleaseId, ct)).Calendar;
        var page = await claimed.PageAsync(PageSize, await ChangesAsync(claimed, calendar, ct), ct);
        span?.SetTag("rows", page.Count);
        var moved = 0;
        var work = Parallel.ForEachAsync(
            page.Chunk(BatchSize), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct },
            async (some, stopping) => Interlocked.Add(ref moved, await ReplanAsync(claimed, some, calendar, stopping)));
        try
        {
            while (await Task.WhenAny(work, Task.Delay(Beat, system.Time, ct)) != work) await claimed.StayAsync(ct);
        }
        finally
        {
            await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await work;
        await claimed.FinishPageAsync(page.Count < PageSize ? null : page[^1], clock.Now, ct);
        return moved;
    }

    /// <summary>The days that the import changed; null when that cannot be told, and every deadline must be looked at.</summary>
    private async Task<IReadOnlyList<DayRun>?> ChangesAsync(ClaimedReplan claimed, WorkingDayCalendar calendar, CancellationToken ct)
    {
        try
        {
            return claimed.BeforeReleaseId is { } before ? calendar.ChangesFrom((await releases.GetAsync(before, ct)).Calendar) : null;
        }
        catch (EngineContentException unreadable)
        {
            log.LogWarning(unreadable, "The calendar before cannot be compared with; every open deadline is looked at.");
            return null;
        }
    }

    /// <summary>How many of these instances moved.</summary>
    private async Task<int> ReplanAsync(ClaimedReplan claimed, Guid[] some, WorkingDayCalendar calendar, CancellationToken ct)
    {
        await using var held = await replans.HoldAsync(claimed, some, ct);
        var now = clock.Now;
        var units = new List<CommitUnit>();
        var moved = new List<Burst>();
        foreach (var (id, stored) in held.Instances)
        {
            try
            {
                if (await ReplanAsync(stored, calendar, held.Limits, now, ct) is not { } replanned) continue;

                units.Add(replanned.Unit);
                moved.Add(replanned.Burst);
            }
            catch (Exception problem) when (problem is not OperationCanceledException && !DatabaseTrouble.IsPassing(problem))
            {
                log.LogError(problem, "The deadlines of instance {Instance} cannot be planned anew and stay as they are.", id);
                held.Park(id, $"日历版本 {calendar.Version} 生效后，期限未能重新计算：{problem.Message}");
            }
        }

        Report(await held.CommitAsync(units, now, ct), moved, calendar);
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
