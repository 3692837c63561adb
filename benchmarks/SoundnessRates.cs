using System.Diagnostics;
using System.Globalization;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Soundness;
using WorkflowEngine.Workflows.Tests.Soundness;

namespace WorkflowEngine.Bench;

/// <summary>What a proof of soundness costs: CPU and memory for every state of a flow. Goal: 1,000 steps, mostly one after the other, in under a second.</summary>
internal static class SoundnessRates
{
    private const int Repetitions = 5;

    public static int Run()
    {
        foreach (var mode in new[] { "CounterBased", "TokenBased" })
        {
            Measure($"1,000 tasks in a row, {mode}", Row(mode));
            Measure($"1,000 steps, 100 decisions, {mode}", Decisions(mode));
            Measure($"8 branches of 2 decisions side by side, {mode}", Wide(mode, 8, 2));
        }

        foreach (var path in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Shipped"), "*.json").Order(StringComparer.Ordinal))
        {
            Measure(Path.GetFileNameWithoutExtension(path), WorkflowDefinition.Read(File.ReadAllText(path), path).Definition!);
        }

        // Close to the most that is looked at, and only once: it takes a minute or two.
        Measure("7 branches of 6 decisions side by side, TokenBased", Wide("TokenBased", 7, 6), repetitions: 1);
        return 0;
    }

    private static void Measure(string name, WorkflowDefinition definition, int repetitions = Repetitions)
    {
        var time = new Samples(name, "ms CPU", "N0", leastIsBest: true);
        SoundnessReport? report = null;
        for (var repetition = 0; repetition < repetitions; repetition++)
        {
            var before = Samples.Cpu;
            report = SoundnessCheck.Run(definition);
            time.Add(Samples.CpuSince(before).TotalMilliseconds);
        }

        time.Print(string.Create(
            CultureInfo.InvariantCulture,
            $"{report!.States:N0} states{(report.IsExact ? "" : ", not proven")}, {time.Median * 1000 / report.States:N0} µs each; findings: {report.Findings.Count}; memory of the process at most {PeakMemory:N0} MB"));
    }

    private static WorkflowDefinition Row(string mode) => Drawn.Flow(
        mode,
        $"s submit; {Each(1_000, i => $"t{i} task(Yes)")}; c close",
        $"s > t0; {Each(999, i => $"t{i}.Yes > t{i + 1}")}; t999.Yes > c");

    /// <summary>A hundred times: two tasks, a decision by a person, and on each way a few steps, which meet again.</summary>
    private static WorkflowDefinition Decisions(string mode) => Drawn.Flow(
        mode,
        $"s submit; {Each(100, i => $"a{i} task(Yes); b{i} say; d{i} task(Yes,No); e{i} task(Yes); f{i} say; g{i} task(Yes); h{i} say; i{i} decide; j{i} say; m{i} merge(Stream)")}; c close",
        $"s > a0; {Each(100, i => $"a{i}.Yes > b{i}; b{i} > d{i}; d{i}.Yes > e{i}; d{i}.No > g{i}; e{i}.Yes > f{i}; g{i}.Yes > h{i}; f{i} > m{i}; h{i} > i{i}; i{i}.True > j{i}; i{i}.False > m{i}; j{i} > m{i}; m{i} > {(i == 99 ? "c" : $"a{i + 1}")}")}");

    /// <summary>Each decision leads to the next or out of the branch.</summary>
    private static WorkflowDefinition Wide(string mode, int branches, int decisions) => Drawn.Flow(
        mode,
        $"s submit; {Each(branches, i => $"{Each(decisions, d => $"a{i}x{d} task(Yes,No)")}; x{i} merge(Stream)")}; j join(WaitAll); c close",
        $"{Each(branches, i => $"s > a{i}x0; {Each(decisions, d => $"a{i}x{d}.Yes > {(d == decisions - 1 ? $"x{i}" : $"a{i}x{d + 1}")}; a{i}x{d}.No > x{i}")}; x{i} > j")}; j > c");

    private static double PeakMemory
    {
        get
        {
            using var process = Process.GetCurrentProcess();
            return process.PeakWorkingSet64 / 1e6;
        }
    }

    private static string Each(int count, Func<int, string> text) => string.Join("; ", Enumerable.Range(0, count).Select(text));
}
