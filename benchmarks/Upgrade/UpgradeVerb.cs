using System.Globalization;
using WorkflowEngine.Bench.Chaos;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Bench.Upgrade;

/// <summary>
/// <c>./bench upgrade</c>: hosts of an earlier commit are exchanged for those of this build, one by one, while people and devices work at both. What every client was told is compared with what
/// is there, as after a chaos run: the same cases go on under either build, on one schema.
/// </summary>
internal static class UpgradeVerb
{
    public const string Usage = """
          upgrade --from COMMIT [--seconds N] [--clients N] [--seed S]
                   hosts built from the commit and hosts of this build serve side by side on one database; N seconds (30) between two exchanges
        """;

    private const double LeastShare = 95;

    public static async Task<int> RunAsync(IReadOnlyList<string> options)
    {
        if (Value("--from") is not { } commit || options.Count % 2 != 0)
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }

        var (seconds, clients, seed) = (TimeSpan.FromSeconds(Number("--seconds", 30)), Number("--clients", 6), Number("--seed", 1));
        var repository = HostSettings.ContentRootFrom(null);
        Console.WriteLine($"building {commit}");
        await using var older = await OlderBuild.MakeAsync(repository, commit, Path.Combine(repository, "src", "Host", "node_modules"));
        var folder = TemporaryData.NewFolder("wf-upgrade-");
        Console.WriteLine($"ledger and logs: {folder}");
        await using var rig = await Rig.StartAsync(folder, older.Folder, older.Program);
        using var work = new Work(seed, clients, rig.Cast, rig.Ledger, rig.Mail.Clock);
        await work.WarmUpAsync();

        var (a, b) = (rig.Hosts[0], rig.Hosts[1]);
        var done = new List<Fault>();
        work.Begin();
        await Task.Delay(seconds);
        await StepAsync($"{b.Name}: from {commit} to this build, which migrates; {a.Name} goes on", () => b.ExchangeAsync(Rig.ThisProgram));
        await StepAsync($"{a.Name}, of {commit}, is started again on the newer schema", () => a.ExchangeAsync(older.Program));
        await StepAsync($"{b.Name}, of this build, is killed; {a.Name}, of {commit}, carries on with its cases", b.KillAsync);
        await StepAsync($"{a.Name}: to this build", () => a.ExchangeAsync(Rig.ThisProgram));
        await work.EndAsync(Rig.ClientsPatience);
        await rig.AllUpAsync();

        var figures = new Checker(await new EvidenceReader(rig, done, work).ReadAsync()).Check();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{figures.Share:0.00} % of {figures.Intents} intents acknowledged."));
        foreach (var line in figures.Lines) Console.WriteLine(line);
        foreach (var finding in figures.Findings) Console.WriteLine($"FOUND {finding.Check}: {finding.What}");
        return figures.Share >= LeastShare && figures.Findings.Count == 0 ? 0 : 1;

        async Task StepAsync(string what, Func<Task> exchange)
        {
            Console.WriteLine($@"{rig.Mail.Clock.Elapsed:hh\:mm\:ss}  acknowledged {work.Acknowledged}  {what}");
            var step = new Fault(FaultKind.Exchange, rig.Mail.Clock.Elapsed, what, HadSurvivor: true);
            done.Add(step);
            rig.Ledger.Happened(step);
            await exchange();
            await rig.AllUpAsync();
            await Task.Delay(seconds);
        }

        string? Value(string name) => options.ToList().IndexOf(name) is >= 0 and var at && at + 1 < options.Count ? options[at + 1] : null;

        int Number(string name, int otherwise) => Value(name) is { } text ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : otherwise;
    }
}
