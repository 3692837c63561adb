using System.Diagnostics;
using System.Text.Json;
using WorkflowEngine.Host.Tests.Http;
using WorkflowEngine.Host.Tests.Reliability;
using WorkflowEngine.Host.Tests.Support;

namespace WorkflowEngine.Bench.Reliability;

/// <summary>All crash cells in process, and some with a process that is killed at the message.</summary>
internal static class CrashVerb
{
    public const string Usage = """
          crash-cells [--cells N] [--aborts N] [--seed S]
                   every step of a host interrupted at every message to the database, in every way (all, unless N are chosen by the seed);
                   with --aborts so many more, in a process of its own that is killed there
        """;

    /// <summary>The verb of the process that is killed: not for people.</summary>
    public const string Child = "crash-child";

    private const int MostShown = 20;
    private const int DefaultSeed = 20221010;

    public static async Task<int> RunAsync(string[] options)
    {
        var (wanted, aborts, seed) = (VerbOptions.Number(options, "--cells") ?? int.MaxValue, VerbOptions.Number(options, "--aborts") ?? 0, VerbOptions.Number(options, "--seed") ?? DefaultSeed);
        using var folder = new TemporaryFolder();
        using var content = new FlowFolder();
        await using var other = await OtherSystem.StartAsync();
        SmallFlows.Write(content, other.Address);
        content.WriteShipped();
        var server = await Workshop.ServerAsync(folder);
        await using var wire = new FaultyWire(server.ConnectionString);
        await using var host = await Workshop.OpenAsync(content, server, wire.Through, other.Address);
        var cells = new CrashCells(host, wire);
        var random = new Random(seed);
        var all = await cells.ListAsync(CrashStep.All, [WireFault.CutBefore, WireFault.CutAfter, WireFault.Refuse, WireFault.Cancel]);
        Console.WriteLine(FormattableString.Invariant($"{CrashStep.All.Count} steps, {all.Count} cells, seed {seed}"));
        var ok = Print("in process", await cells.RunAsync([.. all.OrderBy(_ => random.Next()).Take(wanted)]));
        if (aborts > 0)
        {
            var killed = all.Where(cell => cell.Fault == WireFault.CutBefore).OrderBy(_ => random.Next()).Take(aborts).Select(cell => cell with { Fault = WireFault.Gone }).ToList();
            ok &= Print("killed", await cells.RunAsync(killed, (cell, given) => KillAsync(cell, given, wire, content.Path, wire.Through(server.ConnectionString), other.Address)));
        }

        var asleep = await host.Part<Host.Timers.Reconciler>().RoundAsync(CancellationToken.None);
        Console.WriteLine(FormattableString.Invariant($"orphans found by the reconciler afterwards: {asleep}"));
        return ok && asleep == 0 ? 0 : 1;
    }

    /// <summary>Does one step as a host of its own, until it is killed.</summary>
    /// <param name="given">Content folder, connection string, address of the other system, name of the step, its arguments as JSON.</param>
    public static async Task<int> ActAsync(string[] given)
    {
        await using var host = await Workshop.JoinAsync(given[0], given[1], new Uri(given[2]));
        Console.WriteLine("ready");
        await Console.In.ReadLineAsync();
        var step = CrashStep.All.First(one => one.Name == given[3]);
        await step.ActAsync(host, JsonSerializer.Deserialize<string[]>(given[4])!, CancellationToken.None);
        return 0;
    }

    private static async Task KillAsync(CrashCell cell, string[] given, FaultyWire wire, string content, string connectionString, Uri other)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardInput = true, UseShellExecute = false };
        foreach (var argument in (string[])[typeof(CrashVerb).Assembly.Location, Child, content, connectionString, other.ToString(), cell.Step.Name, JsonSerializer.Serialize(given)])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line && line != "ready")
        {
            // What it says while it starts.
        }

        // SIGKILL: the process has no say in it, and what it sent after this message is not carried.
        wire.Arm(cell.At, cell.Fault, process.Kill);
        await process.StandardInput.WriteLineAsync("go");
        await process.WaitForExitAsync();
    }

    private static bool Print(string how, CrashReport report)
    {
        Console.WriteLine(FormattableString.Invariant($"{how}: {report.Cells} cells, {report.Struck} struck, {report.Wrong.Count} wrong, {report.Took.TotalSeconds:N0} s"));
        foreach (var (step, count) in report.ByStep) Console.WriteLine(FormattableString.Invariant($"  {count,5}  {step}"));
        foreach (var wrong in report.Wrong.Take(MostShown)) Console.WriteLine(wrong);
        return report.Wrong.Count == 0;
    }
}
