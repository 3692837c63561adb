using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage.Credentials;
using WorkflowEngine.Storage.Ingest;

namespace WorkflowEngine.Host.Ingest;

/// <summary>
/// Requests that were turned away before they were believed: wrong signature, wrong time. They may come from anybody, so none
/// costs a row; they are counted, and each known key gets one line per kind and ten seconds that its vendor can read.
/// </summary>
public sealed class Refusals(IngestStore store, BusinessClock clock, SystemClock system, ILogger<Refusals> log) : BackgroundService
{
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<(string CredentialId, string Rule), Count> _counts = new();
    private readonly ConcurrentDictionary<(string CredentialId, string Rule), DateTimeOffset> _written = new();
    private readonly SemaphoreSlim _bell = new(0);
    private readonly OneAtATime _writing = new();

    /// <param name="releaseId">The content in force, kept with the line.</param>
    /// <param name="code">The profile's code that the sender got.</param>
    /// <param name="basis">The signing profile that the request broke.</param>
    public void Add(SigningCredential credential, string releaseId, string rule, string code, string message, string advice, string basis)
    {
        var key = (credential.Id, rule);
        var count = _counts.AddOrUpdate(
            key,
            _ => new Count(1, releaseId, code, message, advice, basis),
            (_, earlier) => earlier with { Number = earlier.Number + 1, Message = message, Advice = advice });

        // The first one is written at once, so that a vendor who tries by hand sees it; what follows waits for the window.
        if (count.Number == 1 && IsDue(key)) _bell.Release();
    }

    /// <summary>Writes what was counted so far without waiting for the window; returns when it can be read.</summary>
    public Task DrainAsync(CancellationToken ct) => WriteAsync(_ => true, ct);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await _bell.WaitAsync(Window, stoppingToken);
                await WriteAsync(IsDue, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await DrainAsync(CancellationToken.None);
        }
    }

    public override void Dispose()
    {
        _bell.Dispose();
        _writing.Dispose();
        base.Dispose();
    }

    private bool IsDue((string CredentialId, string Rule) key) => !_written.TryGetValue(key, out var at) || system.Now - at >= Window;

    private Task WriteAsync(Func<(string CredentialId, string Rule), bool> isDue, CancellationToken ct) => _writing.RunAsync(
        async () =>
        {
            foreach (var key in _counts.Keys.Where(isDue))
            {
                if (_counts.TryRemove(key, out var count)) await WriteAsync(key, count, ct);
            }
        },
        ct);

    private async Task WriteAsync((string CredentialId, string Rule) key, Count count, CancellationToken ct)
    {
        _written[key] = system.Now;
        try
        {
            await store.StoreAsync(Line(key.CredentialId, key.Rule, count, clock.Now), ct);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            // This line is lost, which harms nobody; the endpoint itself must go on.
            log.LogWarning(problem, "Refused requests could not be written down.");
        }
    }

    private static IngestDelivery Line(string credentialId, string rule, Count count, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        CredentialId = credentialId,
        Nonce = null,
        Method = rule,
        Accepted = false,
        Times = count.Number,
        Code = count.Code,
        Message = count.Message,
        BodySha256 = SHA256.HashData(Encoding.UTF8.GetBytes(count.Message)),
        ReleaseId = count.ReleaseId,
        Findings = [new IngestFinding(null, "", "", rule, FindingLevel.Reject, count.Message, count.Basis, count.Advice)],
        BusinessNow = now,
    };

    private sealed record Count(int Number, string ReleaseId, string Code, string Message, string Advice, string Basis);
}
