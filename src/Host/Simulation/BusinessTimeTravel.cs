using WorkflowEngine.Host.Cases;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Http;
using WorkflowEngine.Host.Ingest;
using WorkflowEngine.Host.Mail;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Timers;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Timers;

namespace WorkflowEngine.Host.Simulation;

/// <summary>
/// Moves the business time of a simulation forward, stopping at every instant at which something falls due, so that each
/// deadline fires at its own time and in order. Returns when everything that follows has happened: refused requests, deadlines that a new calendar moves, timers, signals, requests, letters to operators, mail.
/// </summary>
public sealed class BusinessTimeTravel(
    MovableTime time, SimulatedTime stored, TimerStore timers, Sweeper sweeper, Replanner replanner, Reconciler reconciler, OutboxPump outbox, BounceFolder bounces, RequestPump requests, Refusals refusals, OperatorLetters operators, BusinessClock business, SystemClock system) : IDisposable
{
    /// <summary>How often a due timer may turn out to be held by a request that is just being committed.</summary>
    private const int MaxWaits = 100;

    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(50);

    private readonly OneAtATime _journeys = new();

    /// <summary>The business instant afterwards; null when <paramref name="to"/> lies in the past.</summary>
    /// <exception cref="InvalidOperationException">A timer stays due: going on would skip it.</exception>
    public Task<DateTimeOffset?> AdvanceAsync(DateTimeOffset to, CancellationToken ct) => _journeys.RunAsync<DateTimeOffset?>(
        async () =>
        {
            if (to < business.Now) return null;

            await SettleAsync(ct);
            while (await timers.NextDueAsync(ct) is { } due && due <= to)
            {
                await MoveAsync(due, ct);
                await SettleAsync(ct);
            }

            await MoveAsync(to, ct);
            await SettleAsync(ct);
            // Who plays a story learns at once when it leaves something asleep.
            if (await reconciler.RoundAsync(ct) > 0) await SettleAsync(ct);
            return business.Now;
        },
        ct);

    public void Dispose() => _journeys.Dispose();

    private async Task MoveAsync(DateTimeOffset to, CancellationToken ct)
    {
        // Stored first: after a crash the simulation may stand later than anything that happened, never earlier.
        await stored.AdvanceAsync(to, ct);
        time.MoveTo(to);
    }

    private async Task SettleAsync(CancellationToken ct)
    {
        await refusals.DrainAsync(ct);
        // First of all deadlines: one that a new calendar moves must not fire on its old date.
        await replanner.DrainAsync(ct);
        for (var wait = 0; ; wait++)
        {
            // What a request's answer sets going can send the next.
            do await sweeper.DrainAsync(ct);
            while (await requests.DrainAsync(ct) > 0);
            if (await timers.NextDueAsync(ct) is not { } due || due > business.Now) break;
            if (wait == MaxWaits) throw new InvalidOperationException($"A timer due at {due:O} cannot be fired; see the incidents.");
            await Task.Delay(Wait, system.Time, ct);
        }

        await operators.DrainAsync(ct);
        await bounces.DrainAsync(ct);
        await outbox.DrainAsync(ct);
    }
}
