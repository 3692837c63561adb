using System.Globalization;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Instances;
using WorkflowEngine.Storage.Outbox;
using WorkflowEngine.Storage.Signals;
using WorkflowEngine.Storage.Timers;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Bench.Simulation;

/// <summary>
/// A host: what it does is written as the host's services do it (CaseService, Sweeper, OutboxPump), step by step, so that anything may happen between two steps. What it has
/// in hand is gone when it crashes.
/// </summary>
internal sealed class VirtualHost(string name, World world)
{
    private const int MaxAttempts = 20;
    private const int BatchSize = 5;
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);

    private readonly List<(string What, IEnumerator<string> Steps)> _inHand = [];
    private readonly List<IDisposable> _claims = [];

    public string Name { get; } = name;

    /// <summary>It does nothing and knows nothing of it: a stopped process, a frozen machine.</summary>
    public bool IsPaused { get; set; }

    public bool IsBusy => _inHand.Count > 0;

    public bool Does(string what) => Has(what) > 0;

    /// <summary>How many of this it has in hand.</summary>
    public int Has(string what) => _inHand.Count(work => work.What == what);

    /// <summary>The server takes its claims away, while this host does not look.</summary>
    public void CutConnections() => _claims.ToList().ForEach(claim => claim.Dispose());

    public void Takes(Intent intent) => Take(intent.ToString(), intent.Wish switch
    {
        Wish.File => File(intent),
        Wish.Answer => Answer(intent),
        _ => Cancel(intent),
    });

    public void Sweeps() => Take("timers", SweepTimers());

    public void Delivers() => Take("signals", SweepSignals());

    public void Mails() => Take("mail", SendMails());

    /// <summary>Does the next step of something that it has in hand.</summary>
    public void Step(Random random)
    {
        var index = random.Next(_inHand.Count);
        var (what, steps) = _inHand[index];
        try
        {
            if (steps.MoveNext())
            {
                world.Note($"{Name}: {what}: {steps.Current}");
                return;
            }
        }
        catch (ConnectionLost lost)
        {
            world.Note($"{Name}: {what}: {lost.Message}");
        }

        steps.Dispose();
        _inHand.RemoveAt(index);
    }

    /// <summary>kill -9: its claims fall with its connections.</summary>
    public void Crash()
    {
        foreach (var (_, steps) in _inHand)
        {
            steps.Dispose();
        }

        _inHand.Clear();
        IsPaused = false;
    }

    private void Take(string what, IEnumerable<string> steps) => _inHand.Add((what, steps.GetEnumerator()));

    private IEnumerable<string> File(Intent intent)
    {
        if (world.Store.AnswerTo(intent.Key) is not null)
        {
            world.Answer(intent, Told.Done);
            yield break;
        }

        yield return "the key is new";
        var id = world.NewId();
        var header = new CaseHeader($"S-{id:N}", "甲科技接入深圳", new Dictionary<string, string>
        {
            [CaseHeader.Applicant] = Office.Applicant, [CaseHeader.Authority] = Office.Authority, [CaseHeader.Province] = "440000",
        });
        var turn = world.Office.Begin(id, Office.Case, new NewInstance(Office.Case, 1, "r1", Office.Authority), header);
        var now = world.Now;
        turn.Run(new Stimulus.Start(null, [], null), now);
        yield return string.Create(CultureInfo.InvariantCulture, $"decided to open {world.Called(id)}");
        foreach (var step in Commit(turn.ToUnit(now, intent.Key), intent))
        {
            yield return step;
        }

        if (_result is CommitResult.Committed or CommitResult.DuplicateKey)
        {
            world.Answer(intent, Told.Done);
        }
    }

    private IEnumerable<string> Answer(Intent intent)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (world.Store.Task(intent.TaskId!) is not { Open: true })
            {
                world.Answer(intent, world.Store.AnswerTo(intent.Key) is not null ? Told.Done : Told.AlreadyDone);
                yield break;
            }

            var turn = world.Office.Resume(world.Store.Load(intent.Case!.Value)!);
            yield return string.Create(CultureInfo.InvariantCulture, $"read {world.Called(intent.Case.Value)} at revision {turn.State.Revision}");
            var now = world.Now;
            switch (turn.Run(new Stimulus.TaskCompleted(intent.TaskId!, intent.Outcome!, [], Office.Officer), now))
            {
                case RunResult.Refused:
                    // What this host read may be old: the same intent may have gone through meanwhile.
                    world.Answer(intent, world.Store.AnswerTo(intent.Key) is not null ? Told.Done : Told.Refused);
                    yield break;
                case RunResult.NotWaiting:
                    continue;
            }

            yield return "decided";
            foreach (var step in Commit(turn.ToUnit(now, intent.Key), intent))
            {
                yield return step;
            }

            if (_result is CommitResult.Committed or CommitResult.DuplicateKey || (_result is CommitResult.LostRace && world.Defect == Defect.TakesALostRaceForDone))
            {
                world.Answer(intent, Told.Done);
                yield break;
            }
        }

        throw new SimulationFailure($"{intent}: {MaxAttempts} attempts lost their race");
    }

    private IEnumerable<string> Cancel(Intent intent)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (world.Store.AnswerTo(intent.Key) is not null)
            {
                world.Answer(intent, Told.Done);
                yield break;
            }

            var turn = world.Office.Resume(world.Store.Load(intent.Case!.Value)!);
            yield return string.Create(CultureInfo.InvariantCulture, $"read {world.Called(intent.Case.Value)} at revision {turn.State.Revision}");
            var now = world.Now;
            if (turn.Run(new Stimulus.Cancel("撤回", Office.Officer), now) is not RunResult.Ran)
            {
                world.Answer(intent, world.Store.AnswerTo(intent.Key) is not null ? Told.Done : Told.AlreadyDone);
                yield break;
            }

            foreach (var step in Commit(turn.ToUnit(now, intent.Key), intent))
            {
                yield return step;
            }

            if (_result is CommitResult.Committed or CommitResult.DuplicateKey)
            {
                world.Answer(intent, Told.Done);
                yield break;
            }
        }

        throw new SimulationFailure($"{intent}: {MaxAttempts} attempts lost their race");
    }

    /// <summary>The result of the latest <see cref="Commit"/>; set in the step in which it was made.</summary>
    private CommitResult? _result;

    private IEnumerable<string> Commit(CommitUnit unit, Intent intent)
    {
        if (world.Defect == Defect.AnswersBeforeTheCommit)
        {
            world.Answer(intent, Told.Done);
        }

        if (world.Defect == Defect.SendsBeforeTheCommit)
        {
            SendAtOnce(unit);
        }

        yield return "goes to commit";
        while (world.Store.IsHeld(unit.InstanceId))
        {
            yield return "waits for a lock";
        }

        world.MayRefuse(Name);
        var result = world.Store.Commit([unit])[0];
        world.Check();
        if (result is CommitResult.Committed && world.Defect == Defect.CommitsInTwo)
        {
            yield return "committed the state";
            world.Store.ApplyEffects(unit);
            world.Check(isWhole: true);
        }

        world.MayLoseTheAnswer(Name);
        yield return result is CommitResult.Committed committed ? string.Create(CultureInfo.InvariantCulture, $"committed revision {committed.Revision}") : result.GetType().Name;
        _result = result;
    }

    /// <summary>What <see cref="Defect.SendsBeforeTheCommit"/> does.</summary>
    private void SendAtOnce(CommitUnit unit)
    {
        foreach (var (id, letter) in unit.Letters)
        {
            world.Deliver(new OutboxMail($"{id}.1", $"{id}.1@workflow-engine", "", letter.Deliveries[0].Outlet, letter.Deliveries[0].Recipient, "s", "h", "t", 1, unit.BusinessNow));
        }
    }

    private IEnumerable<string> SweepTimers()
    {
        var now = world.Now;
        using var claimed = Holding(world.Store.ClaimDue(now, BatchSize));
        if (claimed.Rows.Count == 0)
        {
            yield break;
        }

        yield return string.Create(CultureInfo.InvariantCulture, $"claimed {claimed.Rows.Count}");
        var turns = new Dictionary<Guid, Office.Turn>();
        var notWaiting = new List<DueTimer>();
        foreach (var timer in claimed.Rows)
        {
            if (TurnOf(timer.InstanceId, claimed.Instances, turns).Run(new Stimulus.TimerFired(timer.Id), now, timer: timer.Id) is not RunResult.Ran)
            {
                notWaiting.Add(timer);
            }
        }

        yield return "decided";
        world.MayRefuse(Name);
        Conclude(claimed, turns, notWaiting, now);
        yield return "committed";
    }

    private IEnumerable<string> SweepSignals()
    {
        var now = world.Now;
        using var claimed = Holding(world.Store.ClaimSignals(BatchSize));
        if (claimed.Rows.Count == 0)
        {
            yield break;
        }

        yield return string.Create(CultureInfo.InvariantCulture, $"claimed {claimed.Rows.Count}");
        var turns = new Dictionary<Guid, Office.Turn>();
        var notWaiting = new List<PendingSignal>();
        foreach (var signal in claimed.Rows)
        {
            if (!Deliver(signal, claimed.Instances, turns, now))
            {
                notWaiting.Add(signal);
            }
        }

        yield return "decided";
        world.MayRefuse(Name);
        Conclude(claimed, turns, notWaiting, now);
        yield return "committed";
    }

    private bool Deliver(PendingSignal signal, IReadOnlyDictionary<Guid, StoredInstance> instances, Dictionary<Guid, Office.Turn> turns, DateTimeOffset now)
    {
        switch (signal.Kind)
        {
            case SignalKind.StartChild:
                if (instances.ContainsKey(signal.InstanceId) || turns.ContainsKey(signal.InstanceId))
                {
                    return false;
                }

                var (parent, bookmark) = (signal.Payload!["parent"]!.GetValue<Guid>(), signal.Payload["bookmarkId"]?.GetValue<string>());
                var child = world.Office.Begin(signal.InstanceId, signal.Name, new NewInstance(signal.Name, 1, "r1", Office.Authority, parent, bookmark), null);
                turns.Add(signal.InstanceId, child);
                return child.Run(new Stimulus.Start(null, [], null), now, signal: signal.Id) is RunResult.Ran;
            case SignalKind.ChildFinished:
                var end = new Stimulus.ChildFinished(signal.BookmarkId!, signal.Payload!["child"]!.GetValue<Guid>(), signal.Payload["faulted"]!.GetValue<bool>(), []);
                return TurnOf(signal.InstanceId, instances, turns).Run(end, now, signal: signal.Id) is RunResult.Ran;
            default:
                return TurnOf(signal.InstanceId, instances, turns).Run(new Stimulus.MessageArrived(signal.BookmarkId!, signal.Payload), now, signal: signal.Id) is RunResult.Ran;
        }
    }

    private void Conclude<T>(MemoryClaim<T> claim, Dictionary<Guid, Office.Turn> turns, IReadOnlyList<T> notWaiting, DateTimeOffset now)
    {
        var units = turns.Values.Where(turn => turn.HasRun).Select(turn => turn.ToUnit(now)).ToList();
        if (world.Defect == Defect.SendsBeforeTheCommit)
        {
            units.ForEach(SendAtOnce);
        }

        var results = claim.Commit(units, notWaiting);
        foreach (var result in results)
        {
            if (result is not CommitResult.Committed)
            {
                throw new SimulationFailure($"{Name} holds what it has claimed and could not commit it: {result}");
            }
        }

        if (world.Defect == Defect.CommitsInTwo)
        {
            units.ForEach(world.Store.ApplyEffects);
        }

        world.Check(isWhole: true);
    }

    private IEnumerable<string> SendMails()
    {
        foreach (var mail in world.Store.ClaimMails(world.SystemNow, Lease, BatchSize))
        {
            yield return $"tries a mail for the {mail.Attempt}. time";
            if (world.MailIsDown)
            {
                world.Store.MarkFailed(mail, world.SystemNow);
                yield return "the mail server does not answer";
                continue;
            }

            world.Deliver(mail);
            yield return "the mail server took it";
            world.Store.MarkSent(mail);
        }
    }

    private Office.Turn TurnOf(Guid id, IReadOnlyDictionary<Guid, StoredInstance> instances, Dictionary<Guid, Office.Turn> turns)
    {
        if (!turns.TryGetValue(id, out var turn))
        {
            turns.Add(id, turn = world.Office.Resume(instances[id]));
        }

        return turn;
    }

    private MemoryClaim<T> Holding<T>(MemoryClaim<T> claim)
    {
        _claims.RemoveAll(earlier => earlier is MemoryClaim<T> { IsOver: true });
        _claims.Add(claim);
        return claim;
    }
}
