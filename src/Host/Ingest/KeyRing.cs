using Microsoft.Extensions.Caching.Memory;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Storage.Credentials;

namespace WorkflowEngine.Host.Ingest;

/// <summary>
/// The keys that requests name, remembered for two seconds: a busy vendor costs no query per request, and a revoked key is dead
/// on every host before five seconds are over. Two seconds of business time too: a simulation passes days in less. A database
/// that cannot be asked lets nobody in.
/// </summary>
public sealed class KeyRing(CredentialStore credentials, BusinessClock business) : IDisposable
{
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(2);

    /// <summary>Unknown ids are remembered too, so that guessing costs nothing; the oldest go when there are too many.</summary>
    private readonly MemoryCache _keys = new(new MemoryCacheOptions { SizeLimit = 10_000 });

    /// <summary>By the id that requests name; null: unknown. Revoked ones are given, so that the answer can say so.</summary>
    public async Task<SigningCredential?> FindAsync(string keyId, CancellationToken ct)
    {
        if (_keys.TryGetValue(keyId, out Known? known) && business.Now - known!.At < Remembered) return known.Credential;

        var at = business.Now;
        var found = await credentials.FindByKeyIdAsync(keyId, ct);
        _keys.Set(keyId, new Known(found, at), new MemoryCacheEntryOptions { AbsoluteExpirationRelativeToNow = Remembered, Size = 1 });
        return found;
    }

    public void Dispose() => _keys.Dispose();

    /// <param name="At">When it was looked up, in business time.</param>
    private sealed record Known(SigningCredential? Credential, DateTimeOffset At);
}
