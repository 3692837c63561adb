using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage.Http;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Http;

/// <summary>
/// Sends the requests that flows decided. At least once: a crash between the other side's answer and our note of it sends the request again under the same id.
/// One that fails waits longer each time, and after the last attempt the flow learns of it.
/// </summary>
public sealed class RequestPump(RequestStore requests, GuardedSender sender, HostSettings settings, BusinessClock business, SystemClock clock, ILogger<RequestPump> log) : IDisposable
{
    /// <summary>Attempts before the flow learns that nobody answers.</summary>
    public const int MaxAttempts = 5;

    private const int BatchSize = 16;
    private const int AtOnce = 8;

    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(10);

    private readonly OneAtATime _rounds = new();

    /// <summary>Longer than a batch can take, so that no other host sends what is still on its way.</summary>
    private TimeSpan Lease => settings.Http.AttemptTimeout * (BatchSize / AtOnce + 1);

    /// <summary>Works until no request may be tried now, after those on their way have been answered. Returns how many were tried.</summary>
    public Task<int> DrainAsync(CancellationToken ct) => _rounds.RunAsync(() => SendAllAsync(ct), ct);

    public void Dispose() => _rounds.Dispose();

    private async Task<int> SendAllAsync(CancellationToken ct)
    {
        var total = 0;
        while (await requests.ClaimAsync(clock.Now, Lease, BatchSize, ct) is { Count: > 0 } claimed)
        {
            await Parallel.ForEachAsync(claimed, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct }, async (request, stop) => await TrySendAsync(request, stop));
            total += claimed.Count;
        }

        return total;
    }

    /// <summary>The wait after an attempt that failed.</summary>
    internal static TimeSpan WaitAfter(int attempt, TimeSpan first)
    {
        var wait = first * Math.Pow(4, attempt - 1);
        return wait < LongestRetry ? wait : LongestRetry;
    }

    /// <summary>One that breaks the sender takes none of the others with it; it is tried again when its lease is over, and given up as any other.</summary>
    private async Task TrySendAsync(PendingRequest request, CancellationToken ct)
    {
        try
        {
            await SendAsync(request, ct);
        }
        catch (Exception broken) when (!ct.IsCancellationRequested)
        {
            log.LogError(broken, "Request {Request} could not be sent or noted (attempt {Attempt}).", request.Id, request.Attempt);
        }
    }

    private async Task SendAsync(PendingRequest request, CancellationToken ct)
    {
        using var span = Telemetry.Source.StartActivity("send request");
        span?.SetTag("request", request.Id);
        if (request.IsOfEarlierEpoch)
        {
            const string Restored = "系统从备份恢复后，无法确认该请求此前是否已经发出，因此没有再次发送。请与对方系统核实。";
            await requests.SettleAsync(request, new RequestResult(RequestEnd.NotConnected, 0, [], null, null, Restored, request.Attempt), business.Now, ct);
            return;
        }

        // A host that died while it sent has used its attempt up too: a request that kills hosts must end.
        var (result, bytes) = request.Attempt > MaxAttempts
            ? new SentRequest(new RequestResult(RequestEnd.NotConnected, 0, [], null, null, "多次发送均未完成，已停止发送。请运维人员查看日志。", request.Attempt))
            : await sender.SendAsync(request.Id, request.OrganisationId, request.Request, request.Attempt, ct);
        if (GuardedSender.IsWorthRepeating(request.Request, result) && request.Attempt < MaxAttempts)
        {
            log.LogWarning("Request {Request} to {Host} had no answer (attempt {Attempt}, {End} {Status}) and is tried again later.",
                request.Id, new Uri(request.Request.Url).Host, request.Attempt, result.End, result.Status);
            await requests.RetryAsync(request, result.ToString(), clock.Now + WaitAfter(request.Attempt, settings.Http.FirstRetry), ct);
            return;
        }

        if (result.End != RequestEnd.Answered) log.LogWarning("Request {Request} is given up after {Attempts} attempts ({End}).", request.Id, request.Attempt, result.End);
        var (settled, file) = DownloadedFile.Of(request, result, bytes, business.Now);
        await requests.SettleAsync(request, settled, business.Now, ct, file);
    }
}
