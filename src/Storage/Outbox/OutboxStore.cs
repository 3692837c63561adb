using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Storage.Outbox;

/// <summary>One mail to one recipient.</summary>
/// <param name="MessageId">Stable over all attempts, so that a receiver recognises a repeated mail. Without angle brackets.</param>
/// <param name="Attempt">1 for the first attempt.</param>
public sealed record OutboxMail(string Id, string MessageId, string Recipient, string Subject, string Html, string Text, int Attempt, DateTimeOffset QueuedAt);

/// <summary>Mails that were decided and are not sent yet. At least once, in order of decision; a mail that keeps failing is parked and blocks nobody.</summary>
public sealed class OutboxStore(Database database)
{
    /// <summary>Attempts before a mail is parked.</summary>
    public const int MaxAttempts = 8;

    /// <summary>Leases mails until <paramref name="lease"/> has passed; after that another host may take them. Times are system time.</summary>
    public Task<IReadOnlyList<OutboxMail>> ClaimAsync(DateTimeOffset systemNow, TimeSpan lease, int max, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");

    public Task MarkSentAsync(OutboxMail mail, DateTimeOffset systemNow, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");

    /// <summary>Tries again later: after 30 s, doubling to at most 1 h; parks the mail after <see cref="MaxAttempts"/>.</summary>
    public Task MarkFailedAsync(OutboxMail mail, string error, DateTimeOffset systemNow, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");

    /// <summary>Sets a mail aside at once: the recipient is refused for good.</summary>
    public Task ParkAsync(OutboxMail mail, string error, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");

    /// <summary>When the next mail may be tried (system time); <c>null</c> when none waits.</summary>
    public Task<DateTimeOffset?> NextAsync(CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");
}
