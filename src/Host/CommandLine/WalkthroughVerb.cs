using System.CommandLine;
using WorkflowEngine.Content.Rehearsal;
using WorkflowEngine.Content.Scenarios;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Walkthrough;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Host.CommandLine;

/// <summary><c>walkthrough</c>: stories, headless, through the public HTTP endpoints, each on a simulated host of its own.</summary>
public static class WalkthroughVerb
{
    /// <summary>Each story has a host and a database of its own; two at a time keep two cores busy.</summary>
    private const int StagesAtOnce = 2;

    public static Command Create()
    {
        var content = new Option<string?>("--content") { Description = "Plays on the content of this folder." };
        var json = new Option<bool>("--json") { Description = "Prints data instead of text; a list when several stories are asked for." };
        var all = new Option<bool>("--all") { Description = "Plays every story of the content, not only the first." };
        var story = new Option<string[]>("--story") { Description = "Plays the stories of this file, or the one after #: FILE#ID; a bare ID is one of the content's. Repeatable." };
        var list = new Option<bool>("--list") { Description = "Lists the stories of the content and plays none." };
        var data = new Option<string?>("--data") { Description = "Keeps the databases in this empty folder; otherwise they are removed at the end." };
        var walkthrough = new Command("walkthrough", "Plays whole cases from application to their end and prints the timeline.") { content, json, all, story, list, data };
        walkthrough.SetAction(async (parsed, ct) =>
        {
            // Whatever this machine is set up for, a story writes to nobody and shares no database.
            var settings = HostSettings.FromEnvironment() with { Smtp = null, Server = new StorageOptions() };
            if (parsed.GetValue(content) is { } folder) settings = settings with { ContentRoot = HostSettings.ContentRootFrom(folder) };

            try
            {
                var wanted = Wanted(settings, parsed.GetValue(story) ?? [], parsed.GetValue(all) || parsed.GetValue(list));
                if (parsed.GetValue(list))
                {
                    foreach (var scenario in wanted.SelectMany(stories => stories.Scenarios)) Console.WriteLine($"{scenario.File}#{scenario.Id}\t{scenario.Title}");
                    return 0;
                }

                var asList = parsed.GetValue(all) || wanted.Sum(stories => stories.Scenarios.Count) > 1;
                return await PlayAsync(wanted, settings, parsed.GetValue(data), parsed.GetValue(json), asList, ct) ? 0 : 1;
            }
            catch (StoryException problem)
            {
                await Console.Error.WriteLineAsync(problem.Message);
                return 1;
            }
        });
        return walkthrough;
    }

    private static List<Stories> Wanted(HostSettings settings, IReadOnlyList<string> named, bool all)
    {
        var wanted = named.Select(name => NamesFile(name) ? Stories.In(settings, name) : Stories.Shipped(settings).Only(name)).ToList();
        if (all) wanted.Insert(0, Stories.Shipped(settings));
        else if (wanted.Count == 0) wanted.Add(Stories.Shipped(settings).Only(Stories.First));
        return wanted;
    }

    private static bool NamesFile(string name) => name.Contains(ScenarioReader.Ending, StringComparison.Ordinal) || File.Exists(name.Split('#')[0]);

    private static async Task<bool> PlayAsync(List<Stories> wanted, HostSettings settings, string? keptFolder, bool asJson, bool asList, CancellationToken ct)
    {
        using var stages = new SemaphoreSlim(StagesAtOnce);
        var plays = wanted
            .SelectMany(stories => stories.Scenarios.Select(scenario => PlayOneAsync(stories, scenario, settings, FolderOf(scenario), stages, ct)))
            .ToList();
        var chronicles = new List<Chronicle>();
        foreach (var play in plays)
        {
            // Told in the order of the files, whichever ends first.
            chronicles.Add(await play);
            if (!asJson) Console.WriteLine(chronicles[^1]);
        }

        if (asJson) Console.WriteLine(asList ? Chronicle.ToJson(chronicles) : chronicles[0].ToJson());
        else if (asList) Summarise(chronicles);
        return chronicles.TrueForAll(told => told.EndedAsTold);

        string? FolderOf(Scenario scenario) => asList && keptFolder is not null ? Path.Combine(keptFolder, scenario.Id) : keptFolder;
    }

    private static async Task<Chronicle> PlayOneAsync(Stories stories, Scenario scenario, HostSettings settings, string? keptFolder, SemaphoreSlim stages, CancellationToken ct)
    {
        await stages.WaitAsync(ct);
        var folder = keptFolder ?? TemporaryData.NewFolder("wfe-");
        try
        {
            var told = await HttpPlatform.PlayAsync(settings with { DataFolder = folder }, scenario, stories.Content, ct);
            // What 'check' believes of a story must be what a host does.
            foreach (var difference in Twins.Differences(told, MemoryPlatform.Play(scenario, stories.Library))) told.Differs(difference);
            return told;
        }
        finally
        {
            stages.Release();
            if (keptFolder is null) Directory.Delete(folder, recursive: true);
        }
    }

    private static void Summarise(List<Chronicle> chronicles)
    {
        foreach (var told in chronicles) Console.WriteLine($"{(told.EndedAsTold ? "相符" : "不符")}  {told.Id}  {told.Title}");
        Console.WriteLine($"共 {chronicles.Count} 个情景，相符 {chronicles.Count(told => told.EndedAsTold)} 个。");
    }
}
