using WorkflowEngine.Workflows.Activities.Gov;

namespace WorkflowEngine.Workflows.Execution;

/// <summary>The names that a Lambda of a flow may use: vars, input, case, clocks, today.</summary>
internal static class LambdaScope
{
    public static Dictionary<string, object?> Of(Turn turn)
    {
        var run = turn.Run;
        var scope = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["vars"] = VariablesOf(turn),
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

    private static Dictionary<string, object?> VariablesOf(Turn turn)
    {
        var variables = turn.VariablesByName();
        foreach (var name in turn.Run.Definition.RegisterVariables)
        {
            if (variables.TryGetValue(name, out var entries))
            {
                variables[name] = CaseEntry.List(entries);
            }
        }

        return variables;
    }

    private static Dictionary<string, object?>? CaseOf(BurstRun run) => run.Case is not { } @case
        ? null
        : new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["number"] = @case.Number,
            ["title"] = @case.Title,
            ["outcome"] = run.Outcome,
            ["submittedAt"] = run.MainRoot?.Recall<string>(CaseModel.SubmittedAtKey),
            ["linkedTo"] = @case.LinkedTo,
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
                ["overdue"] = clock.IsRunning && due is { } last && run.Calendar.OverdueAt(last) <= run.Now,
                ["running"] = clock.IsRunning,
                // Also of work that is done: whether it was done too late.
                ["late"] = due is { } end && (clock.StoppedOn is { } stopped ? stopped > end : run.Calendar.OverdueAt(end) <= run.Now),
            };
        }

        return clocks;
    }
}
