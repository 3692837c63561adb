using System.Collections.Concurrent;

namespace WorkflowEngine.Host.Http;

/// <summary>Requests to flows that go on after whoever asked was let go (<c>requestTimeout</c>). A host that stops waits for them, as for those whose caller is still there.</summary>
public sealed class LateRequests : IHostedService
{
    private readonly ConcurrentDictionary<Task, bool> _running = new();

    /// <param name="request">Never fails: what it failed of is logged.</param>
    public void Add(Task request)
    {
        _running[request] = true;
        _ = request.ContinueWith(done => _running.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Ends when all are done, or when the host has no more time: then they are lost whole, and their callers repeat them.</summary>
    public Task StopAsync(CancellationToken cancellationToken) =>
        Task.WhenAny(Task.WhenAll(_running.Keys), Task.Delay(Timeout.Infinite, cancellationToken));
}
