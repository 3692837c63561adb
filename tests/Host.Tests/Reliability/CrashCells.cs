using System.Diagnostics;
using WorkflowEngine.Host.Http;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Host.Tests.Reliability;

/// <summary>One place where a fault strikes.</summary>
/// <param name="At">At which message to the database, counted from one.</param>
public sealed record CrashCell(CrashStep Step, int At, WireFault Fault)
{
    public override string ToString() => $"{Step.Name} [message {At}, {Fault}]";
}

/// <summary>What came of the cells.</summary>
/// <param name="ByStep">How many of each step were tried.</param>
/// <param name="Struck">In how many the fault happened; a message that a second run does not send again cannot be struck.</param>
/// <param name="Wrong">Each names its cell and what differs.</param>
public sealed record CrashReport(IReadOnlyDictionary<string, int> ByStep, int Struck, IReadOnlyList<string> Wrong, TimeSpan Took)
{
    public int Cells => ByStep.Values.Sum();
}

/// <summary>
/// Every step, interrupted at every message that it sends to the database, in every way. Then what a restarted host or a person who heard nothing does: the same once
/// more. In the end everything must be as if nothing had happened: nothing lost, nothing twice, nothing that sleeps for ever.
/// </summary>
public sealed class CrashCells(Workshop host, FaultyWire wire)
{
    private const int Attempts = 5;

    /// <summary>How a step is interrupted: by a fault of the wire, or by the death of a process.</summary>
    public delegate Task Interruption(CrashCell cell, string[] given);

    /// <summary>The cells of these steps: every message, every fault.</summary>
    public async Task<IReadOnlyList<CrashCell>> ListAsync(IEnumerable<CrashStep> steps, IReadOnlyList<WireFault> faults)
    {
        var cells = new List<CrashCell>();
        foreach (var step in steps)
        {
            // Once unwatched, so that what is only looked up the first time is not counted.
            await step.ActAsync(host, await step.PrepareAsync(host), CancellationToken.None);
            var given = await step.PrepareAsync(host);
            wire.Watch();
            await step.ActAsync(host, given, CancellationToken.None);
            var messages = wire.Seen;
            await SettleAsync();
            cells.AddRange(from at in Enumerable.Range(1, messages) from fault in faults select new CrashCell(step, at, fault));
        }

        return cells;
    }

    /// <param name="interrupt">Null: by the wire, in this process.</param>
    public async Task<CrashReport> RunAsync(IReadOnlyList<CrashCell> cells, Interruption? interrupt = null)
    {
        var watch = Stopwatch.StartNew();
        var (byStep, wrong, struck) = (new SortedDictionary<string, int>(StringComparer.Ordinal), new List<string>(), 0);
        foreach (var step in cells.GroupBy(cell => cell.Step))
        {
            var wanted = await EndAsync(step.Key, await step.Key.PrepareAsync(host));
            foreach (var cell in step)
            {
                byStep[step.Key.Name] = byStep.GetValueOrDefault(step.Key.Name) + 1;
                var given = await step.Key.PrepareAsync(host);
                await (interrupt ?? InterruptAsync)(cell, given);
                if (wire.HasStruck) struck++;
                wire.Watch();
                await host.NobodyIsAtItAsync();
                try
                {
                    var end = await EndAsync(step.Key, given);
                    if (end != wanted) wrong.Add($"{cell}:\n--- wanted\n{wanted}\n--- got\n{end}");
                }
                catch (Exception failed)
                {
                    wrong.Add($"{cell}: {failed}");
                }
            }
        }

        return new CrashReport(byStep, struck, wrong, watch.Elapsed);
    }

    private async Task InterruptAsync(CrashCell cell, string[] given)
    {
        using var cancelled = new CancellationTokenSource();
        wire.Arm(cell.At, cell.Fault, cancelled.Cancel);
        try
        {
            await cell.Step.ActAsync(host, given, cancelled.Token);
        }
        catch (Exception) when (wire.HasStruck)
        {
            // Whoever asked has no answer, or a wrong one; what has become true is seen afterwards.
            return;
        }
    }

    /// <summary>Does the step, again if need be, lets everything happen that follows, and tells how things stand.</summary>
    private async Task<string> EndAsync(CrashStep step, string[] given)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var answer = await step.ActAsync(host, given, CancellationToken.None);
                await SettleAsync();
                var ids = given.Append(answer).Select(text => Guid.TryParse(text, out var id) ? id : (Guid?)null).OfType<Guid>().Distinct().ToArray();
                return (Guid.TryParse(answer, out _) ? "" : answer + "\n") + await host.PictureAsync(ids);
            }
            catch (Exception problem) when (attempt < Attempts && DatabaseTrouble.IsPassing(problem))
            {
                // A connection of the pool that the fault has left behind.
                continue;
            }
        }
    }

    private async Task SettleAsync()
    {
        do await host.SweepAsync();
        while (await host.Part<RequestPump>().DrainAsync(CancellationToken.None) > 0);
    }
}
