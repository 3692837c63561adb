using System.Diagnostics;

namespace WorkflowEngine.Bench.Chaos;

/// <summary>The clients: each takes one way through a flow after the other, for as long as the run lasts.</summary>
internal sealed class Work(int seed, int clients, Cast cast, IntentLedger ledger, Stopwatch clock) : IDisposable
{
    private readonly CancellationTokenSource _giveUp = new();
    private readonly List<(Courier Courier, CaseScripts Scripts)> _clients = [];
    private readonly List<Task> _running = [];
    private volatile bool _ending;

    public int Acknowledged => _clients.Sum(client => client.Courier.Answers.Count);

    public int Tries => _clients.Sum(client => client.Courier.Tries);

    public int Doubled => _clients.Sum(client => client.Courier.Doubled);

    public IEnumerable<Answered> Answers => _clients.SelectMany(client => client.Courier.Answers);

    public IEnumerable<string> Surprises => _clients.SelectMany(client => client.Scripts.Surprises);

    /// <summary>Every way once, before anything goes wrong: the others are compared with these.</summary>
    /// <exception cref="InvalidOperationException">A way cannot be taken even so.</exception>
    public async Task WarmUpAsync()
    {
        var client = Hire(new Random(seed));
        foreach (var path in CaseScripts.Paths)
        {
            if (!await client.Scripts.TakeAsync(path, isReference: true))
            {
                throw new InvalidOperationException($"'{path}' cannot be taken to its end even without a fault. {string.Join(Environment.NewLine, client.Scripts.Surprises)}");
            }
        }
    }

    public void Begin()
    {
        for (var number = 0; number < clients; number++) _running.Add(GoOnAsync(Hire(new Random(seed + number + 1)), number));
    }

    /// <summary>Lets every client finish what it has begun.</summary>
    public async Task EndAsync(TimeSpan patience)
    {
        _ending = true;
        _giveUp.CancelAfter(patience);
        await Task.WhenAll(_running);
    }

    public void Dispose() => _giveUp.Dispose();

    private (Courier Courier, CaseScripts Scripts) Hire(Random random)
    {
        var courier = new Courier(cast.Hosts, ledger, clock, random, _giveUp.Token);
        var client = (courier, new CaseScripts(cast, ledger, courier));
        _clients.Add(client);
        return client;
    }

    private async Task GoOnAsync((Courier Courier, CaseScripts Scripts) client, int number)
    {
        try
        {
            // Every second client drills, because only drills have timers that fall due within the run.
            while (!_ending) await client.Scripts.TakeAsync(number % 2 == 0 ? "演练" : CaseScripts.Paths[client.Courier.Random.Next(CaseScripts.Paths.Count)], isReference: false);
        }
        catch (OperationCanceledException) when (_giveUp.IsCancellationRequested)
        {
            // What is left stays unacknowledged; the checker counts it.
        }
    }
}
