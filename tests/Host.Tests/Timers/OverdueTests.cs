using System.Net;
using System.Text.Json.Nodes;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Tests.Timers;

public sealed class OverdueTests : IDisposable
{
    private readonly TemporaryFolder _data = new();

    [Fact]
    public async Task A_late_review_warns_at_midnight_is_answered_and_is_still_to_be_done()
    {
        await using var stage = await Platform.OpenAsync(TestSettings.New with { DataFolder = _data.Path });
        var vendor = await stage.SignInAsync("jia", CancellationToken.None);
        var officer = await stage.SignInAsync("sz-officer", CancellationToken.None);
        var number = await Platform.SubmitAsync(vendor);

        // The last minute of the last day, after a holiday of seven days and two working weekend days.
        await stage.WaitUntilAsync("2022-10-10T23:59", CancellationToken.None);
        Assert.Empty((await Platform.CaseAsync(officer, number)).Warnings);

        // Nobody asks the clock for midnight itself; the warning carries its own instant all the same.
        await stage.WaitUntilAsync("2022-10-11T08:00", CancellationToken.None);
        var late = await Platform.CaseAsync(officer, number);
        var warning = Assert.Single(late.Warnings);
        Assert.Equal(new DateTimeOffset(2022, 10, 11, 0, 0, 0, TimeSpan.FromHours(8)), warning.RaisedAt);
        Assert.Equal(WarningColour.Red, warning.Colour);
        Assert.Contains((await Platform.CaseAsync(vendor, number)).Notices, notice => notice.Template == "overdue-notice");

        var answer = Assert.Single(late.Tasks, task => task.Line is { Open: true, Kind: TaskKind.Warning });
        var values = new JsonObject { ["cause"] = "人员不足", ["account"] = "国庆后积压，今日审核。", ["plannedDate"] = "2022-10-11" };
        using var answered = await Platform.CompleteAsync(officer, answer, answer.Outcomes[0].Name, values);
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
        Assert.NotNull(Assert.Single((await Platform.CaseAsync(officer, number)).Warnings).AnsweredAt);

        using var approved = await Platform.CompleteAsync(officer, await Platform.OpenTaskAsync(officer, number, "review"), "Approved");
        Assert.Equal(HttpStatusCode.OK, approved.StatusCode);
    }

    [Fact]
    public async Task A_letter_is_written_to_the_mail_folder_for_who_has_an_address()
    {
        await using var stage = await Platform.OpenAsync(TestSettings.New with { DataFolder = _data.Path });
        var vendor = await stage.SignInAsync("jia", CancellationToken.None);

        await Platform.SubmitAsync(vendor);
        await stage.SettleAsync(CancellationToken.None);

        var letter = await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(Path.Combine(_data.Path, "mail"), "*.eml")));
        Assert.Contains("jia@example.com", letter, StringComparison.Ordinal);
        Assert.Single((await vendor.GetAsync<Page<NoticeLine>>("/api/notices", CancellationToken.None)).Items, notice => notice.Template == "application-receipt");
    }

    [Fact]
    public async Task A_letter_goes_to_the_mail_server_that_is_configured()
    {
        await using var server = new SmtpSink();
        var settings = TestSettings.New with { DataFolder = _data.Path, Smtp = new SmtpSettings("127.0.0.1", server.Port, SmtpEncryption.None, null, null) };
        await using var stage = await Platform.OpenAsync(settings);

        await Platform.SubmitAsync(await stage.SignInAsync("jia", CancellationToken.None));

        Assert.Contains("jia@example.com", (await server.NextAsync()).To, StringComparison.Ordinal);
    }

    public void Dispose() => _data.Dispose();
}
