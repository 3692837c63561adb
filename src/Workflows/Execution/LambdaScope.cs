using System.Collections;
using System.Diagnostics.CodeAnalysis;
using WorkflowEngine.Workflows.Activities.Gov;

namespace WorkflowEngine.Workflows.Execution;

/// <summary>The names that a Lambda of a flow may use: vars, input, case, clocks, today, and what the turn adds. A value is made when it is read.</summary>
internal sealed class LambdaScope(Turn turn) : IReadOnlyDictionary<string, object?>
{
    private static readonly string[] Usual = ["vars", "input", "case", "clocks", "today"];

    public IEnumerable<string> Keys => Usual.Concat(turn.Extra.Keys.Except(Usual));

    public IEnumerable<object?> Values => Keys.Select(name => this[name]);

    public int Count => Keys.Count();

    public object? this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"There is no '{key}' here.");

    public bool ContainsKey(string key) => Usual.Contains(key) || turn.Extra.ContainsKey(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out object? value)
    {
        if (turn.Extra.TryGetValue(key, out value)) return true;

        value = key switch
        {
            "vars" => VariablesOf(turn),
            "input" => turn.Run.Inputs,
            "case" => CaseOf(turn.Run),
            "clocks" => ClocksOf(turn.Run),
            "today" => turn.Run.Today.ToDateTime(TimeOnly.MinValue),
            _ => null,
        };
        return Usual.Contains(key);
    }

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => Keys.Select(name => KeyValuePair.Create(name, this[name])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

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
