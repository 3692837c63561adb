using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Storage.Commit;

/// <summary>What was answered to earlier intents, for a repeated one that finds its work done already.</summary>
public sealed class AnswerStore(Database database)
{
    /// <summary><see cref="CommitResult.DuplicateKey"/> or <see cref="CommitResult.KeyReused"/>; <c>null</c> when the key was never used.</summary>
    /// <param name="key">Its answer is not looked at.</param>
    public async Task<CommitResult?> FindAsync(IdempotencyKey key, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        var found = await transaction.QueryAsync<CommitResult>(
            "select body_hash, answer from idempotency_keys where scope = $1 and key = $2",
            reader => reader.GetFieldValue<byte[]>(0).AsSpan().SequenceEqual(key.BodyHash)
                ? new CommitResult.DuplicateKey(reader.GetString(1))
                : new CommitResult.KeyReused(),
            ct, key.Scope, key.Key);
        return found.Count == 0 ? null : found[0];
    }

    /// <summary>Forgets keys that were first used before an instant (business time, as they were stored), the oldest first. Returns how many.</summary>
    public async Task<int> ForgetAsync(DateTimeOffset before, int max, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        var forgotten = await transaction.RunAsync(
            """
            delete from idempotency_keys k using (
              select scope, key from idempotency_keys where created_at < $1 order by created_at limit $2) old
            where k.scope = old.scope and k.key = old.key
            """,
            ct, before, max);
        await transaction.CommitAsync(ct);
        return forgotten;
    }
}
