using System.Diagnostics;
using System.Net;
using WorkflowEngine.Content;
using WorkflowEngine.Content.Scenarios;
using WorkflowEngine.Host.Api;
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

    private const string UnsoundFile = "workflows/guangdong/unsound.json";

    private const string Unsound = """
        { "id": "unsound-1", "definitionId": "unsound", "name": "并行汇合", "version": 1,
          "variables": [ { "id": "v-amount", "name": "amount", "typeName": "Int32", "value": "0", "storageDriverTypeName": "Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core" } ],
          "customProperties": { "Flowchart:ExecutionMode": "TokenBased" },
          "root": { "id": "flow", "type": "Elsa.Flowchart", "activities": [
            { "id": "start", "type": "Elsa.Start" },
            { "id": "ask", "type": "Elsa.RunTask", "taskName": "ask" },
            { "id": "decide", "type": "Elsa.FlowDecision", "condition": { "typeName": "Boolean", "expression": { "type": "Lambda", "value": "vars.amount > 3" } } },
            { "id": "left", "type": "Elsa.RunTask", "taskName": "left" },
            { "id": "right", "type": "Elsa.RunTask", "taskName": "right" },
            { "id": "join", "type": "Elsa.FlowJoin", "mode": "WaitAll" },
            { "id": "end", "type": "Elsa.Finish" } ],
          "connections": [
            { "source": { "activity": "start" }, "target": { "activity": "ask" } },
            { "source": { "activity": "ask" }, "target": { "activity": "decide" } },
            { "source": { "activity": "decide", "port": "True" }, "target": { "activity": "left" } },
            { "source": { "activity": "decide", "port": "False" }, "target": { "activity": "right" } },
            { "source": { "activity": "left" }, "target": { "activity": "join" } },
            { "source": { "activity": "right" }, "target": { "activity": "join" } },
            { "source": { "activity": "join" }, "target": { "activity": "end" } } ] } }
        """;

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

        var policy = await stage.SignInAsync("gd-policy", CancellationToken.None);
        var between = $"/api/content/differences?before={release}&after={(await ReadinessAsync(stage)).Release}";
        Assert.Contains((await policy.GetAsync<ContentComparison>(between, CancellationToken.None)).Differences, difference => difference.Chinese.Contains("3 → 2 个工作日", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.NotFound, (await PageAsync(policy, "/api/content/differences?before=nothing")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await PageAsync(vendor, between)).Status);

        await AFolderThatComesBackIsWellAgainAsync(stage);
    }

    /// <summary>Also when nothing in it has changed meanwhile.</summary>
    private async Task AFolderThatComesBackIsWellAgainAsync(Stage stage)
    {
        var away = _content.Path + "-away";
        Directory.Move(_content.Path, away);
        await WaitForAsync(stage, readiness => readiness.ContentRefused);
        Directory.Move(away, _content.Path);
        await WaitForAsync(stage, readiness => !readiness.ContentRefused);
        Assert.True((await ReadinessAsync(stage)).Ready);
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
        var policy = await stage.SignInAsync("gd-policy", CancellationToken.None);
        Assert.Contains("3 → 2 个工作日", (await PageAsync(policy, "/content")).Text, StringComparison.Ordinal);
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

        await File.WriteAllTextAsync(Path.Combine(_content.Path, UnsoundFile), Unsound);
        await WaitForAsync(stage, readiness => readiness.ContentProblems.Any(problem => problem.StartsWith(UnsoundFile, StringComparison.Ordinal)));
        await TheWayToTheProblemIsDrawnAsync(policy, vendor);
    }

    /// <summary>A join that waits for the branch that was not chosen: the decisions that lead there as data, and numbered on the picture of a flow that is in no release.</summary>
    private static async Task TheWayToTheProblemIsDrawnAsync(PlatformClient policy, PlatformClient vendor)
    {
        var finding = Assert.Single((await policy.GetAsync<ContentReport>("/api/content", CancellationToken.None)).Findings, finding => finding.Code == "stands-still");
        Assert.Equal("join", finding.Step);
        Assert.Equal(["ask: Done", "decide: True", "left: Done"], finding.Path.Select(step => $"{step.Step}: {string.Join(' ', step.Outcomes)}"));

        var link = $"/content/path?file={Uri.EscapeDataString(UnsoundFile)}&code=stands-still&step=join";
        Assert.Contains(link, (await PageAsync(policy, "/content")).Text, StringComparison.Ordinal);
        var page = (await PageAsync(policy, link)).Text;
        Assert.Contains("<ol aria-label=\"经过的步骤，按先后\">", page, StringComparison.Ordinal);
        Assert.Contains("第 1 步 ask（Done），然后第 2 步 decide（", page, StringComparison.Ordinal);
        Assert.Contains("<title>join：问题出在这里</title>", page, StringComparison.Ordinal);
        Assert.Contains("<title>left：第 3 步</title>", page, StringComparison.Ordinal);
        Assert.Contains("flow-label-taken", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await PageAsync(policy, link + "s")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await PageAsync(vendor, link)).Status);
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

    private static async Task<(HttpStatusCode Status, string Text)> PageAsync(PlatformClient person, string path)
    {
        using var answer = await person.ReadAsync(path, CancellationToken.None);
        return (answer.StatusCode, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()));
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
