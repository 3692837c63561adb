using System.Diagnostics;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Host.Walkthrough;
using WorkflowEngine.Storage.Cases;

namespace WorkflowEngine.Host.Tests.Timers;

public sealed class ReplannerTests : IDisposable
{
    private const string CalendarFile = "rules/calendars/cn.json";
    private const string FlowFile = "workflows/guangdong/vendor-integration.json";
    private const string Notice = "deadline-changed";

    private readonly TemporaryFolder _data = new();
    private readonly TemporaryFolder _content = new();

    [Fact]
    public async Task A_changed_calendar_moves_an_open_review_with_its_timers_and_tells_the_bureau()
    {
        await using var stage = await OpenAsync();
        var officer = await stage.SignInAsync("sz-officer", CancellationToken.None);
        var number = await Platform.SubmitAsync(await stage.SignInAsync("jia", CancellationToken.None));
        Assert.Equal(new DateOnly(2022, 10, 10), (await Platform.OpenTaskAsync(officer, number, "review")).Line.DueDate);

        // A new case would have two days; this one keeps its three, on the new calendar.
        await ChangeAsync(stage, FlowFile, (ContentCopy.Limit(3), ContentCopy.Limit(2)));
        await ChangeAsync(
            stage, CalendarFile,
            ("\"version\": \"2026-11-20\"", "\"version\": \"2022-10-01\""),
            ("\"2022-10-08\": {\"name\": \"国庆节\", \"isOffDay\": false}", "\"2022-10-08\": {\"name\": \"国庆节\", \"isOffDay\": true}"));

        Assert.Equal(new DateOnly(2022, 10, 11), (await Platform.OpenTaskAsync(officer, number, "review")).Line.DueDate);
        var told = Assert.Single((await Platform.CaseAsync(officer, number)).Notices, notice => notice.Template == Notice);
        var letter = (await officer.GetAsync<NoticeView>($"/api/notices/{told.Id}", CancellationToken.None)).Text;
        Assert.Contains("2022年10月10日", letter, StringComparison.Ordinal);
        Assert.Contains("2022年10月11日", letter, StringComparison.Ordinal);
        Assert.Contains("2022-10-01", letter, StringComparison.Ordinal);

        // The same days under another version: nobody hears of it again.
        await ChangeAsync(stage, CalendarFile, ("\"version\": \"2022-10-01\"", "\"version\": \"2022-10-02\""));
        Assert.Single((await Platform.CaseAsync(officer, number)).Notices, notice => notice.Template == Notice);

        await stage.WaitUntilAsync("2022-10-10T08:59", CancellationToken.None);
        Assert.DoesNotContain((await Platform.CaseAsync(officer, number)).Notices, notice => notice.Template == "deadline-reminder");
        await stage.WaitUntilAsync("2022-10-10T09:00", CancellationToken.None);
        Assert.Single((await Platform.CaseAsync(officer, number)).Notices, notice => notice.Template == "deadline-reminder");
        await stage.WaitUntilAsync("2022-10-11T23:59", CancellationToken.None);
        Assert.Empty((await Platform.CaseAsync(officer, number)).Warnings);
        await stage.WaitUntilAsync("2022-10-12T00:00", CancellationToken.None);
        Assert.Single((await Platform.CaseAsync(officer, number)).Warnings);
    }

    [Fact]
    public async Task A_test_that_moves_is_told_to_the_bureau_and_to_the_vendor_who_is_bound_by_it_too()
    {
        await using var stage = await OpenAsync();
        var officer = await stage.SignInAsync("sz-officer", CancellationToken.None);
        var vendor = await stage.SignInAsync("jia", CancellationToken.None);
        var number = await Platform.SubmitAsync(vendor);
        using var approved = await Platform.CompleteAsync(officer, await Platform.OpenTaskAsync(officer, number, "review"), "Approved");
        Assert.Equal(new DateOnly(2022, 10, 12), (await Platform.OpenTaskAsync(officer, number, "interface-test")).Line.DueDate);

        await ChangeAsync(stage, CalendarFile, ("\"2022-10-08\": {\"name\": \"国庆节\", \"isOffDay\": false}", "\"2022-10-08\": {\"name\": \"国庆节\", \"isOffDay\": true}"));

        foreach (var person in new[] { officer, vendor })
        {
            var told = Assert.Single((await person.GetAsync<Page<NoticeLine>>("/api/notices", CancellationToken.None)).Items, notice => notice.Template == Notice);
            Assert.Contains("2022年10月13日", (await person.GetAsync<NoticeView>($"/api/notices/{told.Id}", CancellationToken.None)).Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_date_that_stays_but_is_no_longer_provisional_is_told_once()
    {
        await using var stage = await OpenAsync();
        await stage.WaitUntilAsync("2026-12-30T09:00", CancellationToken.None);
        var officer = await stage.SignInAsync("sz-officer", CancellationToken.None);
        var number = await Platform.SubmitAsync(await stage.SignInAsync("jia", CancellationToken.None));
        var review = (await Platform.OpenTaskAsync(officer, number, "review")).Line;
        Assert.True(review.Provisional);

        await ChangeAsync(stage, CalendarFile, ("\"2027\": {\"status\": \"provisional\"}", "\"2027\": {\"status\": \"official\", \"paper\": \"https://www.gov.cn/\"}"));

        var settled = (await Platform.OpenTaskAsync(officer, number, "review")).Line;
        Assert.Equal((review.DueDate, false), (settled.DueDate, settled.Provisional));
        var told = Assert.Single((await Platform.CaseAsync(officer, number)).Notices, notice => notice.Template == Notice);
        Assert.Contains("期限已确定", told.Subject, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _data.Dispose();
        _content.Dispose();
    }

    private Task<Stage> OpenAsync()
    {
        ContentCopy.Of(HostSettings.ContentRootFrom(null), _content.Path);
        return Platform.OpenAsync(TestSettings.New with { DataFolder = _data.Path, ContentRoot = _content.Path });
    }

    /// <summary>Saves the changes at once and returns when they are in force and everything that follows has happened.</summary>
    private async Task ChangeAsync(Stage stage, string file, params (string From, string To)[] changes)
    {
        var release = (await stage.ReadinessAsync(CancellationToken.None)).Release;
        var path = Path.Combine(_content.Path, file);
        var text = await File.ReadAllTextAsync(path);
        foreach (var (from, to) in changes)
        {
            Assert.True(text.Split(from).Length == 2, $"{file} should contain {from} once.");
            text = text.Replace(from, to, StringComparison.Ordinal);
        }

        // Put in place as a whole, so that no look at the folder meets half a file.
        var edited = _content.Path + ".edited";
        await File.WriteAllTextAsync(edited, text);
        File.Move(edited, path, overwrite: true);
        var watch = Stopwatch.StartNew();
        while ((await stage.ReadinessAsync(CancellationToken.None)) is var readiness && readiness.Release == release)
        {
            Assert.False(readiness.ContentRefused, string.Join('\n', readiness.ContentProblems));
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), "The content folder's change was not noticed within 30 s.");
        }

        await stage.SettleAsync(CancellationToken.None);
    }
}
