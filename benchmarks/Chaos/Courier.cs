using System.Diagnostics;

namespace WorkflowEngine.Bench.Chaos;

/// <summary>What a host answered to one try.</summary>
/// <param name="Body">Of a success, compared between two answers to one intent.</param>
internal sealed record HostAnswer(int Status, string Body)
{
    public bool IsDone => Status is >= 200 and < 300;

    /// <summary>The host could not, or did not want to just now: the same intent may be tried again.</summary>
    public bool IsWorthRepeating => Status is 429 or >= 500;
}

/// <summary>
/// Carries intents to the hosts as a client in earnest does: the same intent under the same key, to the other host when one does not answer, until somebody
/// answers or patience ends.
/// </summary>
internal sealed class Courier(IReadOnlyList<RigHost> hosts, IntentLedger ledger, Stopwatch clock, Random random, CancellationToken stop)
{
    /// <summary>Longer than the longest time for which anything may hold an act up, and shorter than a frozen host stands still.</summary>
    private static readonly TimeSpan TryPatience = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

    private int _preferred = random.Next(hosts.Count);

    /// <summary>Acts that were acknowledged to this client.</summary>
    public List<Answered> Answers { get; } = [];

    public int Tries { get; private set; }

    /// <summary>Intents that were sent to both hosts at once.</summary>
    public int Doubled { get; private set; }

    public CancellationToken Stop => stop;

    public Random Random => random;

    /// <summary>Asks for something that changes nothing. Null: nobody answered in time.</summary>
    public Task<HostAnswer?> ReadAsync(Func<Uri, CancellationToken, Task<HostAnswer>> ask) => AskAsync(ask, twice: false, changes: false);

    /// <summary>Null: nobody answered in time.</summary>
    public Task<HostAnswer?> DeliverAsync(Func<Uri, CancellationToken, Task<HostAnswer>> ask) => AskAsync(ask, twice: false, changes: true);

    /// <summary>As a second click that goes to the other host while the first is on its way: both must be told the same.</summary>
    public async Task<HostAnswer?> DeliverTwiceAsync(Func<Uri, CancellationToken, Task<HostAnswer>> ask)
    {
        Doubled++;
        return await AskAsync(ask, twice: true, changes: true);
    }

    private async Task<HostAnswer?> AskAsync(Func<Uri, CancellationToken, Task<HostAnswer>> ask, bool twice, bool changes)
    {
        var began = clock.Elapsed;
        while (clock.Elapsed - began < Patience)
        {
            var asked = clock.Elapsed;
            var host = hosts[_preferred];
            var second = twice ? TryAsync(ask, hosts[(_preferred + 1) % hosts.Count].Address) : Task.FromResult<HostAnswer?>(null);
            var first = await TryAsync(ask, host.Address);
            var other = await second;
            if (first is { IsDone: true } && other is { IsDone: true } && first.Body != other.Body)
            {
                return new HostAnswer(299, $"one intent, two answers: {first.Body} and {other.Body}");
            }

            var answer = first is { IsWorthRepeating: false } ? first : other;
            if (answer is { IsWorthRepeating: false })
            {
                if (changes && answer.IsDone) Answers.Add(new Answered(asked, clock.Elapsed));
                return answer;
            }

            _preferred = (_preferred + 1) % hosts.Count;
            await Task.Delay(Pause, stop);
        }

        return null;
    }

    private async Task<HostAnswer?> TryAsync(Func<Uri, CancellationToken, Task<HostAnswer>> ask, Uri host)
    {
        Tries++;
        var began = clock.Elapsed;
        var answer = await AnswerOfAsync(ask, host);
        ledger.Tried(new Try(host.Port, answer?.Status, clock.Elapsed - began));
        return answer;
    }

    private async Task<HostAnswer?> AnswerOfAsync(Func<Uri, CancellationToken, Task<HostAnswer>> ask, Uri host)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(TryPatience);
        try
        {
            return await ask(host, patience.Token);
        }
        catch (Exception lost) when (lost is HttpRequestException or IOException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            // Gone, going or standing still; whether it did what was asked is not known.
            return null;
        }
    }
}
