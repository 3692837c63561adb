using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using WorkflowEngine.Host.Api;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Simulation;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Host.Walkthrough;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Host.Tests.Timers;

/// <summary>Two hosts on one database, and business time that goes on while neither of them does anything.</summary>
public sealed class DowntimeTests : IAsyncLifetime
{
    private const int DigestOver = 3;

    private readonly TemporaryFolder _data = new();
    private readonly SmtpSink _mail = new();
    private readonly List<ReceivedLetter> _letters = [];
    private RunningHost _first = null!;
    private RunningHost _second = null!;

    public async Task InitializeAsync()
    {
        var settings = TestSettings.New with
        {
            DataFolder = _data.Path, Urls = "http://127.0.0.1:0", Quiet = true, Simulated = true, SimulatedStart = Platform.Start,
            Smtp = new SmtpSettings("127.0.0.1", _mail.Port, SmtpEncryption.None, null, null), MailDigestOver = DigestOver, PublicAddress = new Uri("https://platform.example.gov.cn"),
        };
        _first = await RunningHost.StartAsync(settings with { Demo = true }, CancellationToken.None);
        _second = await RunningHost.StartAsync(settings with { Server = new StorageOptions { ConnectionString = EmbeddedPostgres.ConnectionTo(_data.Path) } }, CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await _second.DisposeAsync();
        await _first.DisposeAsync();
        await _mail.DisposeAsync();
        _data.Dispose();
    }

    [Fact]
    public async Task What_fell_due_in_two_weeks_without_hosts_happens_once_in_order_and_is_told_in_one_mail()
    {
        using var vendor = await _first.SignInAsync(_first.NewAccounts, "jia");
        using var officer = await _first.SignInAsync(_first.NewAccounts, "sz-officer");
        using var leader = await _first.SignInAsync(_first.NewAccounts, "sz-leader");
        using var keeper = await _first.SignInAsync(_first.NewAccounts, "gd-operator");
        var late = new List<string>();
        for (var filed = 0; filed < DigestOver + 1; filed++)
        {
            late.Add(await Platform.SubmitAsync(vendor));
            await _first.AdvanceAsync(Platform.Start);
        }

        // One goes back to the vendor: the clock of the review stands still from then on.
        var returned = await Platform.SubmitAsync(vendor);
        await ReturnAsync(officer, returned);
        await _first.AdvanceAsync(At("2022-10-09T08:59:59"));
        Assert.DoesNotContain(await NoticesOf(officer, late[0]), notice => notice.Template == "deadline-reminder");
        var sentBefore = await MailsAsync(keeper);
        Assert.DoesNotContain(sentBefore, letter => IsDigest(letter));

        await SleepUntilAsync("2022-10-14T08:00");
        foreach (var number in late)
        {
            var view = await Platform.CaseAsync(officer, number);
            Assert.Equal(["Reminder", "Overdue"], Fired(view, "review"));
            // Reminder and warning name the day that was missed; the warning is of the day on which people can see it, and so is the time they have to answer.
            Assert.Equal(new DateOnly(2022, 10, 10), (await Platform.OpenTaskAsync(officer, number, "review")).Line.DueDate);
            Assert.Equal(At("2022-10-14T08:00"), Assert.Single(view.Warnings).RaisedAt);
            var told = (await NoticesOf(leader, number)).First(notice => notice.Template == "overdue-warning");
            Assert.Contains("2022年10月10日", (await leader.GetAsync<NoticeView>($"/api/notices/{told.Id}", CancellationToken.None)).Text, StringComparison.Ordinal);
            Assert.Single(await NoticesOf(officer, number), notice => notice.Template == "deadline-reminder");
        }

        // No limit ran in the case that went back, so there was none to be late with; taken up again, the review has its three days.
        var waiting = await Platform.CaseAsync(officer, returned);
        Assert.Empty(waiting.Warnings);
        Assert.Empty(Fired(waiting, "review"));
        await ResubmitAsync(vendor, returned);
        Assert.Equal(new DateOnly(2022, 10, 19), (await Platform.OpenTaskAsync(officer, returned, "review")).Line.DueDate);

        // To each in one mail what is about four cases and more, under one id; nobody got one of them by itself besides.
        var caughtUp = (await MailsAsync(keeper)).Except(sentBefore).ToList();
        var digests = caughtUp.Where(IsDigest).ToList();
        Assert.Equal(["jia@example.com", "shenzhen@example.com"], digests.Select(letter => letter.Recipient).Order());
        Assert.Equal(caughtUp.Count, caughtUp.Select(letter => letter.MessageId).Distinct().Count());
        Assert.All(caughtUp.Except(digests), letter => Assert.DoesNotContain(late, number => letter.Subject.Contains(number, StringComparison.Ordinal)));
        var text = digests.Single(letter => letter.Recipient == "jia@example.com").Text;
        Assert.Contains("https://platform.example.gov.cn/notices", text, StringComparison.Ordinal);
        Assert.All(late, number => Assert.Contains(number, text, StringComparison.Ordinal));

        // A second downtime: what nobody answered goes up, and the review that was taken up again is late in its turn, each at its own time.
        await SleepUntilAsync("2022-10-21T09:00");
        var escalated = await Platform.CaseAsync(officer, late[0]);
        Assert.Equal(["Overdue"], Fired(escalated, "review-warning"));
        Assert.Equal(2, escalated.Warnings.Count);
        Assert.Equal(["Reminder", "Overdue"], Fired(await Platform.CaseAsync(officer, returned), "review"));
    }

    /// <summary>Time goes on by so much while nobody works; then both hosts wake up.</summary>
    private async Task SleepUntilAsync(string instant)
    {
        await _first.Services.GetRequiredService<SimulatedTime>().AdvanceAsync(At(instant), CancellationToken.None);
        foreach (var host in (RunningHost[])[_first, _second]) host.Services.GetRequiredService<MovableTime>().MoveTo(At(instant));
        await Task.WhenAll(_second.AdvanceAsync(At(instant)), _first.AdvanceAsync(At(instant)));
    }

    private static async Task ReturnAsync(PlatformClient officer, string number)
    {
        var defect = new JsonObject { ["item"] = "授权书", ["clause"] = "161号 二（四）材料清单", ["problem"] = "没有加盖公章", ["expected"] = "加盖公章后重新上传" };
        using var done = await Platform.CompleteAsync(officer, await Platform.OpenTaskAsync(officer, number, "review"), "Returned", new JsonObject { ["defects"] = new JsonArray(defect) });
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
    }

    private static async Task ResubmitAsync(PlatformClient vendor, string number)
    {
        var values = new JsonObject { ["remedies"] = new JsonArray(new JsonObject { ["item"] = "授权书", ["explanation"] = "已加盖公章" }) };
        using var done = await Platform.CompleteAsync(vendor, await Platform.OpenTaskAsync(vendor, number, "correct"), "Resubmitted", values);
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
    }

    private static async Task<List<NoticeLine>> NoticesOf(PlatformClient reader, string number) => [.. (await Platform.CaseAsync(reader, number)).Notices];

    /// <summary>What fell due for the step, in the order in which it happened.</summary>
    private static IEnumerable<string> Fired(CaseView view, string step) =>
        view.Timeline.Where(entry => entry.ActivityId == step && entry.Event == "Fired").SelectMany(entry => entry.Outcomes ?? []);

    /// <summary>Every letter that arrived so far, when none is left to be sent.</summary>
    private async Task<IReadOnlyList<ReceivedLetter>> MailsAsync(PlatformClient keeper)
    {
        while (true)
        {
            // A mail is marked as sent after it has arrived.
            var isAll = (await keeper.GetAsync<MailView>("/api/mail", CancellationToken.None)).Figures is { Pending: 0, Parked: 0 };
            while (_mail.TryNext() is { } letter) _letters.Add(letter);
            if (isAll) return [.. _letters];
        }
    }

    private static DateTimeOffset At(string instant) => new(DateTime.Parse(instant, System.Globalization.CultureInfo.InvariantCulture), TimeSpan.FromHours(8));

    private static bool IsDigest(ReceivedLetter letter) => letter.MessageId.StartsWith("digest-", StringComparison.Ordinal);
}
