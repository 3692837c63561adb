using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Storage.Calendars;
using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Timers;

/// <summary>Open tasks of one kind that would be due on another day.</summary>
/// <param name="Flow">The flow's name.</param>
/// <param name="Task">What is to be done.</param>
public sealed record MovedDeadlines(string Flow, string Task, DateOnly From, DateOnly To, int Tasks);

/// <summary>What a calendar would do to open deadlines.</summary>
/// <param name="Confirmed">Provisional dates that stay and would be certain.</param>
/// <param name="Cases">How many cases were looked at.</param>
/// <param name="IsWhole">False: there are more.</param>
public sealed record DeadlineForecast(IReadOnlyList<MovedDeadlines> Moves, int Confirmed, int Cases, bool IsWhole);

/// <summary>Plans open deadlines by a calendar that is not in force yet, as <see cref="Replanner"/> will when it is, and changes nothing.</summary>
public sealed class DeadlineForecasts(ReplanStore replans, ContentReleases releases, BurstExecutor executor, BusinessClock clock)
{
    private const int PageSize = 500;

    /// <summary>Somebody waits for the answer.</summary>
    private const int MostCases = 5_000;

    public async Task<DeadlineForecast> OfAsync(WorkingDayCalendar calendar, CancellationToken ct)
    {
        var changes = calendar.ChangesFrom(releases.Calendar);
        var moves = new Dictionary<(string Flow, string Task, DateOnly From, DateOnly To), int>();
        var (confirmed, cases) = (0, 0);
        Guid? after = Guid.Empty;
        while (after is { } last && cases < MostCases)
        {
            var (instances, limits, next) = await replans.LookAsync(last, PageSize, changes, ct);
            foreach (var stored in instances.Values)
            {
                var turn = InstanceTurn.Resume(stored, await releases.GetAsync(stored.ReleaseId, ct));
                turn.Brought[FactKey.Calendar] = calendar;
                if (await executor.RunAsync(turn, new Stimulus.CalendarChanged(), clock.Now, ct) is not RunResult.Ran ran) continue;

                foreach (var change in ran.Burst.Effects.OfType<Effect.ChangeDeadline>())
                {
                    if (change is not { OldDue: { } from, NewDue: { } to } || limits.GetValueOrDefault(change.TaskId) is not { } limit) continue;
                    if (from == to) confirmed++;
                    else moves[(turn.Definition.Name, limit.Title, from, to)] = moves.GetValueOrDefault((turn.Definition.Name, limit.Title, from, to)) + 1;
                }
            }

            cases += instances.Count;
            after = next;
        }

        return new DeadlineForecast(
            [.. moves.Select(move => new MovedDeadlines(move.Key.Flow, move.Key.Task, move.Key.From, move.Key.To, move.Value)).OrderBy(move => move.From).ThenBy(move => move.Flow, StringComparer.Ordinal).ThenBy(move => move.Task, StringComparer.Ordinal)],
            confirmed, cases, IsWhole: after is null);
    }
}
