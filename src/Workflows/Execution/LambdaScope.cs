namespace WorkflowEngine.Workflows.Execution;

/// <summary>The names that a Lambda of a flow may use: vars, input, case, clocks, today.</summary>
internal static class LambdaScope
{
    public static Dictionary<string, object?> Of(Turn turn)
    {
        var run = turn.Run;
        var scope = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["vars"] = turn.VariablesByName(),
            ["input"] = run.Inputs,
            ["case"] = CaseOf(run),
            ["clocks"] = ClocksOf(run),
            ["today"] = run.Today.ToDateTime(TimeOnly.MinValue),
        };
        foreach (var (name, value) in turn.Extra)
        {
            scope[name] = value;
        }

        return scope;
    }

    private static Dictionary<string, object?>? CaseOf(BurstRun run) => run.Case is not { } @case
        ? null
        : new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["number"] = @case.Number,
            ["title"] = @case.Title,
            ["outcome"] = run.Outcome,
            ["parties"] = @case.Parties.ToDictionary(p => p.Key, p => (object?)p.Value, StringComparer.Ordinal),
        };

    private static Dictionary<string, object?> ClocksOf(BurstRun run)
    {
        var clocks = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, clock) in run.Clocks)
        {
            var due = clock.Due(run.Calendar);
            clocks[name] = new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["allotted"] = clock.Allotted,
                ["used"] = clock.UsedOn(run.Today, run.Calendar),
                ["remaining"] = due is { } day ? run.Calendar.WorkingDaysBetween(run.Today, day) : clock.Remaining,
                ["overdue"] = clock.IsRunning && due < run.Today,
                ["running"] = clock.IsRunning,
            };
        }

        return clocks;
    }
}
