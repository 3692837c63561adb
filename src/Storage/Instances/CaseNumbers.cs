using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Storage.Instances;

/// <summary>Counters for case numbers (办件编号). A number is never given twice; one whose case was not committed after all leaves a gap.</summary>
public sealed class CaseNumbers(Database database)
{
    /// <summary>The next number of a prefix in a business year, from 1. The caller writes the two and the year into its format.</summary>
    public async Task<long> NextAsync(string prefix, int year, CancellationToken ct)
    {
        // On its own, not within the case's commit: the counter's row would make all new cases of a year wait for each other's commits.
        await using var command = database.Engine.CreateCommand(
            "insert into case_numbers as c values ($1, $2, 1) on conflict (prefix, year) do update set last = c.last + 1 returning last");
        command.Parameters.Add(new() { Value = prefix });
        command.Parameters.Add(new() { Value = year });
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }
}
