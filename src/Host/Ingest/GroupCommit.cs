using System.Threading.Channels;
using WorkflowEngine.Storage.Ingest;

namespace WorkflowEngine.Host.Ingest;

/// <summary>
/// What arrives while a transaction is under way goes into the next one together: one question to the register, one judgement after the other in memory, one commit, and only then the answers.
/// Nobody waits for company: a writer that is free takes what is there. The messages of one case go through one writer, in the order in which they were believed.
/// </summary>
public sealed class GroupCommit : BackgroundService
{
    /// <summary>While one writer waits for the disk, the other judges and sends.</summary>
    private const int Writers = 2;

    /// <summary>Requests that wait at one writer: some seconds of work. More are told to come again later, rather than to wait until they give up.</summary>
    private const int MostWaiting = 1_000;

    /// <summary>From so many records on, judging them is shared between the processors.</summary>
    private const int WorthSharing = 40;

    private readonly IngestStore _store;
    private readonly RegisterStore _register;
    private readonly ILogger<GroupCommit> _log;
    private readonly Channel<Arrival>[] _queues =
        [.. Enumerable.Range(0, Writers).Select(_ => Channel.CreateBounded<Arrival>(new BoundedChannelOptions(MostWaiting) { SingleReader = true }))];

    public GroupCommit(IngestStore store, RegisterStore register, ILogger<GroupCommit> log) => (_store, _register, _log) = (store, register, log);

    /// <summary>False: too many wait already, and nothing was done.</summary>
    public bool TryAdd(Arrival arrival) => _queues[(uint)arrival.Scope.GetHashCode() % Writers].Writer.TryWrite(arrival);

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        // What was taken in is written and answered before the host goes.
        foreach (var queue in _queues) queue.Writer.TryComplete();
        return base.StopAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(_queues.Select(queue => Task.Run(() => WriteAllAsync(queue.Reader), CancellationToken.None)));

    private async Task WriteAllAsync(ChannelReader<Arrival> queue)
    {
        var waiting = new List<Arrival>();
        while (waiting.Count > 0 || await queue.WaitToReadAsync())
        {
            var group = new ArrivalGroup();
            waiting = Fill(group, waiting, queue);
            await WriteAsync(group.Members);
        }
    }

    /// <returns>Those that must wait for one in the group.</returns>
    private static List<Arrival> Fill(ArrivalGroup group, List<Arrival> waiting, ChannelReader<Arrival> queue)
    {
        var left = new List<Arrival>();
        var held = new HashSet<Guid>();
        foreach (var arrival in waiting) Offer(arrival);
        while (!group.IsFull && left.Count < MostWaiting && queue.TryRead(out var next)) Offer(next);
        return left;

        void Offer(Arrival arrival)
        {
            if (!group.IsFull && !held.Contains(arrival.Scope) && group.Take(arrival)) return;

            held.Add(arrival.Scope);
            left.Add(arrival);
        }
    }

    private async Task WriteAsync(IReadOnlyList<Arrival> group)
    {
        try
        {
            var earlier = await _store.EarlierAsync([.. group.Select(arrival => (arrival.Credential.Id, arrival.Nonce))], CancellationToken.None);
            var fresh = new List<Arrival>();
            foreach (var arrival in group)
            {
                if (earlier.GetValueOrDefault((arrival.Credential.Id, arrival.Nonce)) is { } receipt)
                {
                    arrival.Settle(new IngestResult.Replayed(receipt));
                }
                else
                {
                    fresh.Add(arrival);
                }
            }

            var judged = Judge(fresh, await _register.AskAsync([.. fresh.SelectMany(arrival => arrival.Asked)], CancellationToken.None));
            if (judged.Count == 0) return;

            for (var at = 0; at < judged.Count; at++) judged[at] = (judged[at].Arrival, await judged[at].Arrival.Handle(judged[at].Delivery));
            var results = await _store.StoreAsync([.. judged.Select(one => one.Delivery)], CancellationToken.None);
            for (var at = 0; at < judged.Count; at++) judged[at].Arrival.Settle(results[at]);
        }
        catch (Exception problem)
        {
            // The server, or the way to it: each sender is told to come again, and finds the stored answer where it was stored after all.
            foreach (var arrival in group) arrival.Fail(problem);
        }
    }

    private List<(Arrival Arrival, IngestDelivery Delivery)> Judge(List<Arrival> arrivals, IReadOnlyList<RegisterKnown> known)
    {
        var (from, at) = (new int[arrivals.Count], 0);
        for (var index = 0; index < arrivals.Count; index++)
        {
            from[index] = at;
            at += arrivals[index].Asked.Count;
        }

        var judged = new IngestDelivery?[arrivals.Count];
        if (at < WorthSharing)
        {
            for (var index = 0; index < arrivals.Count; index++) JudgeOne(index);
        }
        else
        {
            Parallel.For(0, arrivals.Count, JudgeOne);
        }

        return [.. arrivals.Zip(judged).Where(one => one.Second is not null).Select(one => (one.First, one.Second!))];

        void JudgeOne(int index)
        {
            var arrival = arrivals[index];
            try
            {
                judged[index] = arrival.Judge([.. known.Skip(from[index]).Take(arrival.Asked.Count)]);
            }
            catch (Exception problem)
            {
                _log.LogError(problem, "{Arrival} could not be judged.", arrival);
                arrival.Fail(problem);
            }
        }
    }
}
