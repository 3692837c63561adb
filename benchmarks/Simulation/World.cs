using System.Globalization;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Bench.Simulation;

/// <summary>What came of one seed.</summary>
/// <param name="Failure">The invariant that did not hold; null when all did.</param>
/// <param name="Trace">What happened, in order; told on failure.</param>
/// <param name="Steps">Steps that the scheduler took.</param>
internal sealed record Outcome(int Seed, string? Failure, IReadOnlyList<string> Trace, int Steps, Tally Tally);

/// <summary>What a run went through, so that a report can show that it was no idle one.</summary>
internal sealed record Tally(int Cases, int Intents, int Commits, int Crashes, int Pauses, int Cuts, int Refusals, int LostAnswers, int MailsTwice);

/// <summary>
/// One simulated run: hosts, clients, both clocks and every fault follow from the seed, so that a seed that fails fails again, step by step. After each commit what lies in the tables is
/// compared with the reference model; at the end everything is healed and nothing may be lost, doubled or stuck.
/// </summary>
internal sealed partial class World
{
    private const int Hosts = 3;
    private const int MostCases = 4;
    private const int Disturbed = 450;
    private const int Enough = 60_000;

    private readonly Random _random;
    private readonly VirtualHost[] _hosts;
    private readonly List<Intent> _intents = [];
    private readonly Dictionary<Guid, CaseBook> _books = [];
    private readonly List<string> _trace = [];
    private readonly int _seed;
    private bool _isHealed;
    private int _steps, _ids, _crashes, _pauses, _cuts, _refusals, _lost;

    private World(int seed, Defect defect)
    {
        _seed = seed;
        _random = new Random(seed);
        Defect = defect;
        Store = new MemoryStore(defect);
        _hosts = [.. Enumerable.Range(1, Hosts).Select(number => new VirtualHost($"host {number}", this))];
    }

    public Defect Defect { get; }

    public MemoryStore Store { get; }

    public Office Office { get; } = Office.Shared;

    /// <summary>Business time.</summary>
    public DateTimeOffset Now { get; private set; } = Office.Opening;

    /// <summary>System time: leases and patience.</summary>
    public DateTimeOffset SystemNow { get; private set; } = DateTimeOffset.UnixEpoch;

    public bool MailIsDown { get; private set; }

    public static Outcome Run(int seed, Defect defect = Defect.None)
    {
        var world = new World(seed, defect);
        string? failure = null;
        try
        {
            world.Disturb();
            world.Heal();
        }
        catch (SimulationFailure wrong)
        {
            failure = wrong.Message;
        }
        catch (Exception broken) when (defect != Defect.None && broken is InvalidOperationException or KeyNotFoundException or ArgumentException)
        {
            // A planted defect may break the store itself.
            failure = broken.Message;
        }

        return new Outcome(seed, failure, world._trace, world._steps, new Tally(
            world._books.Count, world._intents.Count, world.Store.Log.Count, world._crashes, world._pauses, world._cuts, world._refusals, world._lost,
            world._delivered.Values.Count(delivered => delivered.Times > 1)));
    }

    public Guid NewId()
    {
        var bytes = new byte[16];
        _random.NextBytes(bytes);
        return new Guid(bytes);
    }

    /// <summary>A short name for a case, by the order in which it appeared.</summary>
    public string Called(Guid id)
    {
        if (!_books.TryGetValue(id, out var book))
        {
            _books.Add(id, book = new CaseBook(string.Create(CultureInfo.InvariantCulture, $"case {++_ids}")));
        }

        return book.Called;
    }

    public void Note(string what) => _trace.Add(string.Create(CultureInfo.InvariantCulture, $"{_trace.Count,4} {Now:MM-dd HH:mm} {what}"));

    /// <summary>The database refuses: nothing of the commit has happened.</summary>
    public void MayRefuse(string host)
    {
        if (Chance(25))
        {
            _refusals++;
            Note($"{host}: the database refuses");
            throw new ConnectionLost();
        }
    }

    /// <summary>The connection breaks after the commit, before the host hears of it.</summary>
    public void MayLoseTheAnswer(string host)
    {
        if (Chance(25))
        {
            _lost++;
            Note($"{host}: committed, and never hears of it");
            throw new ConnectionLost();
        }
    }

    /// <summary>A host answers a client, which may not hear it.</summary>
    public void Answer(Intent intent, Told told)
    {
        if (Chance(8))
        {
            _lost++;
            Note($"{intent}: {told}, and the answer is lost");
            return;
        }

        Note($"{intent}: {told}");
        // That one copy was not taken says nothing yet while another is on its way: the client asks again.
        if (told == Told.Done || _hosts.Sum(host => host.Has(intent.ToString())) == 1)
        {
            intent.Hears(told);
        }
    }

    private void Disturb()
    {
        for (var step = 0; step < Disturbed; step++, _steps++)
        {
            SystemNow = SystemNow.AddSeconds(_random.Next(5));
            var host = _hosts[_random.Next(Hosts)];
            switch (_random.Next(100))
            {
                case < 55:
                    if (host is { IsPaused: false, IsBusy: true })
                    {
                        host.Step(_random);
                    }

                    break;
                case < 72:
                    Ask(host);
                    break;
                case < 84:
                    Work(host);
                    break;
                case < 92:
                    Pass(TimeSpan.FromMinutes(_random.Next(_random.Next(3) == 0 ? 3 * 1440 : 120)));
                    break;
                default:
                    Disturb(host);
                    break;
            }
        }
    }

    private void Disturb(VirtualHost host)
    {
        switch (_random.Next(7))
        {
            case 0:
                _crashes++;
                Note($"{host.Name} is killed");
                host.Crash();
                break;
            case 1:
                _pauses++;
                Note($"{host.Name} stands still");
                host.IsPaused = true;
                break;
            case 2 or 3:
                if (host.IsPaused)
                {
                    // Longer than any lease.
                    SystemNow = SystemNow.AddMinutes(_random.Next(30));
                    Note($"{host.Name} goes on where it stood");
                    host.IsPaused = false;
                }

                break;
            case 4:
                _cuts++;
                Note($"the connections of {host.Name} are cut");
                host.CutConnections();
                break;
            default:
                MailIsDown = !MailIsDown;
                Note(MailIsDown ? "the mail server is down" : "the mail server is back");
                break;
        }
    }

    /// <summary>A client wants something new, or repeats itself because it has heard nothing.</summary>
    private void Ask(VirtualHost host)
    {
        var unheard = _intents.Where(intent => intent.Told is null).ToList();
        if (unheard.Count > 0 && _random.Next(3) == 0)
        {
            Send(unheard[_random.Next(unheard.Count)], host);
        }
        else if (_books.Count < MostCases && _random.Next(3) == 0)
        {
            Want(Wish.File, null, null, null, null, host);
        }
        else if (_random.Next(6) == 0)
        {
            Note($"traffic comes, {Store.SendToExpecting("event", "traffic", null)} cases hear of it");
        }
        else if (Store.Tasks.Where(task => task.Open).ToList() is { Count: > 0 } open)
        {
            var task = open[_random.Next(open.Count)];
            if (_random.Next(25) == 0)
            {
                Want(Wish.Cancel, task.InstanceId, null, null, null, host);
            }
            else
            {
                Want(Wish.Answer, task.InstanceId, task.Id, task.ActivityId, OutcomeOf(task), host);
            }
        }
    }

    private string OutcomeOf(TaskRow task) => task.ActivityId switch
    {
        "review" => _isHealed || _random.Next(2) == 0 ? "Approved" : "Returned",
        "correct" => "Resubmitted",
        _ => "Answered",
    };

    private void Want(Wish wish, Guid? @case, string? task, string? step, string? outcome, VirtualHost host)
    {
        var intent = new Intent(_intents.Count + 1, wish, @case, task, step, outcome);
        _intents.Add(intent);
        Send(intent, host);
    }

    private void Send(Intent intent, VirtualHost host)
    {
        intent.Sent++;
        Note($"{intent} is sent to {host.Name} for the {intent.Sent}. time{(intent.Case is { } id ? $", about {Called(id)}" : "")}");
        host.Takes(intent);
    }

    /// <summary>The bell of a host rings: each of its workers works once at a time.</summary>
    private void Work(VirtualHost host)
    {
        switch (_random.Next(3))
        {
            case 0 when !host.Does("timers"):
                host.Sweeps();
                break;
            case 1 when !host.Does("signals"):
                host.Delivers();
                break;
            case 2 when !host.Does("mail"):
                host.Mails();
                break;
        }
    }

    private void Pass(TimeSpan time)
    {
        Now += time;
        SystemNow += TimeSpan.FromMinutes(_random.Next(20));
    }

    private bool Chance(int oneIn) => !_isHealed && _random.Next(oneIn) == 0;

    /// <summary>No more faults: everything that was begun comes to its end, and every case to its own.</summary>
    private void Heal()
    {
        _isHealed = true;
        MailIsDown = false;
        Note("everything is healed");
        foreach (var host in _hosts)
        {
            host.IsPaused = false;
        }

        while (!Quiet())
        {
            if (++_steps > Enough)
            {
                throw new SimulationFailure($"there is no end: {string.Join("; ", Store.Instances.Where(stored => stored.State.Status == InstanceStatus.Running).Select(Waits))}");
            }
        }

        Conclude();
    }

    /// <summary>One round of healed life; true when there is nothing left to do.</summary>
    private bool Quiet()
    {
        foreach (var host in _hosts)
        {
            while (host.IsBusy)
            {
                host.Step(_random);
                if (++_steps > Enough)
                {
                    return false;
                }

                // Whoever waits for a lock waits for another host.
                foreach (var other in _hosts.Where(other => other != host && other.IsBusy))
                {
                    other.Step(_random);
                }
            }
        }

        _hosts[0].Sweeps();
        _hosts[1].Delivers();
        _hosts[2].Mails();
        SystemNow = SystemNow.AddHours(2);
        if (_intents.Find(intent => intent.Told is null) is { } unheard)
        {
            Send(unheard, _hosts[0]);
            return false;
        }

        if (Store.Signals.Any(row => row.Status == "pending") || Store.Mails.Any(mail => mail.Status == "pending") || Store.NextDue <= Now)
        {
            return false;
        }

        if (Store.Tasks.FirstOrDefault(task => task.Open) is { } open)
        {
            Want(Wish.Answer, open.InstanceId, open.Id, open.ActivityId, OutcomeOf(open), _hosts[0]);
            return false;
        }

        if (_books.Values.Any(book => book.AwaitsTraffic) && Store.SendToExpecting("event", "traffic", null) > 0)
        {
            return false;
        }

        if (Store.NextDue is { } next)
        {
            Now = next;
            return false;
        }

        return !_hosts.Any(host => host.IsBusy) || !_hosts.Any(host => host.Does("timers") || host.Does("signals") || host.Does("mail")) || Finished();
    }

    /// <summary>The workers that were rung last find nothing.</summary>
    private bool Finished()
    {
        foreach (var host in _hosts)
        {
            while (host.IsBusy)
            {
                host.Step(_random);
            }
        }

        return true;
    }
}
