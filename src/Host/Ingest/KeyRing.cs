using System.Collections.Concurrent;
using Microsoft.Extensions.Caching.Memory;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Storage.Credentials;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Host.Ingest;

/// <summary>
/// A snapshot of the keys in use, asked for again every two seconds whatever the traffic, so that a busy vendor costs no query per request and a key revoked on
/// one host is dead on every other before five seconds are over. What is older than five seconds, because the database could not be asked, counts no more: then
/// the key is looked up for the request, and where that cannot be done either nobody is let in. Five seconds of business time too: a simulation passes days in less.
/// </summary>
public sealed class KeyRing(CredentialStore credentials, BusinessClock business, SystemClock system, ILogger<KeyRing> log) : BackgroundService
{
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(2);
    public static readonly TimeSpan Trusted = TimeSpan.FromSeconds(5);

    /// <summary>A key that was not named for so long leaves the snapshot; the next request looks it up.</summary>
    private static readonly TimeSpan InUse = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, Known> _keys = new(StringComparer.Ordinal);

    /// <summary>Unknown ids are remembered too, so that guessing costs nothing; the oldest go when there are too many.</summary>
    private readonly MemoryCache _unknown = new(new MemoryCacheOptions { SizeLimit = 10_000 });

    /// <summary>By the id that requests name; null: unknown. Revoked ones are given, so that the answer can say so.</summary>
    /// <exception cref="KeysUnknownException">The snapshot is too old and the database cannot be asked.</exception>
    public async Task<SigningCredential?> FindAsync(string keyId, CancellationToken ct)
    {
        if (_keys.TryGetValue(keyId, out var known) && IsTrusted(known))
        {
            known.UsedAt = system.Now;
            return known.Credential;
        }

        if (_unknown.TryGetValue(keyId, out DateTimeOffset at) && business.Now - at < Beat) return null;

        var (real, now) = (system.Now, business.Now);
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
            patience.CancelAfter(Beat);
            if ((await credentials.FindByKeyIdsAsync([keyId], patience.Token)).SingleOrDefault() is { } found)
            {
                return _keys.AddOrUpdate(keyId, _ => new Known(found, real, now), (_, earlier) => earlier.At > real ? earlier : new Known(found, real, now)).Credential;
            }
        }
        catch (Exception trouble) when (!ct.IsCancellationRequested && (trouble is OperationCanceledException || DatabaseTrouble.IsPassing(trouble)))
        {
            throw new KeysUnknownException(trouble);
        }

        _keys.TryRemove(keyId, out _);
        _unknown.Set(keyId, now, new MemoryCacheEntryOptions { AbsoluteExpirationRelativeToNow = Beat, Size = 1 });
        return null;
    }

    public override void Dispose()
    {
        _unknown.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Beat, system.Time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RefreshAsync(stoppingToken);
            }
            catch (Exception trouble) when (!stoppingToken.IsCancellationRequested)
            {
                // What is remembered grows old by itself; saying so every two seconds would drown the log.
                log.LogDebug(trouble, "The keys in use could not be asked for.");
            }
        }
    }

    /// <summary>Asks again after every key in use: one query, whatever their number.</summary>
    public async Task RefreshAsync(CancellationToken ct)
    {
        // Before the question: an answer is never newer than that.
        var (real, now) = (system.Now, business.Now);
        foreach (var (keyId, known) in _keys)
        {
            if (real - known.UsedAt > InUse) _keys.TryRemove(keyId, out _);
        }

        if (_keys.IsEmpty) return;

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Beat);
        foreach (var found in await credentials.FindByKeyIdsAsync([.. _keys.Keys], patience.Token))
        {
            if (_keys.TryGetValue(found.KeyId, out var known) && known.At <= real) _keys[found.KeyId] = new Known(found, real, now) { UsedAt = known.UsedAt };
        }
    }

    private bool IsTrusted(Known known) => system.Now - known.At < Trusted && (business.Now - known.BusinessAt).Duration() < Trusted;

    /// <param name="At">When it was asked for, in real time.</param>
    /// <param name="BusinessAt">The same in business time.</param>
    private sealed record Known(SigningCredential Credential, DateTimeOffset At, DateTimeOffset BusinessAt)
    {
        public DateTimeOffset UsedAt { get; set; } = At;
    }
}

/// <summary>Whether a key exists and is in force cannot be found out now, so nobody is let in.</summary>
public sealed class KeysUnknownException(Exception cause) : Exception("The database cannot be asked after keys.", cause);
