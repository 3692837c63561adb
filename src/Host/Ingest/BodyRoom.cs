using System.Threading.RateLimiting;

namespace WorkflowEngine.Host.Ingest;

/// <summary>
/// Room for bodies that are being read: what strangers can make the host keep in memory, all together and from one address. Small bodies, which nearly all are, have
/// room of their own: whoever announces large ones and sends them slowly holds up nobody who sends small ones.
/// </summary>
internal sealed class BodyRoom : IDisposable
{
    private const int Mebibyte = 1024 * 1024;

    /// <summary>Bytes of a small body.</summary>
    private const int Small = 256 * 1024;

    private const int SmallAtOnce = 256;
    private const int MebibytesAtOnce = 64;

    /// <summary>Large bodies are looked into few at a time: their digests and their parsing leave processors for everybody else.</summary>
    private readonly ConcurrencyLimiter _turns = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = Math.Max(1, Environment.ProcessorCount / 2), QueueLimit = MebibytesAtOnce, QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    private readonly Pool _small = new(SmallAtOnce);
    private readonly Pool _large = new(MebibytesAtOnce);

    /// <param name="announced">Bytes; null: the sender did not say.</param>
    /// <param name="limit">Bytes of the largest body.</param>
    /// <returns>Not acquired where too many wait already.</returns>
    public ValueTask<RateLimitLease> EnterAsync(string address, long? announced, int limit, CancellationToken ct) =>
        announced <= Small ? _small.EnterAsync(address, 1, ct) : _large.EnterAsync(address, (int)((announced ?? limit) / Mebibyte) + 1, ct);

    /// <summary>Waits until a body that has arrived may be looked into; small ones at once. Those that wait have their room already, so there are never too many.</summary>
    public ValueTask<RateLimitLease> TurnAsync(int bytes, CancellationToken ct) => _turns.AcquireAsync(bytes > Small ? 1 : 0, ct);

    public void Dispose()
    {
        _turns.Dispose();
        _small.Dispose();
        _large.Dispose();
    }

    /// <summary>So much at once, half of it for one address at most.</summary>
    private sealed class Pool(int atOnce) : IDisposable
    {
        private readonly ConcurrencyLimiter _all = new(new ConcurrencyLimiterOptions
        {
            PermitLimit = atOnce, QueueLimit = 4 * atOnce, QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        });

        private readonly PartitionedRateLimiter<string> _shares = PartitionedRateLimiter.Create<string, string>(address =>
            RateLimitPartition.GetConcurrencyLimiter(address, _ => new ConcurrencyLimiterOptions
            {
                PermitLimit = atOnce / 2, QueueLimit = 4 * atOnce, QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
            }));

        public async ValueTask<RateLimitLease> EnterAsync(string address, int permits, CancellationToken ct)
        {
            // The share first: who waits for it holds nothing of what others need.
            var share = await _shares.AcquireAsync(address, permits, ct);
            if (!share.IsAcquired) return share;

            try
            {
                var all = await _all.AcquireAsync(permits, ct);
                if (all.IsAcquired) return new Both(share, all);

                share.Dispose();
                return all;
            }
            catch
            {
                share.Dispose();
                throw;
            }
        }

        public void Dispose()
        {
            _shares.Dispose();
            _all.Dispose();
        }
    }

    private sealed class Both(RateLimitLease share, RateLimitLease all) : RateLimitLease
    {
        public override bool IsAcquired => true;

        public override IEnumerable<string> MetadataNames => [];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = null;
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                all.Dispose();
                share.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
