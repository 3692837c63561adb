using System.Runtime.InteropServices;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Bench.Chaos;

/// <summary>
/// <c>./bench chaos</c>: two hosts on one PostgreSQL, people and devices at work over HTTP, a mail server and another system; then hosts are killed and stopped,
/// the database is crashed and connections are cut, and in the end everything that was acknowledged must be there once, and nothing twice.
/// </summary>
internal static class ChaosVerb
{
    public const string Usage = """
          chaos --cycles N [--seed S] [--crashes N] [--zombies N] [--minutes M] [--clients N] [--report FILE] [--folder DIR]
                   kills hosts under load, crashes PostgreSQL, stops hosts for longer than their leases; then proves that nothing was lost or doubled.
                   SIGTERM to the rig ends the faults; what has been done by then is checked and reported
        """;

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        if (ChaosOptions.Read(arguments) is not { } options)
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }

        Console.WriteLine(options);
        using var enough = new CancellationTokenSource();
        using var told = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        var folder = options.Folder ?? TemporaryData.NewFolder("wf-chaos-");
        Console.WriteLine($"ledger and logs: {folder}");
        try
        {
            var run = await RunAsync(options, folder, enough.Token);
            Console.WriteLine(run.ToText());
            if (options.Report is { } report) await File.WriteAllTextAsync(report, run.ToMarkdown());
            return run.IsClean ? 0 : 1;
        }
        catch (Exception broken)
        {
            // Caught, so that what was started has been ended: an exception that nobody catches leaves the hosts behind.
            Console.Error.WriteLine(broken);
            return 1;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            enough.Cancel();
        }
    }

    private static async Task<ChaosReport> RunAsync(ChaosOptions options, string folder, CancellationToken enough)
    {
        await using var rig = await Rig.StartAsync(folder, HostSettings.ContentRootFrom(null), Rig.ThisProgram);
        using var work = new Work(options.Seed, options.Clients, rig.Cast, rig.Ledger, rig.Mail.Clock);
        await work.WarmUpAsync();
        Console.WriteLine($"{rig.Mail.Clock.Elapsed:hh\\:mm\\:ss}  every way was taken once without a fault; the faults begin");

        var faults = new Faults(options, rig, enough);
        var began = rig.Mail.Clock.Elapsed;
        work.Begin();
        await faults.RunAsync(line => Console.WriteLine($"{line}  acknowledged {work.Acknowledged}  tries {work.Tries}"));
        var faulty = rig.Mail.Clock.Elapsed - began;
        await work.EndAsync(Rig.ClientsPatience);
        await rig.AllUpAsync();

        var evidence = await new EvidenceReader(rig, faults.Done, work).ReadAsync();
        return new ChaosReport(options, faults, new Checker(evidence).Check(), rig.Hosts, faulty);
    }
}
