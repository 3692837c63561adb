using System.Diagnostics;

namespace WorkflowEngine.Bench.Simulation;

/// <summary><c>./bench simulate-faults</c>: seed after seed; the first that fails is told with everything that happened in it.</summary>
internal static class SimulateFaults
{
    public static int Run(int first, int seeds)
    {
        var watch = Stopwatch.StartNew();
        var tallies = new List<Tally>();
        long steps = 0;
        for (var seed = first; seed < first + seeds; seed++)
        {
            var outcome = World.Run(seed);
            if (outcome.Failure is { } failure)
            {
                Console.WriteLine(string.Join('\n', outcome.Trace));
                Console.WriteLine($"seed {seed} fails: {failure}");
                Console.WriteLine($"again: ./bench simulate-faults --seeds 1 --seed {seed}");
                return 1;
            }

            tallies.Add(outcome.Tally);
            steps += outcome.Steps;
        }

        Console.WriteLine(FormattableString.Invariant($"{seeds} seeds from {first}: 0 lost, 0 doubled, 0 stuck, 0 early, in {watch.Elapsed.TotalSeconds:N0} s"));
        Console.WriteLine(FormattableString.Invariant(
            $"  {steps:N0} steps, {tallies.Sum(t => t.Cases):N0} cases, {tallies.Sum(t => t.Intents):N0} intents, {tallies.Sum(t => t.Commits):N0} commits compared with the model"));
        Console.WriteLine(FormattableString.Invariant(
            $"  {tallies.Sum(t => t.Crashes):N0} hosts killed, {tallies.Sum(t => t.Pauses):N0} stopped, {tallies.Sum(t => t.Cuts):N0} times connections cut, {tallies.Sum(t => t.Refusals):N0} commits refused, {tallies.Sum(t => t.LostAnswers):N0} answers lost, {tallies.Sum(t => t.MailsTwice):N0} mails delivered more than once, each under one message id"));
        return 0;
    }
}
