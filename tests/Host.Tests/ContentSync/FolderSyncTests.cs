using System.Diagnostics;
using WorkflowEngine.Content;
using WorkflowEngine.Content.Scenarios;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Host.Walkthrough;

namespace WorkflowEngine.Host.Tests.ContentSync;

public sealed class FolderSyncTests : IDisposable
{
    private const string FlowFile = "workflows/guangdong/vendor-integration.json";

    /// <summary>What is promised: live within two seconds of being saved.</summary>
    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(2);

    private const string StoryFile = "workflows/guangdong/mine.scenarios.json";

    private readonly TemporaryFolder _data = new();
    private readonly TemporaryFolder _content = new();

    [Fact]
    public async Task A_saved_change_is_live_for_the_next_case_and_leaves_a_running_one_alone()
    {
        CopyContent();
        await using var stage = await OpenAsync();
        var vendor = await stage.SignInAsync("jia", CancellationToken.None);
        var before = await Platform.SubmitAsync(vendor);
        var release = (await ReadinessAsync(stage)).Release;

        await ChangeFlowAsync(ContentCopy.Limit(3), ContentCopy.Limit(2));
        var live = await WaitForAsync(stage, readiness => readiness.Release != release);
        var after = await Platform.SubmitAsync(vendor);

        var reading = TimeToRead();
        Assert.True(live < Promise || live < 3 * reading, $"The change was live after {live.TotalSeconds:0.0} s; reading the content alone takes {reading.TotalSeconds:0.0} s here.");
        var officer = await stage.SignInAsync("sz-officer", CancellationToken.None);
        Assert.Equal(new DateOnly(2022, 10, 10), (await Platform.OpenTaskAsync(officer, before, "review")).Line.DueDate);
        Assert.Equal(new DateOnly(2022, 10, 9), (await Platform.OpenTaskAsync(officer, after, "review")).Line.DueDate);
    }

    [Fact]
    public async Task A_change_that_the_stories_contradict_or_with_an_error_is_refused_with_its_line_and_the_old_stays_in_force()
    {
        CopyContent();
        await AddStoryAsync();
        await using var stage = await OpenAsync();
        var release = (await ReadinessAsync(stage)).Release;

        await ChangeFlowAsync(ContentCopy.Limit(3), ContentCopy.Limit(2));
        await WaitForAsync(stage, readiness => readiness.ContentRefused);
        Assert.Contains((await ReadinessAsync(stage)).ContentProblems, problem => problem.StartsWith($"{StoryFile}:2: story '三天', act 1", StringComparison.Ordinal));
        await ChangeFlowAsync(ContentCopy.Limit(2), ContentCopy.Limit(3));
        await WaitForAsync(stage, readiness => !readiness.ContentRefused);

        await ChangeFlowAsync("\"port\": \"Approved\" }, \"target\": { \"activity\": \"issue-test-key\"", "\"port\": \"Approved\" }, \"target\": { \"activity\": \"isue-test-key\"");
        await WaitForAsync(stage, readiness => readiness.ContentRefused);

        var readiness = await ReadinessAsync(stage);
        Assert.True(readiness.Ready);
        Assert.Equal(release, readiness.Release);
        Assert.Contains(readiness.ContentProblems, problem => problem.StartsWith(FlowFile + ":", StringComparison.Ordinal));
        var vendor = await stage.SignInAsync("jia", CancellationToken.None);
        Assert.NotEmpty(await Platform.SubmitAsync(vendor));
    }

    public void Dispose()
    {
        _data.Dispose();
        _content.Dispose();
    }

    private Task<Stage> OpenAsync() => Platform.OpenAsync(TestSettings.New with { DataFolder = _data.Path, ContentRoot = _content.Path });

    private void CopyContent() => ContentCopy.Of(HostSettings.ContentRootFrom(null), _content.Path);

    /// <summary>One story, which tells the date by which an application is reviewed.</summary>
    private async Task AddStoryAsync()
    {
        File.Copy(Path.Combine(HostSettings.ContentRootFrom(null), ScenarioReader.DefaultsFile), Path.Combine(_content.Path, ScenarioReader.DefaultsFile));
        await File.WriteAllTextAsync(Path.Combine(_content.Path, StoryFile), """
            { "scenarios": [ { "id": "三天", "title": "审核三个工作日", "acts": [
              { "at": "2023-03-06 10:00", "who": "甲科技", "submit": "guangdong-vendor-integration", "authority": "441300", "expect": { "tasks": [ { "step": "review", "due": "2023-03-09" } ] } } ] } ] }
            """);
    }

    private Task ChangeFlowAsync(string from, string to) => ContentCopy.ChangeAsync(Path.Combine(_content.Path, FlowFile), from, to);

    /// <summary>Reading and checking the content and nothing else, here and now: what the promise is measured by where the machine is busy.</summary>
    private TimeSpan TimeToRead()
    {
        var watch = Stopwatch.StartNew();
        Assert.NotNull(ContentReader.Read(ContentFolder.ReadFiles(_content.Path).Files!).Set);
        return watch.Elapsed;
    }

    private static Task<Readiness> ReadinessAsync(Stage stage) => stage.ReadinessAsync(CancellationToken.None);

    private static async Task<TimeSpan> WaitForAsync(Stage stage, Func<Readiness, bool> isSo)
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < TimeSpan.FromSeconds(15))
        {
            if (isSo(await ReadinessAsync(stage))) return watch.Elapsed;
        }

        throw new TimeoutException("The content folder's change was not noticed within 15 s.");
    }
}
