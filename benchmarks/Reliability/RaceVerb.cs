using System.Globalization;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Tests.Reliability;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Host.Walkthrough;

namespace WorkflowEngine.Bench.Reliability;

/// <summary>Ten thousand tasks, 64 clients over HTTP, every fifth task raced for.</summary>
internal static class RaceVerb
{
    public const string Usage = """
          races [TASKS [SEED]]
                   64 clients at so many tasks (10,000), every fifth one raced for: one winner each, the others told, every 200 in the database
        """;

    private const int Clients = 64;
    private const int MostShown = 20;

    private static readonly DateTimeOffset Start = new(2022, 9, 30, 9, 0, 0, TimeSpan.FromHours(8));

    public static async Task<int> RunAsync(string[] options)
    {
        var tasks = options.Length > 0 ? int.Parse(options[0], CultureInfo.InvariantCulture) : 10_000;
        var seed = options.Length > 1 ? int.Parse(options[1], CultureInfo.InvariantCulture) : 1;
        using var data = new TemporaryFolder();
        using var content = new FlowFolder();
        Races.Write(content);
        await using var stage = await Stage.SetAsync(HostSettings.FromEnvironment() with { DataFolder = data.Path, ContentRoot = content.Path }, Start, CancellationToken.None);
        var report = await new Races(stage, seed).RunAsync(tasks, Clients);
        Console.WriteLine(FormattableString.Invariant($"{report.Cases} tasks, {Clients} clients, seed {seed}, {report.Took.TotalSeconds:N0} s"));
        foreach (var (answer, count) in report.Answers) Console.WriteLine(FormattableString.Invariant($"  {answer,-20} {count,7}"));
        Console.WriteLine(FormattableString.Invariant($"wrong: {report.Wrong.Count}"));
        foreach (var wrong in report.Wrong.Take(MostShown)) Console.WriteLine("  " + wrong);
        return report.Wrong.Count == 0 ? 0 : 1;
    }
}
