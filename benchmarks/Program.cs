using System.Globalization;
using WorkflowEngine.Bench;
using WorkflowEngine.Bench.Chaos;
using WorkflowEngine.Bench.Ingest;
using WorkflowEngine.Bench.Reliability;
using WorkflowEngine.Bench.Simulation;
using WorkflowEngine.Bench.Templates;
using WorkflowEngine.Bench.Upgrade;

// ./bench VERB: every figure is printed beside a calibration of the same run, because the machine is shared.
return args switch
{
    ["flow"] => EngineAlone.Run(),
    ["rules"] => RuleRates.Run(),
    [RuleRates.ColdVerb] => RuleRates.RunCold(),
    [RuleRates.ColdCalibrationVerb] => RuleRates.RunColdCalibration(),
    ["templates"] => TemplateRates.Run(),
    ["soundness"] => SoundnessRates.Run(),
    ["content"] => ContentRates.Run(),
    ["scenarios"] => ScenarioRates.Run(),
    ["simulate-cases"] => ReplayRates.Run(10_000),
    ["simulate-cases", "--cases", var cases] when Number(cases) is >= 100 and <= 1_000_000 and var many => ReplayRates.Run((int)many),
    ["commit"] => await DurableBursts.RunAsync(),
    ["ingest"] => await IngestRates.RunAsync(TimeSpan.FromSeconds(4)),
    ["ingest", "--seconds", var seconds] when Number(seconds) is >= 1 and <= 600 and var each => await IngestRates.RunAsync(TimeSpan.FromSeconds(each)),
    ["ingest-hostile"] => await HostileTraffic.RunAsync(TimeSpan.FromSeconds(12)),
    ["ingest-hostile", "--seconds", var seconds] when Number(seconds) is >= 2 and <= 600 and var each => await HostileTraffic.RunAsync(TimeSpan.FromSeconds(each)),
    ["ingest-mutations"] => await Mutations.RunAsync(100_000, seed: 1),
    ["ingest-mutations", "--count", var count] when Number(count) is >= 1 and <= 10_000_000 and var many => await Mutations.RunAsync((int)many, seed: 1),
    ["ingest-mutations", "--count", var count, "--seed", var seed] when Number(count) is >= 1 and <= 10_000_000 and var many && Number(seed) is { } start => await Mutations.RunAsync((int)many, (int)start),
    ["ingest-privacy"] => await PrivacyVerb.RunAsync(10_000),
    ["ingest-privacy", "--people", var people] when Number(people) is >= 10 and <= 14_000 and var many => await PrivacyVerb.RunAsync((int)many),
    ["replan"] => await Replanning.RunAsync(100_000),
    ["replan", "--cases", var cases] when Number(cases) is >= 2 and <= 1_000_000 and var many => await Replanning.RunAsync((int)many),
    ["migrate", .. var options] => await Migrating.RunAsync(options),
    ["fuzz", "flow"] => FlowFuzz.Run(minutes: 60, seed: 1),
    ["fuzz", "flow", "--minutes", var minutes] when Number(minutes) is { } wanted => FlowFuzz.Run(wanted, seed: 1),
    ["fuzz", "flow", "--minutes", var minutes, "--seed", var seed] when Number(minutes) is { } wanted && Number(seed) is { } start => FlowFuzz.Run(wanted, (int)start),
    ["chaos", .. var options] => await ChaosVerb.RunAsync(options),
    ["reconcile", .. var options] => await ReconcileVerb.RunAsync(options),
    ["upgrade", .. var options] => await UpgradeVerb.RunAsync(options),
    ["races", .. var options] => await RaceVerb.RunAsync(options),
    ["crash-cells", .. var options] => await CrashVerb.RunAsync(options),
    [CrashVerb.Child, .. var given] => await CrashVerb.ActAsync(given),
    ["simulate-faults", "--seeds", var seeds] when Number(seeds) is { } many => SimulateFaults.Run(1, (int)many),
    ["simulate-faults", "--seeds", var seeds, "--seed", var seed] when Number(seeds) is { } many && Number(seed) is { } start => SimulateFaults.Run((int)start, (int)many),
    _ => Usage(),
};

static double? Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= 0 ? number : null;

static int Usage()
{
    Console.Error.WriteLine($"""
        usage: ./bench VERB
          flow     the engine alone: instances per CPU second and allocation
          commit   durable bursts against cal.transition, the bare transaction, interleaved on one server
          rules    1,000 rules: ready in a fresh process, evaluations per CPU second and heap when warm, a new pattern of nulls
          templates
                   a letter of 58 lines: renders per CPU second, parsing, beside the same letter by hand
          soundness
                   how long it takes to look at every state of a flow: long, wide and shipped ones
          content
                   all content read, and read again after one file changed
          scenarios
                   the stories of the content played in memory: engine steps per CPU second
          simulate-cases [--cases N]
                   N past cases (10,000) replayed on a draft and on what is published
          ingest [--seconds N]
                   attendance records over HTTP in our own profile: 100, 12 and 1 a request, wrong signatures, each N seconds (4) beside its calibration; the time to an answer
                   at 2,000 records/s while cases are decided
          ingest-hostile [--seconds N]
                   the 99th percentile of a key that behaves, N seconds (12) before and during each attack: slow senders, large bodies, a million elements, 100,000 deep, floods
          ingest-mutations [--count N [--seed S]]
                   signed requests of every profile, each changed in one place (100,000): none taken whose signed text differs, none a server error
          ingest-privacy [--people N]
                   ID numbers, cards and faces of N workers (10,000) through the endpoint, then searched for in tables, files, logs, mails, pages, backup; their month is ended and cannot be opened
          replan [--cases N]
                   a calendar is imported while N cases (100,000) wait under a limit, beside cal.transition
          migrate [--cases N] [--versions V]
                   N cases (10,000) on V versions (20) of a flow go over to the newest while officers decide, with a checker
          fuzz flow [--minutes N [--seed S]]
                   mutated definitions against the reader and the engine; an hour unless told otherwise
        {ChaosVerb.Usage}
        {UpgradeVerb.Usage}
        {ReconcileVerb.Usage}
        {CrashVerb.Usage}
        {RaceVerb.Usage}
          simulate-faults --seeds N [--seed FIRST]
                   the engine and its commit on virtual hosts, both clocks and every fault from the seed, against a reference model
        """);
    return 2;
}
