using System.Net;
using WorkflowEngine.Host.Api;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Host.Walkthrough;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Tests.Reliability;

/// <summary>Of many who act at one moment one wins, and the others hear who. <c>./bench races</c> does the same with 10,000 tasks.</summary>
public sealed class RaceTests : IAsyncLifetime
{
    private readonly TemporaryFolder _data = new();
    private readonly FlowFolder _content = new();
    private Stage _stage = null!;

    public async Task InitializeAsync()
    {
        Races.Write(_content);
        _stage = await Platform.OpenAsync(TestSettings.New with { DataFolder = _data.Path, ContentRoot = _content.Path });
    }

    public async Task DisposeAsync()
    {
        await _stage.DisposeAsync();
        _data.Dispose();
        _content.Dispose();
    }

    [Fact]
    public async Task Three_hundred_tasks_have_one_winner_each_and_every_200_is_in_the_database()
    {
        var report = await new Races(_stage, seed: 1).RunAsync(300, clients: 64);

        Assert.Empty(report.Wrong);
        foreach (var race in new[] { "TwoPeople 409", "TwoClicks 200", "Withdrawal 409" }) Assert.True(report.Answers.ContainsKey(race), $"{race}: {string.Join(", ", report.Answers)}");
    }

    [Fact]
    public async Task Who_is_late_because_the_applicant_withdrew_reads_so_on_the_page_and_in_the_answer()
    {
        var vendor = await _stage.SignInAsync("jia", CancellationToken.None);
        var officer = await _stage.SignInAsync("sz-officer", CancellationToken.None);
        var number = (await vendor.PostAsync<OpenedCase>("/api/cases", new NewCase("contest", DemoPeople.Shenzhen, []), CancellationToken.None)).Number;
        var view = await Platform.CaseAsync(vendor, number);
        var review = view.Tasks.Single(task => task.ActivityId == "review");
        using var withdrawn = await Platform.CompleteAsync(vendor, view.Tasks.Single(task => task.ActivityId == "withdraw"), "Withdrawn");

        using var late = await Platform.CompleteAsync(officer, review, "Approved");

        Assert.Equal(HttpStatusCode.OK, withdrawn.StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        var told = await PlatformClient.BodyAsync<TaskDoneBefore>(late, CancellationToken.None);
        Assert.Equal((vendor.Name, TaskEnd.Cancelled), (told.By, told.End));
        Assert.Contains($"{vendor.Name}已于 2022-09-30 09:00 办理了相关事项", told.Detail, StringComparison.Ordinal);
    }
}
