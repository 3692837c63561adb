using System.Diagnostics.Metrics;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Ingest;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Reconciliation;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Timers;

/// <summary>
/// 巡检: sees to it that nothing sleeps for ever. Every instance that is not over must wait for something that can still come; what has lost its task, timer,
/// signal or expectation gets it back as the state knows it, or becomes an incident (ADR 0013). One round at a time for all hosts.
/// </summary>
public sealed class Reconciler : IDisposable
{
    /// <summary>From the end of a round to the next one: with the time that a round takes, an orphan is found within a minute.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(20);

    private const int PageSize = 500;

    /// <summary>Keys of acts and nonces of devices are kept for a week and a day of business time, and then forgotten, so many at the end of a round: of nonces 21 million a day.</summary>
    private const int MostForgotten = 5_000;

    private static readonly TimeSpan KeysKept = TimeSpan.FromDays(8);

    private readonly ReconcileStore _rounds;
    private readonly AnswerStore _answers;
    private readonly IngestStore _ingest;
    private readonly ContentReleases _releases;
    private readonly BurstExecutor _executor;
    private readonly BusinessClock _business;
    private readonly SystemClock _system;
    private readonly ILogger<Reconciler> _log;
    private readonly OneAtATime _oneRound = new();
    private readonly Counter<long> _orphans;
    private readonly Meter _meter = new(Telemetry.Name);

    public Reconciler(
        ReconcileStore rounds, AnswerStore answers, IngestStore ingest, ContentReleases releases, BurstExecutor executor, BusinessClock business, SystemClock system, ILogger<Reconciler> log)
    {
        (_rounds, _answers, _ingest, _releases, _executor, _business, _system, _log) = (rounds, answers, ingest, releases, executor, business, system, log);
        _orphans = _meter.CreateCounter<long>("workflow.orphans", description: "Orphans that this host found, by kind.");
        _meter.CreateObservableGauge("workflow.orphans.healed", () => Last?.Healed ?? 0, description: "Orphans that the last complete round put right.");
        _meter.CreateObservableGauge("workflow.orphans.raised", () => Last?.Raised ?? 0, description: "Orphans that the last complete round made incidents of.");
        _meter.CreateObservableGauge("workflow.reconciler.age", () => Last?.EndedAt is { } at ? (_system.Now - at).TotalSeconds : -1, "s", "Time since the last complete round ended.");
    }

    /// <summary>The last complete round that this host knows of, its own or another's; null before the first.</summary>
    public ReconciliationRound? Last { get; private set; }

    /// <summary>Works until the round that is due is done. Returns how many orphans were found.</summary>
    public Task<int> DrainAsync(CancellationToken ct) => RunAsync(_system.Now, ct);

    /// <summary>Does a whole round now, or ends the one that has begun.</summary>
    public Task<int> RoundAsync(CancellationToken ct) => RunAsync(_system.Now + Pause, ct);

    public void Dispose()
    {
        _meter.Dispose();
        _oneRound.Dispose();
    }

    /// <param name="due">A round that is due by then is done.</param>
    private Task<int> RunAsync(DateTimeOffset due, CancellationToken ct) => _oneRound.RunAsync(
        async () =>
        {
            var total = 0;
            while (await DoPageAsync(due, ct) is var (found, isLast))
            {
                total += found;
                if (isLast) break;
            }

            if (Last?.EndedAt is not { } known || _system.Now - known > Pause) Last = await _rounds.LastAsync(ct);
            return total;
        },
        ct);

    /// <summary>What was found, and whether the round is over; null when there is nothing to do here.</summary>
    private async Task<(int Found, bool IsLast)?> DoPageAsync(DateTimeOffset due, CancellationToken ct)
    {
        await using var claimed = await _rounds.ClaimAsync(due, PageSize, ct);
        if (claimed is null) return null;

        using var span = claimed.Orphans.Count > 0 ? Telemetry.Source.StartActivity("reconcile") : null;
        span?.SetTag("orphans", claimed.Orphans.Count);
        var now = _business.Now;
        var units = new List<CommitUnit>();
        foreach (var lost in claimed.Orphans.Where(orphan => orphan.IsForTheEngine).GroupBy(orphan => orphan.InstanceId))
        {
            try
            {
                var stored = claimed.Instances[lost.Key];
                var turn = InstanceTurn.Resume(stored, await _releases.GetAsync(stored.ReleaseId, ct));
                var stimulus = new Stimulus.WaitsLost([.. lost.Select(orphan => new LostWait(orphan.Subject, MayBeOpenedAgain: !orphan.IsLostForGood))]);
                if (await _executor.RunAsync(turn, stimulus, now, ct) is not RunResult.Ran) throw new InvalidOperationException("The state waits, and the engine does not.");

                units.Add(turn.ToUnit(now));
            }
            catch (Exception problem) when (problem is not OperationCanceledException && !DatabaseTrouble.IsPassing(problem))
            {
                _log.LogError(problem, "What instance {Instance} waits for is gone and cannot be opened again.", lost.Key);
                claimed.Park(lost.Key, problem.Message);
            }
        }

        var raised = await claimed.CommitAsync(units, now, _system.Now, _system.Now + Pause, ct);
        Report(claimed, raised);
        if (claimed.IsLast)
        {
            await _answers.ForgetAsync(now - KeysKept, MostForgotten, ct);
            await _ingest.ForgetNoncesAsync(now - KeysKept, MostForgotten, ct);
            Last = await _rounds.LastAsync(ct);
        }

        return (claimed.Orphans.Count, claimed.IsLast);
    }

    private void Report(ClaimedReconciliation claimed, int raised)
    {
        foreach (var orphan in claimed.Orphans)
        {
            _orphans.Add(1, new KeyValuePair<string, object?>("kind", orphan.Kind.ToString()));
            _log.LogWarning("Reconciled {Kind} {Subject} of instance {Instance}.", orphan.Kind, orphan.Subject, orphan.InstanceId);
        }

        if (raised > 0) _log.LogError("{Count} of these orphans could not be healed and are incidents.", raised);
    }
}
