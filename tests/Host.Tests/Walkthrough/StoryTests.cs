using System.Text.Json.Nodes;
using WorkflowEngine.Content.Scenarios;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Host.Walkthrough;

namespace WorkflowEngine.Host.Tests.Walkthrough;

/// <summary>Stories played as <c>walkthrough</c> plays them. <c>./test</c> plays all that are shipped; here is what playing one tells.</summary>
public sealed class StoryTests : IDisposable
{
    private readonly TemporaryFolder _data = new();
    private readonly TemporaryFolder _content = new();

    [Fact]
    public async Task A_new_vendor_goes_from_application_to_success_over_the_national_day_holiday()
    {
        var told = await PlayAsync(TestSettings.New, Stories.First);

        Assert.True(told.EndedAsTold, told.ToString());
        Assert.Equal(
            ["材料审核 2022-10-10", "补正材料 2022-10-20", "材料审核 2022-10-10", "接口测试联调 2022-10-14"],
            told.Case!.Tasks.Where(task => task.Kind == "Work").Select(task => $"{task.Title} {task.DueDate}"));
        Assert.Empty(told.Case.Warnings);
        foreach (var field in new[] { "idCardNumber", "workType", "direction" })
        {
            Assert.Contains(told.Case.Messages, message => !message.Accepted && message.Findings.Any(finding => finding.Field == field && finding.Advice.Length > 0));
        }

        var data = JsonNode.Parse(told.ToJson())!;
        Assert.Equal(told.Case.Number, data["case"]!["number"]!.ToString());
        Assert.True(data["case"]!["journalLength"]!.GetValue<int>() > 10);
    }

    [Fact]
    public async Task A_shorter_limit_in_the_content_moves_the_printed_due_date()
    {
        ContentCopy.Of(HostSettings.ContentRootFrom(null), _content.Path);
        await ContentCopy.ChangeAsync(Path.Combine(_content.Path, "workflows/guangdong/vendor-integration.json"), ContentCopy.Limit(3), ContentCopy.Limit(2));

        var shipped = Path.Combine(HostSettings.ContentRootFrom(null), "workflows/guangdong/vendor-integration.scenarios.json");
        File.Copy(Path.Combine(HostSettings.ContentRootFrom(null), ScenarioReader.DefaultsFile), Path.Combine(_content.Path, ScenarioReader.DefaultsFile));
        var told = await PlayAsync(TestSettings.New with { ContentRoot = _content.Path }, $"{shipped}#{Stories.First}");

        Assert.True(told.EndedAsTold, told.ToString());
        Assert.Equal("2022-10-09", told.Case!.Tasks.First(task => task.Step == "review").DueDate);
    }

    [Fact]
    public async Task Differences_are_told_in_words_with_the_act_and_what_the_platform_has()
    {
        var file = Path.Combine(_content.Path, "wrong.scenarios.json");
        await File.WriteAllTextAsync(file, """
            { "scenarios": [ { "id": "wrong", "title": "期待的日期不对", "acts": [
              { "at": "2023-03-06 10:00", "who": "甲科技", "submit": "guangdong-vendor-integration", "authority": "441300",
                "expect": { "tasks": [ { "step": "review", "due": "2023-03-10" } ], "notices": {}, "outcome": "联调成功" } },
              { "at": "2023-03-07 10:00", "who": "441300/officer", "task": "interface-test", "outcome": "Succeeded" }
            ] } ] }
            """);

        var told = await PlayAsync(TestSettings.New, $"{file}#wrong");

        Assert.False(told.EndedAsTold);
        Assert.Collection(
            told.Differences.Select(difference => difference.ToString()),
            due => AssertTells(due, "第 1 步 2023-03-06 10:00", "wrong.scenarios.json:2", "review 2023-03-10 到期", "2023-03-09 到期"),
            notice => AssertTells(notice, "应为 [无]", "application-receipt → 甲科技有限公司"),
            outcome => AssertTells(outcome, "应为“联调成功”", "平台为“未办结”"),
            act => AssertTells(act, "第 2 步", "平台拒绝", "没有这一步"));
    }

    [Fact]
    public async Task Content_with_an_error_is_not_played()
    {
        ContentCopy.Of(HostSettings.ContentRootFrom(null), _content.Path, withStories: true);
        await ContentCopy.ChangeAsync(Path.Combine(_content.Path, "workflows/guangdong/vendor-integration.json"), "\"value\": \"material-completeness\"", "\"value\": \"material-completness\"");

        var problem = await Assert.ThrowsAsync<StoryException>(() => PlayAsync(TestSettings.New with { ContentRoot = _content.Path }, Stories.First));

        Assert.Contains("workflows/guangdong/vendor-integration.json:", problem.Message, StringComparison.Ordinal);
        Assert.Contains("material-completness", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_story_that_is_not_there_is_told_with_the_name_that_was_meant()
    {
        var problem = Assert.Throws<StoryException>(() => Stories.Shipped(TestSettings.New).Only("frist"));

        Assert.Contains("did you mean 'first'?", problem.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _data.Dispose();
        _content.Dispose();
    }

    private async Task<Chronicle> PlayAsync(HostSettings settings, string name)
    {
        var stories = name.Contains('#', StringComparison.Ordinal) ? Stories.In(settings, name) : Stories.Shipped(settings).Only(name);
        return await HttpPlatform.PlayAsync(settings with { DataFolder = _data.Path }, Assert.Single(stories.Scenarios), stories.Content, CancellationToken.None);
    }

    private static void AssertTells(string difference, params string[] words) =>
        Assert.All(words, word => Assert.Contains(word, difference, StringComparison.Ordinal));
}
