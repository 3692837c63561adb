using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Storage.Commit;

/// <summary>Applies what bursts decided, of one or many instances, in one transaction.</summary>
public sealed class CommitStore(Database database)
{
    /// <summary>One result per unit, in order. When this returns, what is <see cref="CommitResult.Committed"/> is durable.</summary>
    public Task<IReadOnlyList<CommitResult>> CommitAsync(IReadOnlyList<CommitUnit> units, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");
}
