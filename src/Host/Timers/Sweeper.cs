using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Instances;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Signals;
using WorkflowEngine.Storage.Timers;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Timers;

/// <summary>
/// Carries out what has fallen due: claims timer and signal rows in batches, runs their bursts and commits both in the
/// transaction that claimed them. Safe to run on any number of hosts, at any time, twice, or never for an hour.
/// </summary>
public sealed class Sweeper(
    TimerStore timers, SignalStore signals, ContentReleases releases, BurstExecutor executor, ChildStarter children, WakeUps wakeUps,
    BusinessClock clock, ILogger<Sweeper> log) : IDisposable
{
    private readonly OneAtATime _sweeps = new();

    private const int BatchSize = 200;

    /// <summary>Works until nothing is due and no signal is pending. Returns how many rows were carried out.</summary>
    public Task<int> DrainAsync(CancellationToken ct) => _sweeps.RunAsync(
        async () =>
        {
            var total = 0;
            int done;
            do
            {
                done = await SweepSignalsAsync(ct) + await SweepTimersAsync(ct);
                total += done;
            }
            while (done > 0);

            return total;
        },
        ct);

    public void Dispose() => _sweeps.Dispose();

    private async Task<int> SweepTimersAsync(CancellationToken ct)
    {
        var now = clock.Now;
        await using var claimed = await timers.ClaimDueAsync(now, BatchSize, ct);
        if (claimed.Timers.Count == 0) return 0;

        using var span = Telemetry.Source.StartActivity("sweep timers");
        span?.SetTag("rows", claimed.Timers.Count);
        var turns = new Dictionary<Guid, InstanceTurn>();
        var notWaiting = new List<DueTimer>();
        foreach (var timer in claimed.Timers)
        {
            try
            {
                var turn = await TurnOfAsync(timer.InstanceId, claimed.Instances, turns, ct);
                var result = await executor.RunAsync(turn, new Stimulus.TimerFired(timer.Id), now, ct, timer: timer.Id);
                if (result is not RunResult.Ran) notWaiting.Add(timer);
            }
            catch (Exception problem) when (problem is not OperationCanceledException && !DatabaseTrouble.IsPassing(problem))
            {
                log.LogError(problem, "Timer {Timer} of instance {Instance} cannot be fired and is set aside.", timer.Id, timer.InstanceId);
                claimed.Park(timer, problem.Message);
            }
        }

        var results = await claimed.CommitAsync(UnitsOf(turns, now), notWaiting, ct);
        Report(results);
        return claimed.Timers.Count;
    }

    private async Task<int> SweepSignalsAsync(CancellationToken ct)
    {
        var now = clock.Now;
        await using var claimed = await signals.ClaimAsync(now, BatchSize, ct);
        if (claimed.Signals.Count == 0) return 0;

        using var span = Telemetry.Source.StartActivity("sweep signals");
        span?.SetTag("rows", claimed.Signals.Count);
        var turns = new Dictionary<Guid, InstanceTurn>();
        var notWaiting = new List<PendingSignal>();
        foreach (var signal in claimed.Signals)
        {
            try
            {
                if (!await DeliverAsync(signal, claimed.Instances, turns, now, ct)) notWaiting.Add(signal);
            }
            catch (Exception problem) when (problem is not OperationCanceledException && !DatabaseTrouble.IsPassing(problem))
            {
                log.LogError(problem, "Signal {Signal} for instance {Instance} cannot be delivered and is set aside.", signal.Id, signal.InstanceId);
                claimed.Park(signal, problem.Message);
            }
        }

        var results = await claimed.CommitAsync(UnitsOf(turns, now), notWaiting, ct);
        Report(results);
        return claimed.Signals.Count;
    }

    /// <summary>False: the instance does not wait for it any more.</summary>
    private async Task<bool> DeliverAsync(
        PendingSignal signal, IReadOnlyDictionary<Guid, StoredInstance> instances, Dictionary<Guid, InstanceTurn> turns, DateTimeOffset now, CancellationToken ct)
    {
        if (signal.Kind == SignalKind.StartChild)
        {
            if (instances.ContainsKey(signal.InstanceId) || turns.ContainsKey(signal.InstanceId)) return false;
            var (child, start) = await children.BeginAsync(signal, ct);
            if (await executor.RunAsync(child, start, now, ct, signal: signal.Id) is RunResult.Refused refused)
            {
                // Nobody is there to be told, and what was handed on must not vanish.
                throw new EngineContentException($"The flow refuses what another instance starts: {refused.Message}");
            }

            turns.Add(signal.InstanceId, child);
            return child.HasRun;
        }

        var turn = await TurnOfAsync(signal.InstanceId, instances, turns, ct);
        Stimulus stimulus;
        if (signal.Kind == SignalKind.ChildFinished)
        {
            stimulus = ChildStarter.Finished(signal);
        }
        else
        {
            if (signal.BookmarkId is not { } bookmark) return false;
            stimulus = new Stimulus.MessageArrived(bookmark, signal.Payload);
        }

        return await executor.RunAsync(turn, stimulus, now, ct, signal: signal.Id) is RunResult.Ran;
    }

    private async Task<InstanceTurn> TurnOfAsync(
        Guid id, IReadOnlyDictionary<Guid, StoredInstance> instances, Dictionary<Guid, InstanceTurn> turns, CancellationToken ct)
    {
        if (turns.TryGetValue(id, out var turn)) return turn;

        var stored = instances[id];
        turn = InstanceTurn.Resume(stored, await releases.GetAsync(stored.ReleaseId, ct));
        turns.Add(id, turn);
        return turn;
    }

    private static List<CommitUnit> UnitsOf(Dictionary<Guid, InstanceTurn> turns, DateTimeOffset now) =>
        [.. turns.Values.Where(turn => turn.HasRun).Select(turn => turn.ToUnit(now))];

    private void Report(IReadOnlyList<CommitResult> results)
    {
        foreach (var failed in results.OfType<CommitResult.Failed>())
        {
            log.LogError("The database refused what a sweep decided; it is set aside with an incident: {Problem}", failed.Message);
        }

        wakeUps.Announce(Wake.Outbox);
    }
}
