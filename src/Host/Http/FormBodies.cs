using System.Threading.RateLimiting;

namespace WorkflowEngine.Host.Http;

/// <summary>How many forms with files an organisation may send at one moment: each is held in memory as a whole until it is stored.</summary>
public sealed class FormBodies : IDisposable
{
    private const int AtOnce = 4;
    private const int Waiting = 16;

    private readonly PartitionedRateLimiter<string> _shares = PartitionedRateLimiter.Create<string, string>(organisation =>
        RateLimitPartition.GetConcurrencyLimiter(organisation, _ => new ConcurrencyLimiterOptions
        {
            PermitLimit = AtOnce, QueueLimit = Waiting, QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        }));

    /// <summary>Held until the request is answered; not acquired when too many wait already.</summary>
    public ValueTask<RateLimitLease> AcquireAsync(string organisationId, CancellationToken ct) => _shares.AcquireAsync(organisationId, cancellationToken: ct);

    public void Dispose() => _shares.Dispose();
}
