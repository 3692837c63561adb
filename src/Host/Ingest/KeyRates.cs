using System.Threading.RateLimiting;
using WorkflowEngine.Content.Standards;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Storage.Credentials;

namespace WorkflowEngine.Host.Ingest;

/// <summary>
/// How often a key may send and how much of it at once, the same for all keys of its holder together, and how much a stranger may try. A key's allowance is only
/// touched by requests that it signed, so nobody can use it up for its owner; requests that nobody signed are counted by the address they came from. Each host
/// counts for itself.
/// </summary>
public sealed class KeyRates(BusinessClock business) : IDisposable
{
    private const int UnsignedPerMinute = 300;

    /// <summary>Who may wait for a place, as a multiple of the places.</summary>
    private const int WaitingPerPlace = 4;

    private readonly PartitionedRateLimiter<(string Id, int PerMinute)> _rates =
        PartitionedRateLimiter.Create<(string Id, int PerMinute), (string, int)>(key => RateLimitPartition.GetTokenBucketLimiter(
            key,
            _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = key.PerMinute,
                TokensPerPeriod = Math.Max(1, key.PerMinute / 60),
                ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                QueueLimit = 0,
            }));

    private readonly PartitionedRateLimiter<(string Id, int AtOnce)> _places =
        PartitionedRateLimiter.Create<(string Id, int AtOnce), (string, int)>(key => RateLimitPartition.GetConcurrencyLimiter(
            key,
            _ => new ConcurrencyLimiterOptions { PermitLimit = key.AtOnce, QueueLimit = WaitingPerPlace * key.AtOnce, QueueProcessingOrder = QueueProcessingOrder.OldestFirst }));

    /// <summary>Each business day has an allowance of its own: a simulation passes days within one minute, and yesterday's attempts are not today's.</summary>
    private readonly PartitionedRateLimiter<(string Address, DateOnly Day)> _addresses = PartitionedRateLimiter.Create<(string Address, DateOnly Day), (string, DateOnly)>(address =>
        RateLimitPartition.GetFixedWindowLimiter(
            address, _ => new FixedWindowRateLimiterOptions { PermitLimit = UnsignedPerMinute, Window = TimeSpan.FromMinutes(1), QueueLimit = 0 }));

    /// <summary>A place for one signed request; dispose of it when the request is answered. Waits while all places of the key are taken, as long as others do not wait already.</summary>
    public async ValueTask<KeyPermit> AcquireAsync(SigningCredential credential, IngestLimits limits, CancellationToken ct)
    {
        var (key, holder) = (credential.Id, $"holder:{credential.HolderId}");
        if (!IsWithin(key, limits.RequestsPerMinute))
        {
            return KeyPermit.Refused($"访问超过限制：每个密钥每分钟最多 {limits.RequestsPerMinute} 次请求，请降低频率，把多条记录合并到一个请求。");
        }

        if (!IsWithin(holder, limits.HolderRequestsPerMinute))
        {
            return KeyPermit.Refused($"访问超过限制：本企业所有密钥合计每分钟最多 {limits.HolderRequestsPerMinute} 次请求，请降低频率，把多条记录合并到一个请求。");
        }

        var own = await _places.AcquireAsync((key, limits.RequestsAtOnce), 1, ct);
        if (!own.IsAcquired)
        {
            own.Dispose();
            return KeyPermit.Refused($"访问超过限制：每个密钥同时最多处理 {limits.RequestsAtOnce} 个请求，请等前面的请求有了答复再发送下一个。");
        }

        try
        {
            var shared = await _places.AcquireAsync((holder, limits.HolderRequestsAtOnce), 1, ct);
            if (shared.IsAcquired) return new KeyPermit(null, own, shared);

            shared.Dispose();
        }
        catch
        {
            own.Dispose();
            throw;
        }

        own.Dispose();
        return KeyPermit.Refused($"访问超过限制：本企业所有密钥合计同时最多处理 {limits.HolderRequestsAtOnce} 个请求，请等前面的请求有了答复再发送下一个。");
    }

    /// <summary>Whether the address has sent so much unsigned rubbish that its next request is not even read.</summary>
    public bool IsBarred(string address)
    {
        using var lease = _addresses.AttemptAcquire((address, business.Today), permitCount: 0);
        return !lease.IsAcquired;
    }

    public void CountUnsigned(string address) => _addresses.AttemptAcquire((address, business.Today)).Dispose();

    public void Dispose()
    {
        _rates.Dispose();
        _places.Dispose();
        _addresses.Dispose();
    }

    private bool IsWithin(string id, int perMinute)
    {
        using var lease = _rates.AttemptAcquire((id, perMinute));
        return lease.IsAcquired;
    }
}

/// <summary>A place for one request, or why there is none.</summary>
/// <param name="Refusal">In Chinese, what the limit is and what to do; null: the request may go on.</param>
public sealed record KeyPermit(string? Refusal, params IReadOnlyList<RateLimitLease> Leases) : IDisposable
{
    public static KeyPermit Refused(string why) => new(why);

    public void Dispose()
    {
        foreach (var lease in Leases) lease.Dispose();
    }
}
