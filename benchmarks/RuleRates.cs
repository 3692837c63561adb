using System.Diagnostics;
using System.Globalization;
using System.Linq.Expressions;
using System.Text.Json;
using WorkflowEngine.Rules;

namespace WorkflowEngine.Bench;

/// <summary>
/// 1,000 distinct rules of four terms: how soon they are ready in a fresh process, how fast they are when warm, what they make on the heap, and what a
/// pattern of nulls costs that was never there before. RulesEngine 6.0.1 needs 790–940 ms of CPU for the first run, does 2.3–2.7 M evaluations per CPU
/// second with 632 bytes each, and 66 ms for each new pattern of nulls in 100 rules.
/// </summary>
internal static class RuleRates
{
    public const string ColdVerb = "rules-cold";
    public const string ColdCalibrationVerb = "rules-cold-cal";

    private const int Patterns = 4_096;

    private const int Rules = 1_000;
    private const int Repetitions = 7;
    private const int Processes = 9;
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(1);
    private static readonly RuleRun Today = new() { BusinessDate = new DateOnly(2022, 9, 30) };

    public static int Run()
    {
        Cold();
        Warm();
        NewPatterns();
        return 0;
    }

    /// <summary>What a fresh process is asked to do: from the text of the file to the first report.</summary>
    public static int RunCold()
    {
        var (json, facts) = (File(Rules), Facts());
        var start = Samples.Cpu;
        var set = Ready(json);
        var ready = Samples.CpuSince(start);
        var report = set.Evaluate(facts, Today);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{ready.TotalMilliseconds} {Samples.CpuSince(start).TotalMilliseconds} {report.Results.Count}"));
        return report.Results.Count == Rules ? 0 : 1;
    }

    /// <summary>The same in a fresh process the way the original makes ready: a tree compiled for each rule, built here without any parsing.</summary>
    public static int RunColdCalibration()
    {
        var start = Samples.Cpu;
        var held = Enumerable.Range(0, Rules).Select(i => Tree(i).Compile()).Count(rule => rule(Applicant.Usual));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Samples.CpuSince(start).TotalMilliseconds} {held}"));
        return 0;
    }

    private static void Cold()
    {
        var calibration = new Samples("cal.compile, 1,000 trees, cold", "ms CPU", "N1", leastIsBest: true);
        var ready = new Samples("1,000 rules ready, cold", "ms CPU", "N1", leastIsBest: true);
        var first = new Samples("… and their first report", "ms CPU", "N1", leastIsBest: true);
        for (var i = 0; i < Processes; i++)
        {
            calibration.Add(Child(ColdCalibrationVerb)[0]);
            var figures = Child(ColdVerb);
            ready.Add(figures[0]);
            first.Add(figures[1]);
        }

        calibration.Print();
        ready.Print(FormattableString.Invariant($"ratio {ready.Median / calibration.Median:N2} of cal.compile"));
        first.Print(FormattableString.Invariant($"ratio {first.Median / calibration.Median:N2} of cal.compile; goal 100"));
    }

    private static void Warm()
    {
        var trees = Enumerable.Range(0, Rules).Select(i => Tree(i).Compile()).ToArray();
        var set = Ready(File(Rules));
        var facts = Facts();
        var check = set.Prepare(facts, Today)!;
        var holds = new bool[check.Count];
        for (var i = 0; i < 200; i++)
        {
            set.Evaluate(facts, Today);
            check.Run(holds);
        }

        var calibration = new Samples("cal.trees, compiled, by hand", "evals/CPU-s");
        var reports = new Samples("full reports", "evals/CPU-s");
        var checks = new Samples("yes or no (RuleCheck)", "evals/CPU-s");
        double perReport = 0, perCheck = 0;
        for (var i = 0; i < Repetitions; i++)
        {
            calibration.Add(Measure(() => Array.ForEach(trees, tree => tree(Applicant.Usual))).PerSecond);
            (var rate, perReport) = Measure(() => set.Evaluate(facts, Today));
            reports.Add(rate);
            (rate, perCheck) = Measure(() => check.Run(holds));
            checks.Add(rate);
        }

        calibration.Print();
        reports.Print(FormattableString.Invariant($"ratio {reports.Median / calibration.Median:N2}; {perReport:N1} B/rule; goal 2,500,000"));
        checks.Print(FormattableString.Invariant($"ratio {checks.Median / calibration.Median:N2}; {perCheck:N1} B/rule; goal 2,500,000 and 0 B"));
    }

    private static void NewPatterns()
    {
        var set = Ready(File(100));
        for (var i = 0; i < 200; i++)
        {
            set.Evaluate(Facts(), Today);
        }

        var usual = new Samples("100 rules, a pattern seen before", "µs CPU a run", "N1", leastIsBest: true);
        var fresh = new Samples("100 rules, a new pattern of nulls", "µs CPU a run", "N1", leastIsBest: true);
        for (var repetition = 0; repetition < Repetitions; repetition++)
        {
            usual.Add(PerRun(_ => 0));
            fresh.Add(PerRun(run => (repetition * Patterns) + run + 1));
        }

        usual.Print();
        fresh.Print(FormattableString.Invariant($"ratio {fresh.Median / usual.Median:N2}; the original 66,000"));

        double PerRun(Func<int, int> pattern)
        {
            var facts = Enumerable.Range(0, Patterns).Select(run => Facts(pattern(run))).ToList();
            var start = Samples.Cpu;
            facts.ForEach(one => set.Evaluate(one, Today));
            return Samples.CpuSince(start).TotalMicroseconds / facts.Count;
        }
    }

    private static (double PerSecond, double Bytes) Measure(Action run)
    {
        run();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var cpu = Samples.Cpu;
        var runs = 0;
        while (Samples.CpuSince(cpu) < Enough)
        {
            for (var i = 0; i < 50; i++, runs++)
            {
                run();
            }
        }

        // Asking for the time makes something too; it is not the rules'.
        var spent = Samples.CpuSince(cpu).TotalSeconds;
        var made = GC.GetAllocatedBytesForCurrentThread() - allocated - (((runs / 50) + 1) * _bytesOfAsking);
        return ((double)runs * Rules / spent, Math.Max(0, (double)made / runs / Rules));
    }

    private static readonly long _bytesOfAsking = BytesOfAsking();

    private static long BytesOfAsking()
    {
        Samples.CpuSince(Samples.Cpu);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Samples.CpuSince(TimeSpan.Zero);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static double[] Child(string verb)
    {
        using var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [typeof(RuleRates).Assembly.Location, verb]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var line = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        return child.ExitCode == 0 ? [.. line.Split(' ').Select(figure => double.Parse(figure, CultureInfo.InvariantCulture))] : throw new InvalidOperationException($"{verb} failed");
    }

    private static RuleSet Ready(string json)
    {
        var file = RuleFile.Parse(json, "bench.json");
        var compiled = RuleSet.Compile(file.Workflows);
        return compiled.RuleSet ?? throw new InvalidOperationException(string.Join('\n', file.Problems.Concat(compiled.Problems)));
    }

    private static string File(int rules) => JsonSerializer.Serialize(new
    {
        WorkflowName = "bench",
        Facts = new { input1 = Members.ToDictionary(member => member.Name, member => member.Type) },
        Rules = Enumerable.Range(0, rules).Select(i => new
        {
            RuleName = $"rule-{i}",
            Expression = string.Create(CultureInfo.InvariantCulture, $"input1.country != \"c{i}\" && input1.amount > {i % 50} && input1.score <= {1000 + i}.5 && input1.active == true"),
        }),
    });

    /// <summary>Enough of them that no run of nulls comes twice.</summary>
    private static (string Name, string Type, object Value)[] Members { get; } =
    [
        ("country", "String", "cn"), ("amount", "Int32", 100), ("score", "Double", 12.5), ("active", "Boolean", true),
        .. Enumerable.Range(0, 15).Select(i => ($"spare{i}", "Int32", (object)i)),
    ];

    /// <param name="nulls">Which of the members are null, bit by bit.</param>
    private static Dictionary<string, object?> Facts(int nulls = 0) => new()
    {
        // The first four are what the rules read: they stay, so that the same is computed, and the others change.
        ["input1"] = Members.Select((member, i) => (member, i)).ToDictionary(one => one.member.Name, one => ((nulls << 4) >> one.i & 1) != 0 ? null : (object?)one.member.Value),
    };

    private static Expression<Func<Applicant, bool>> Tree(int i)
    {
        var applicant = Expression.Parameter(typeof(Applicant));
        Expression Member(string name) => Expression.Property(applicant, name);
        return Expression.Lambda<Func<Applicant, bool>>(
            Expression.AndAlso(
                Expression.AndAlso(
                    Expression.AndAlso(
                        Expression.NotEqual(Member(nameof(Applicant.Country)), Expression.Constant($"c{i}")),
                        Expression.GreaterThan(Member(nameof(Applicant.Amount)), Expression.Constant(i % 50))),
                    Expression.LessThanOrEqual(Member(nameof(Applicant.Score)), Expression.Constant(1000.5 + i))),
                Expression.Equal(Member(nameof(Applicant.Active)), Expression.Constant(true))),
            applicant);
    }

    private sealed record Applicant(string Country, int Amount, double Score, bool Active)
    {
        public static Applicant Usual { get; } = new("cn", 100, 12.5, true);
    }
}
