using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Storage.Instances;

/// <summary>Counters for case numbers (办件编号). A number is never given twice; one whose case was not committed after all leaves a gap.</summary>
public sealed class CaseNumbers(Database database)
{
    /// <summary>The next number of a prefix in a business year, from 1. The caller writes the two and the year into its format.</summary>
    public Task<long> NextAsync(string prefix, int year, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");
}
