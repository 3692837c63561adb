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
            Measure($"8 branches side by side, {mode}", Wide(mode, 8));
        }

        foreach (var path in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Shipped"), "*.json").Order(StringComparer.Ordinal))
        {
            Measure(Path.GetFileNameWithoutExtension(path), WorkflowDefinition.Read(File.ReadAllText(path), path).Definition!);
        }

        return 0;
    }

    private static void Measure(string name, WorkflowDefinition definition)
    {
        var time = new Samples(name, "ms CPU", "N0", leastIsBest: true);
        SoundnessReport? report = null;
        for (var repetition = 0; repetition < Repetitions; repetition++)
        {
            var before = Samples.Cpu;
            report = SoundnessCheck.Run(definition);
            time.Add(Samples.CpuSince(before).TotalMilliseconds);
        }

        time.Print(string.Create(
            CultureInfo.InvariantCulture,
            $"{report!.States:N0} states{(report.IsExact ? "" : ", not proven")}, {time.Median * 1000 / report.States:N0} µs each; findings: {report.Findings.Count}"));
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

    private static WorkflowDefinition Wide(string mode, int branches) => Drawn.Flow(
        mode,
        $"s submit; {Each(branches, i => $"a{i} task(Yes,No); b{i} task(Yes,No); x{i} merge(Stream)")}; j join(WaitAll); c close",
        $"{Each(branches, i => $"s > a{i}; a{i}.Yes > b{i}; a{i}.No > x{i}; b{i}.Yes > x{i}; b{i}.No > x{i}; x{i} > j")}; j > c");

    private static string Each(int count, Func<int, string> text) => string.Join("; ", Enumerable.Range(0, count).Select(text));
}
