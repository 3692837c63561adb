using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Content.Replays;

/// <summary>How often something happened on both releases.</summary>
/// <param name="More">How much more it is on the draft, in the cases where it is more; <paramref name="Less"/> likewise. Both can be: in some cases more and in others less.</param>
/// <param name="Examples">办件编号 of some cases in which it differs.</param>
public sealed record Tally(int Published, int Draft, int More, int Less, IReadOnlyList<string> Examples)
{
    internal const int MostExamples = 5;

    public bool IsSame => More == 0 && Less == 0;

    internal static Tally Of(IEnumerable<(string Number, int Published, int Draft)> counts)
    {
        var all = counts.ToList();
        return new Tally(
            all.Sum(count => count.Published), all.Sum(count => count.Draft), all.Sum(count => Math.Max(count.Draft - count.Published, 0)),
            all.Sum(count => Math.Max(count.Published - count.Draft, 0)), Some(all.Where(count => count.Published != count.Draft).Select(count => count.Number)));
    }

    internal static IReadOnlyList<string> Some(IEnumerable<string> numbers) => [.. numbers.Distinct().Take(MostExamples)];
}

/// <summary>Tasks whose due date moved by so many working days; negative: earlier.</summary>
public sealed record DueMove(int WorkingDays, int Tasks, IReadOnlyList<string> Examples)
{
    internal static IReadOnlyList<DueMove> Of(IEnumerable<(string Number, int WorkingDays)> moves) =>
        [.. moves.GroupBy(move => move.WorkingDays).OrderBy(move => move.Key).Select(move => new DueMove(move.Key, move.Count(), Tally.Some(move.Select(one => one.Number))))];
}

/// <param name="Level">Of the organisation that is warned.</param>
public sealed record WarningTally(WarningColour Colour, OrganisationLevel Level, Tally Count);

/// <param name="Title">The letter's, e.g. 提交回执.</param>
public sealed record NoticeTally(string Template, string Title, Tally Count);

/// <summary>Cases that end otherwise, or on one of the two only.</summary>
public sealed record OutcomeMove(string Published, string Draft, int Cases, IReadOnlyList<string> Examples);

/// <summary>On which release something is not possible.</summary>
public enum ReplaySide
{
    Draft,
    Published,

    /// <summary>No difference between the two: they began on another release, or the past is not told whole.</summary>
    Both,
}

/// <summary>Cases that could not go on as they did. Of each case the first that was not possible: what follows mostly follows from it.</summary>
/// <param name="Step">Null: the filing itself, or the platform's own doing.</param>
/// <param name="Title">The step's, e.g. 材料审核.</param>
/// <param name="Outcome">What people did then.</param>
/// <param name="Reason">zh-CN.</param>
public sealed record NotReplayed(ReplaySide On, string Flow, string? Step, string? Title, string? Outcome, string Reason, int Cases, IReadOnlyList<string> Examples)
{
    internal static IReadOnlyList<NotReplayed> Of(IReadOnlyList<ReplayPair> pairs, Titles titles) =>
    [
        .. from pair in pairs
           from refusal in Sides(pair)
           group pair.Number by (refusal.On, pair.Past.Flow, refusal.What) into same
           orderby same.Key.On, same.Count() descending, same.Key.Flow, same.Key.What.Step, same.Key.What.Outcome
           let what = same.Key.What
           select new NotReplayed(
               same.Key.On, same.Key.Flow, what.Step, what.Step is null ? null : titles.Step(same.Key.Flow, what.Step), what.Outcome, what.Reason, same.Count(), Tally.Some(same)),
    ];

    private static IEnumerable<(ReplaySide On, Refusal What)> Sides(ReplayPair pair) => pair.Refusals switch
    {
        ({ } published, { } draft) when published == draft => [(ReplaySide.Both, draft)],
        var (published, draft) =>
        [
            .. draft is null ? (IEnumerable<(ReplaySide, Refusal)>)[] : [(ReplaySide.Draft, draft)],
            .. published is null ? (IEnumerable<(ReplaySide, Refusal)>)[] : [(ReplaySide.Published, published)],
        ],
    };
}

/// <summary>What differs between the two in a number of cases.</summary>
/// <param name="Cases">Compared.</param>
/// <param name="Differing">Cases in which anything differs.</param>
/// <param name="Overdue">Tasks that were not finished in time.</param>
/// <param name="Outcomes">Those that differ only.</param>
public sealed record ReplayFigures(
    int Cases, int Differing, IReadOnlyList<DueMove> DueMoves, Tally Overdue, IReadOnlyList<WarningTally> Warnings, IReadOnlyList<NoticeTally> Notices, IReadOnlyList<OutcomeMove> Outcomes,
    IReadOnlyList<NotReplayed> NotReplayed)
{
    internal static ReplayFigures Of(IReadOnlyList<ReplayPair> pairs, Titles titles)
    {
        var overdue = ReplayPair.Count(pairs, (pair, replayed) => replayed.Tasks.Where(pair.IsOverdue).Select(task => task.Step)).ToList();
        var warnings = ReplayPair.Count(pairs, (_, replayed) => replayed.Warnings.Select(warning => (warning.Colour, Level: titles.Level(warning.OrganisationId)))).ToList();
        var notices = ReplayPair.Count(pairs, (_, replayed) => replayed.Notices.Select(notice => notice.Template)).ToList();
        var tasks = ReplayPair.Count(pairs, (_, replayed) => replayed.Tasks.Where(ReplayPair.IsWork).Select(task => task.Step));
        var differing = pairs.Where(pair => pair.Moves.Count > 0 || pair.Outcomes.Published != pair.Outcomes.Draft || pair.Refusals.Published != pair.Refusals.Draft).Select(pair => pair.Number)
            .Concat(NumbersOf(overdue)).Concat(NumbersOf(warnings)).Concat(NumbersOf(notices)).Concat(NumbersOf(tasks)).Distinct().Count();
        return new ReplayFigures(
            pairs.Count, differing, DueMove.Of(pairs.SelectMany(pair => pair.Moves.Select(move => (pair.Number, move.WorkingDays)))), Tally.Of(overdue.Select(count => (count.Number, count.Published, count.Draft))),
            [
                .. warnings.GroupBy(count => count.Key, count => (count.Number, count.Published, count.Draft)).OrderBy(same => same.Key.Colour).ThenByDescending(same => same.Key.Level)
                    .Select(same => new WarningTally(same.Key.Colour, same.Key.Level, Tally.Of(same))),
            ],
            [
                .. notices.GroupBy(count => count.Key, count => (count.Number, count.Published, count.Draft)).OrderBy(same => same.Key, StringComparer.Ordinal)
                    .Select(same => new NoticeTally(same.Key, titles.Notice(same.Key), Tally.Of(same))),
            ],
            [
                .. pairs.GroupBy(pair => pair.Outcomes, pair => pair.Number).Where(same => same.Key.Published != same.Key.Draft).OrderByDescending(same => same.Count())
                    .ThenBy(same => same.Key.Published, StringComparer.Ordinal).ThenBy(same => same.Key.Draft, StringComparer.Ordinal)
                    .Select(same => new OutcomeMove(same.Key.Published, same.Key.Draft, same.Count(), Tally.Some(same))),
            ],
            Replays.NotReplayed.Of(pairs, titles));
    }

    private static IEnumerable<string> NumbersOf<TKey>(IEnumerable<(TKey Key, string Number, int Published, int Draft)> counts) =>
        counts.Where(count => count.Published != count.Draft).Select(count => count.Number);
}

/// <param name="City">Organisation id of its authority.</param>
public sealed record CityFigures(string City, string Name, ReplayFigures Figures);

/// <summary>The tasks of a step on both releases, in all cities.</summary>
public sealed record StepFigures(string Flow, string Step, string Title, Tally Tasks, IReadOnlyList<DueMove> DueMoves, Tally Overdue)
{
    internal static IReadOnlyList<StepFigures> Of(IReadOnlyList<ReplayPair> pairs, Titles titles)
    {
        var figures = new List<StepFigures>();
        foreach (var flow in pairs.GroupBy(pair => pair.Past.Flow).OrderBy(flow => flow.Key, StringComparer.Ordinal))
        {
            var moves = flow.SelectMany(pair => pair.Moves.Select(move => (move.Step, pair.Number, move.WorkingDays))).ToLookup(move => move.Step, move => (move.Number, move.WorkingDays));
            var overdue = ByStep(ReplayPair.Count(flow, (pair, replayed) => replayed.Tasks.Where(pair.IsOverdue).Select(task => task.Step)));
            var tasks = ByStep(ReplayPair.Count(flow, (_, replayed) => replayed.Tasks.Where(ReplayPair.IsWork).Select(task => task.Step)));
            figures.AddRange(tasks.Select(step => new StepFigures(
                flow.Key, step.Key, titles.Step(flow.Key, step.Key), Tally.Of(step), DueMove.Of(moves[step.Key]), Tally.Of(overdue[step.Key]))));
        }

        return figures;
    }

    private static ILookup<string, (string Number, int Published, int Draft)> ByStep(IEnumerable<(string Key, string Number, int Published, int Draft)> counts) =>
        counts.ToLookup(count => count.Key, count => (count.Number, count.Published, count.Draft));
}
