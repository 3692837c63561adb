using System.Diagnostics;
using System.Globalization;

namespace WorkflowEngine.Bench.Chaos;

/// <summary>
/// The faults of a run, drawn from the seed: every cycle kills a host; some stop the database besides, make the other host a zombie, or cut connections.
/// Which cycle does what is fixed by the seed; how far the hosts have come by then is not.
/// </summary>
/// <param name="enough">No new cycle begins after this: the run was stopped by a signal.</param>
internal sealed class Faults(ChaosOptions options, Rig rig, CancellationToken enough)
{
    /// <summary>Longer than a host holds anything that another could do: mails and requests it has claimed, locks of a transaction that stands still.</summary>
    private static readonly TimeSpan LongerThanLeases = TimeSpan.FromSeconds(12);

    private readonly IReadOnlyList<RigHost> _hosts = rig.Hosts;
    private readonly Stopwatch _clock = rig.Mail.Clock;
    private readonly Random _random = new(options.Seed);

    public List<Fault> Done { get; } = [];

    public int Cycles { get; private set; }

    /// <summary>The machine's load average of the last minute, at the end of each cycle.</summary>
    public List<double> Load { get; } = [];

    public async Task RunAsync(Action<string> tell)
    {
        var order = Enumerable.Range(0, options.Cycles).OrderBy(_ => _random.Next()).ToList();
        var crashes = order.Take(options.Crashes).ToHashSet();
        var zombies = order.Skip(options.Cycles - options.Zombies).ToHashSet();
        for (; Cycles < options.Cycles && !enough.IsCancellationRequested && (options.Limit is not { } limit || _clock.Elapsed < limit); Cycles++)
        {
            await PauseAsync(50, 800);
            var draw = (Victim: _random.Next(_hosts.Count), Both: _random.Next(20) == 0, Cut: _random.Next(3) == 0, Share: _random.NextDouble());
            if (zombies.Contains(Cycles)) await ZombieAsync(draw.Victim, crashes.Contains(Cycles));
            else if (crashes.Contains(Cycles)) await CrashAsync(_hosts[draw.Victim]);
            else await KillAsync(draw.Both ? _hosts : [_hosts[draw.Victim]]);

            if (draw.Cut && _hosts.Any(host => host.IsUp)) await CutAsync(draw.Share);
            await rig.AllUpAsync();
            Load.Add(double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture));
            if ((Cycles + 1) % 10 == 0) tell(Line());
        }
    }

    public string Line() => string.Create(
        CultureInfo.InvariantCulture,
        $"{_clock.Elapsed:hh\\:mm\\:ss}  cycles {Cycles + 1}  kills {Killed}  crashes {Count(FaultKind.Crash)}  zombies {Count(FaultKind.Thaw)}  cuts {Count(FaultKind.Cut)}");

    public int Count(FaultKind kind) => Done.Count(fault => fault.Kind == kind);

    public int Killed => Count(FaultKind.Kill) + (_hosts.Count * Count(FaultKind.KillBoth));

    /// <param name="withDatabase">False: the database is stopped at about the same time, so that no host can go on.</param>
    private async Task KillAsync(IReadOnlyList<RigHost> victims, bool withDatabase = true)
    {
        var survivor = withDatabase && _hosts.Except(victims).Any(host => host.IsUp);
        Note(victims.Count > 1 ? FaultKind.KillBoth : FaultKind.Kill, string.Join(" and ", victims.Select(host => host.Name)), survivor);
        await Task.WhenAll(victims.Select(host => host.KillAsync()));
    }

    /// <summary>The database is stopped at once, around the time at which a host is killed.</summary>
    private async Task CrashAsync(RigHost victim)
    {
        var again = Again();
        var killsFirst = _random.Next(2) == 0;
        if (killsFirst) await KillAsync([victim], withDatabase: false);
        Note(FaultKind.Crash, again is null ? "once" : "and again while it recovers", hadSurvivor: false);
        var crash = rig.Database.CrashAsync(again);
        if (!killsFirst)
        {
            await PauseAsync(0, 400);
            await KillAsync([victim], withDatabase: false);
        }

        await crash;
    }

    /// <summary>One host stands still for longer than every lease; meanwhile the other is killed and the database may be stopped.</summary>
    private async Task ZombieAsync(int frozen, bool crashes)
    {
        var zombie = _hosts[frozen];
        Note(FaultKind.Freeze, zombie.Name, _hosts.Any(host => host != zombie && host.IsUp));
        await zombie.FreezeAsync();
        var since = _clock.Elapsed;
        await PauseAsync(1_000, 6_000);
        if (crashes)
        {
            var again = Again();
            Note(FaultKind.Crash, again is null ? "once" : "and again while it recovers", hadSurvivor: false);
            await rig.Database.CrashAsync(again);
        }

        await KillAsync([_hosts[(frozen + 1) % _hosts.Count]]);
        var left = LongerThanLeases - (_clock.Elapsed - since);
        if (left > TimeSpan.Zero) await Task.Delay(left);
        await zombie.ThawAsync();
        Note(FaultKind.Thaw, zombie.Name, hadSurvivor: true);
    }

    private async Task CutAsync(double share)
    {
        var cut = await rig.Database.CutAsync(share, _random);
        Note(FaultKind.Cut, $"{cut} connections", hadSurvivor: true);
    }

    /// <summary>Every second crash is followed by another one, up to half a second after the server was started.</summary>
    private TimeSpan? Again()
    {
        var (again, wait) = (_random.Next(2) == 0, _random.Next(500));
        return again ? TimeSpan.FromMilliseconds(wait) : null;
    }

    private Task PauseAsync(int least, int most) => Task.Delay(_random.Next(least, most));

    private void Note(FaultKind kind, string what, bool hadSurvivor)
    {
        var fault = new Fault(kind, _clock.Elapsed, what, hadSurvivor);
        Done.Add(fault);
        rig.Ledger.Happened(fault);
    }
}
