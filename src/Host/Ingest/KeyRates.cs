using System.Threading.RateLimiting;
using WorkflowEngine.Content.Standards;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Storage.Credentials;

namespace WorkflowEngine.Host.Ingest;

/// <summary>
/// How often a key may send, and how much a stranger may try. A key's allowance is only touched by requests that it signed, so
/// nobody can use it up for its owner; requests that nobody signed are counted by the address they came from.
/// </summary>
public sealed class KeyRates(BusinessClock business) : IDisposable
{
    private const int UnsignedPerMinute = 300;

    private readonly PartitionedRateLimiter<(string CredentialId, int PerMinute)> _keys =
        PartitionedRateLimiter.Create<(string CredentialId, int PerMinute), (string, int)>(key => RateLimitPartition.GetTokenBucketLimiter(
            key,
            _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = key.PerMinute,
                TokensPerPeriod = Math.Max(1, key.PerMinute / 60),
                ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                QueueLimit = 0,
            }));

    /// <summary>Each business day has an allowance of its own: a simulation passes days within one minute, and yesterday's attempts are not today's.</summary>
    private readonly PartitionedRateLimiter<(string Address, DateOnly Day)> _addresses = PartitionedRateLimiter.Create<(string Address, DateOnly Day), (string, DateOnly)>(address =>
        RateLimitPartition.GetFixedWindowLimiter(
            address, _ => new FixedWindowRateLimiterOptions { PermitLimit = UnsignedPerMinute, Window = TimeSpan.FromMinutes(1), QueueLimit = 0 }));

    public RateLimitLease Acquire(SigningCredential credential, IngestLimits limits) => _keys.AttemptAcquire((credential.Id, limits.RequestsPerMinute));

    /// <summary>Whether the address has sent so much unsigned rubbish that its next request is not even read.</summary>
    public bool IsBarred(string address)
    {
        using var lease = _addresses.AttemptAcquire((address, business.Today), permitCount: 0);
        return !lease.IsAcquired;
    }

    public void CountUnsigned(string address) => _addresses.AttemptAcquire((address, business.Today)).Dispose();

    public void Dispose()
    {
        _keys.Dispose();
        _addresses.Dispose();
    }
}
