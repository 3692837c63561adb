using WorkflowEngine.Content.Scenarios.Playing;
using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Content.Replays;

/// <summary>One case on both releases.</summary>
/// <param name="Calendar">By which moved dates are measured.</param>
/// <param name="Until">What is late after it is not late yet.</param>
internal sealed record ReplayPair(ReplayedCase Published, ReplayedCase Draft, WorkingDayCalendar Calendar, DateTimeOffset Until)
{
    public PastCase Past => Published.Past;

    public string Number => Past.Number;

    /// <summary>How far each due date moved, of the tasks that both have: the n-th of a step beside the n-th. Negative: earlier.</summary>
    public IReadOnlyList<(string Step, int WorkingDays)> Moves { get; } = [.. MovesOf(Published, Draft, Calendar)];

    /// <summary>What people read as the case's end on both.</summary>
    public (string Published, string Draft) Outcomes => (OutcomeOf(Published), OutcomeOf(Draft));

    /// <summary>The first that was not possible on each; what follows in the same case mostly follows from it.</summary>
    public (Refusal? Published, Refusal? Draft) Refusals => (FirstOf(Published), FirstOf(Draft));

    public bool IsOverdue(TaskSight task) => IsWork(task) && task.OverdueAt is { } late && late <= Until && (task.ClosedAt is null || task.ClosedAt >= late);

    /// <summary>Somebody has to do it; what a party may do and nobody waits for is not counted.</summary>
    public static bool IsWork(TaskSight task) => task.Kind != TaskKind.Option;

    /// <summary>How often each thing is there on both, case by case.</summary>
    public static IEnumerable<(TKey Key, string Number, int Published, int Draft)> Count<TKey>(IEnumerable<ReplayPair> pairs, Func<ReplayPair, ReplayedCase, IEnumerable<TKey>> things)
        where TKey : notnull
    {
        foreach (var pair in pairs)
        {
            var published = things(pair, pair.Published).CountBy(key => key).ToDictionary();
            var draft = things(pair, pair.Draft).CountBy(key => key).ToDictionary();
            foreach (var key in published.Keys.Union(draft.Keys)) yield return (key, pair.Number, published.GetValueOrDefault(key), draft.GetValueOrDefault(key));
        }
    }

    private static Refusal? FirstOf(ReplayedCase replayed) => replayed.Refusals is [var first, ..] ? first : null;

    private static string OutcomeOf(ReplayedCase replayed) => replayed.IsOpen ? replayed.Outcome ?? "未办结" : "没有开立";

    private static IEnumerable<(string Step, int WorkingDays)> MovesOf(ReplayedCase published, ReplayedCase draft, WorkingDayCalendar calendar)
    {
        foreach (var step in published.Tasks.GroupBy(task => task.Step))
        {
            foreach (var (one, two) in step.Zip(draft.Tasks.Where(task => task.Step == step.Key)))
            {
                if (one.Due is not { } before || two.Due is not { } after || before == after) continue;

                yield return (step.Key, after < before ? -calendar.WorkingDaysBetween(after, before) : calendar.WorkingDaysBetween(before, after));
            }
        }
    }
}
