using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Storage.Commit;

/// <summary>What was answered to earlier intents, for a repeated one that finds its work done already.</summary>
public sealed class AnswerStore(Database database)
{
    /// <summary><see cref="CommitResult.DuplicateKey"/> or <see cref="CommitResult.KeyReused"/>; <c>null</c> when the key was never used.</summary>
    /// <param name="key">Its answer is not looked at.</param>
    public Task<CommitResult?> FindAsync(IdempotencyKey key, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");
}
