using System.CommandLine;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Walkthrough;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Host.CommandLine;

/// <summary><c>walkthrough</c>: the main job, headless, through the public HTTP endpoints, on a simulated host of its own.</summary>
public static class WalkthroughVerb
{
    private static readonly IReadOnlyList<Func<HostSettings, CancellationToken, Task<Chronicle>>> Stories = [NationalDayStory.PlayAsync];

    public static Command Create()
    {
        var content = new Option<string?>("--content") { Description = "Plays on the content of this folder." };
        var json = new Option<bool>("--json") { Description = "Prints data instead of text." };
        var all = new Option<bool>("--all") { Description = "Plays every story, not only the first." };
        var data = new Option<string?>("--data") { Description = "Keeps the database in this empty folder; otherwise it is removed at the end." };
        var walkthrough = new Command("walkthrough", "Plays a whole case from application to 联调成功 and prints the timeline.") { content, json, all, data };
        walkthrough.SetAction(async (parsed, ct) =>
        {
            // Whatever this machine is set up for, a story writes to nobody and shares no database.
            var settings = HostSettings.FromEnvironment() with { Smtp = null, Server = new StorageOptions() };
            if (parsed.GetValue(content) is { } folder) settings = settings with { ContentRoot = HostSettings.ContentRootFrom(folder) };

            var endedAsTold = true;
            foreach (var play in Stories.Take(parsed.GetValue(all) ? Stories.Count : 1))
            {
                endedAsTold &= await PlayAsync(play, settings, parsed.GetValue(data), parsed.GetValue(json), ct);
            }

            return endedAsTold ? 0 : 1;
        });
        return walkthrough;
    }

    private static async Task<bool> PlayAsync(
        Func<HostSettings, CancellationToken, Task<Chronicle>> play, HostSettings settings, string? keptFolder, bool asJson, CancellationToken ct)
    {
        var folder = keptFolder ?? Directory.CreateTempSubdirectory("wfe-").FullName;
        try
        {
            var told = await play(settings with { DataFolder = folder }, ct);
            Console.Write(asJson ? told.ToJson() + "\n" : told.ToString());
            return told.EndedAsTold;
        }
        catch (StoryException problem)
        {
            await Console.Error.WriteLineAsync(problem.Message);
            return false;
        }
        finally
        {
            if (keptFolder is null) Directory.Delete(folder, recursive: true);
        }
    }
}
