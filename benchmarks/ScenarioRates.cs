using System.Globalization;
using System.Text.Json.Nodes;
using WorkflowEngine.Content;
using WorkflowEngine.Content.Rehearsal;
using WorkflowEngine.Content.Scenarios;
using WorkflowEngine.Host.Serving;

namespace WorkflowEngine.Bench;

/// <summary>
/// How fast stories are played in memory, on one core: the engine with rules, forms and letters, and what they expect judged. Goal: 100,000 steps of the engine a second.
/// A step is an activity that begins, is resumed, or fires beside its work.
/// </summary>
internal static class ScenarioRates
{
    private const int Repetitions = 7;
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(1);

    public static int Run()
    {
        var files = ContentFolder.ReadFiles(HostSettings.ContentRootFrom(null)).Files!;
        var library = new Library(ContentReader.Read(files).Set ?? throw new InvalidOperationException("The content of this clone has errors."));
        var stories = ScenarioReader.ReadShipped(library.Content).Scenarios!;
        var still = stories.Where(story => story.Content.Count == 0 && story.Acts.All(act => act.Deed is not Deed.Publish)).ToList();
        var text = files["workflows/guangdong/vendor-integration.json"];

        var calibration = new Samples("cal.json, the largest flow parsed and written", "texts/CPU-s");
        var rate = new Samples($"{still.Count} stories that change no content", "steps/CPU-s");
        var acts = new Samples("…", "acts/CPU-s");
        var whole = new Samples($"all {stories.Count} stories once", "ms CPU", "N0", leastIsBest: true);
        for (var warm = 0; warm < 20; warm++) Play(still, library);
        for (var repetition = 0; repetition < Repetitions; repetition++)
        {
            calibration.Add(Samples.PerCpuSecond(Enough, () =>
            {
                JsonNode.Parse(text)!.ToJsonString();
                return 1;
            }));
            rate.Add(Samples.PerCpuSecond(Enough, () => Play(still, library)));
            acts.Add(Samples.PerCpuSecond(Enough, () =>
            {
                Play(still, library);
                return still.Sum(story => story.Acts.Count);
            }));
            var before = Samples.Cpu;
            Play(stories, library);
            whole.Add(Samples.CpuSince(before).TotalMilliseconds);
        }

        calibration.Print();
        rate.Print(string.Create(CultureInfo.InvariantCulture, $"ratio {rate.Median / calibration.Median:N0} of cal.json; goal 100,000"));
        acts.Print();
        whole.Print();
        return 0;
    }

    /// <summary>How many steps the engine took.</summary>
    private static long Play(IReadOnlyList<Scenario> stories, Library library)
    {
        var book = new CoverageBook();
        foreach (var story in stories)
        {
            if (!MemoryPlatform.Play(story, library, book).EndedAsTold) throw new InvalidOperationException($"{story.Id} does not end as told.");
        }

        return book.Steps;
    }
}
