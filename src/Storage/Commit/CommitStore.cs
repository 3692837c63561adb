using Npgsql;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Signals;

namespace WorkflowEngine.Storage.Commit;

/// <summary>Applies what bursts decided, of one or many instances, in one transaction.</summary>
public sealed class CommitStore(Database database, WakeUps wakeUps)
{
    /// <summary>Deadlocks cannot come from our own order of locks; from an operator's session they can. Then the transaction simply runs again.</summary>
    private const int Attempts = 5;

    /// <summary>One result per unit, in order. When this returns, what is <see cref="CommitResult.Committed"/> is durable.</summary>
    /// <exception cref="NpgsqlException">
    /// The server cannot be reached or fails. Whether the transaction was committed may be unknown: load afresh, the revision tells.
    /// </exception>
    public async Task<IReadOnlyList<CommitResult>> CommitAsync(IReadOnlyList<CommitUnit> units, CancellationToken ct)
    {
        if (units.Count == 0)
        {
            return [];
        }

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
                var committer = new Committer(transaction, database.Envelope);
                var results = await committer.ApplyAsync(units, ct);
                await transaction.CommitAsync(ct);
                wakeUps.Announce(committer.Wake);
                return results;
            }
            catch (PostgresException contested) when (attempt < Attempts
                && contested.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure)
            {
                // Everything was rolled back; the same units are decided on again from the database's point of view.
                continue;
            }
        }
    }
}
