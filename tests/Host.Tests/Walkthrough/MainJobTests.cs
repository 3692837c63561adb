using System.Text.Json.Nodes;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Host.Walkthrough;

namespace WorkflowEngine.Host.Tests.Walkthrough;

public sealed class MainJobTests : IDisposable
{
    private readonly TemporaryFolder _data = new();
    private readonly TemporaryFolder _content = new();

    [Fact]
    public async Task A_new_vendor_goes_from_application_to_success_over_the_national_day_holiday()
    {
        var told = await NationalDayStory.PlayAsync(HostSettings.FromEnvironment() with { DataFolder = _data.Path }, CancellationToken.None);

        Assert.True(told.EndedAsTold, told.ToString());
        Assert.Equal(
            ["材料审核 2022-10-10", "补正材料 2022-10-20", "材料审核 2022-10-10", "接口测试联调 2022-10-14"],
            told.Case!.Tasks.Select(task => $"{task.Title} {task.DueDate}"));
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

        var told = await NationalDayStory.PlayAsync(HostSettings.FromEnvironment() with { DataFolder = _data.Path, ContentRoot = _content.Path }, CancellationToken.None);

        Assert.True(told.EndedAsTold, told.ToString());
        Assert.Equal("2022-10-09", told.Case!.Tasks[0].DueDate);
    }

    [Fact]
    public async Task Content_with_an_error_is_not_played()
    {
        ContentCopy.Of(HostSettings.ContentRootFrom(null), _content.Path);
        await ContentCopy.ChangeAsync(Path.Combine(_content.Path, "workflows/guangdong/vendor-integration.json"), "\"value\": \"material-completeness\"", "\"value\": \"material-completness\"");

        var problem = await Assert.ThrowsAsync<StoryException>(() =>
            NationalDayStory.PlayAsync(HostSettings.FromEnvironment() with { DataFolder = _data.Path, ContentRoot = _content.Path }, CancellationToken.None));

        Assert.Contains("workflows/guangdong/vendor-integration.json:", problem.Message, StringComparison.Ordinal);
        Assert.Contains("material-completness", problem.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _data.Dispose();
        _content.Dispose();
    }
}
