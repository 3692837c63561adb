namespace WorkflowEngine.Host.Serving;

/// <summary>
/// Work of which this process does one round at a time: whoever asks for a round and gets its result has seen everything done that was there when they asked, by
/// this round or the one before.
/// </summary>
public sealed class OneAtATime : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    public async Task<T> RunAsync<T>(Func<Task<T>> work, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            return await work();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc cref="RunAsync{T}"/>
    public Task RunAsync(Func<Task> work, CancellationToken ct) => RunAsync(
        async () =>
        {
            await work();
            return true;
        },
        ct);

    public void Dispose() => _turn.Dispose();
}
