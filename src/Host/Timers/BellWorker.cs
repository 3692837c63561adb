namespace WorkflowEngine.Host.Timers;

/// <summary>The life of a background worker: wait for the bell, work until nothing is left, for ever.</summary>
public static class BellWorker
{
    /// <param name="what">The work, for the log: "Sending mail".</param>
    public static async Task RunAsync(WakeUp bell, Func<CancellationToken, Task<int>> drain, string what, ILogger log, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                await bell.WaitAsync(stopping);
                await drain(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception problem)
            {
                // The rows are still there and the next ring tries again; a database that is away comes back.
                log.LogError(problem, "{Work} failed; the next ring of the bell tries again.", what);
            }
        }
    }
}
