using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using WorkflowEngine.Host.Api;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Host.Walkthrough;
using WorkflowEngine.Storage.Audit;
using WorkflowEngine.Storage.Backup;
using WorkflowEngine.Storage.Outbox;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Sealing;

namespace WorkflowEngine.Host.Tests.Backup;

/// <summary>The disaster that operators rehearse: the data folder is lost, and everything up to an instant is there again, without one mail sent a second time.</summary>
public sealed class RestoreTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SmtpSink _mail = new();
    private readonly List<ReceivedLetter> _letters = [];
    private IReadOnlyList<DemoAccount> _accounts = [];

    public RestoreTests()
    {
        // The server's account has to get to the archive below.
        File.SetUnixFileMode(_folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
    }

    private string Backups => Path.Combine(_folder.Path, "backup");

    private string Keys => Path.Combine(_folder.Path, "keys");

    private HostSettings Old => TestSettings.New with
    {
        DataFolder = Path.Combine(_folder.Path, "data"), BackupFolder = Backups, Urls = "http://127.0.0.1:0", Demo = true, Simulated = true, SimulatedStart = Platform.Start, Quiet = true,
        Smtp = new SmtpSettings("127.0.0.1", _mail.Port, SmtpEncryption.None, null, null),
    };

    private HostSettings New => Old with { DataFolder = Path.Combine(_folder.Path, "restored") };

    public async ValueTask DisposeAsync()
    {
        await _mail.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_lost_database_is_had_as_of_an_instant_and_sends_nothing_that_was_sent_after_it()
    {
        var (kept, instant, lost) = await WorkUntilTheDisasterAsync();
        var before = _letters.Count;
        await RefusesAsync(instant);

        var restored = await RestoreAsync(instant);

        Assert.InRange(restored.LastCommit!.Value, instant.AddMinutes(-5), instant);
        Assert.Equal(1, restored.UndecidedMail);
        await using var host = await RunningHost.StartAsync(New, CancellationToken.None);
        using var officer = await host.SignInAsync(_accounts, "sz-officer");
        foreach (var (number, step) in kept) await Platform.OpenTaskAsync(officer, number, step);
        using (var gone = await officer.ReadAsync($"/api/cases/{lost}", CancellationToken.None)) Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        var audit = await host.Services.GetRequiredService<AuditChain>().VerifyAsync(chain: null, CancellationToken.None);
        Assert.True(audit.Intact && audit.Records > 0, string.Join('\n', audit.Findings));

        // Time goes on from where it stood: the reminders of what is open are sent, once each, and nothing of before.
        await SettleAsync(host, new DateTimeOffset(2022, 10, 9, 9, 0, 0, TimeSpan.FromHours(8)));
        Assert.Contains(_letters.Skip(before), letter => letter.Recipient == "shenzhen@example.com");
        Assert.Single((await Platform.CaseAsync(officer, kept[1].Number)).Notices, notice => notice.Template == "deadline-reminder");
        await DecideAboutMailAsync(host, officer);
        using var vendor = await host.SignInAsync(_accounts, "jia");
        await Platform.SubmitAsync(vendor);
        await SettleAsync(host, new DateTimeOffset(2022, 10, 9, 10, 0, 0, TimeSpan.FromHours(8)));
        Assert.Equal(_letters.Count, _letters.Select(letter => letter.MessageId).Distinct().Count());
    }

    /// <returns>What is there at the instant, the instant, and what was filed after it.</returns>
    private async Task<(List<(string Number, string Step)> Kept, DateTimeOffset Instant, string Lost)> WorkUntilTheDisasterAsync()
    {
        List<(string Number, string Step)> kept;
        DateTimeOffset instant;
        string lost;
        await using (var host = await RunningHost.StartAsync(Old, CancellationToken.None))
        {
            _accounts = host.NewAccounts;
            using var vendor = await host.SignInAsync(_accounts, "jia");
            using var officer = await host.SignInAsync(_accounts, "sz-officer");
            var first = await Platform.SubmitAsync(vendor);
            await SettleAsync(host, Platform.Start);
            var taken = await BaseBackup.TakeAsync(Old.Storage, Backups, TimeProvider.System, NullLogger.Instance, CancellationToken.None);
            Assert.True(taken.Manifest.Archived);
            MasterKey.Read(Old.Storage).SaveTo(Keys);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(Keys, "master.key")));

            var second = await Platform.SubmitAsync(vendor);
            using (var approved = await Platform.CompleteAsync(officer, await Platform.OpenTaskAsync(officer, first, "review"), "Approved")) Assert.Equal(HttpStatusCode.OK, approved.StatusCode);
            await SettleAsync(host, Platform.Start);

            // The receipt of the third is on its way at the instant and arrives after it.
            _mail.Hold();
            var third = await Platform.SubmitAsync(vendor);
            await _mail.HeldAsync();
            instant = TimeProvider.System.GetUtcNow();
            kept = [(first, "interface-test"), (second, "review"), (third, "review")];
            _mail.LetGo();
            lost = await Platform.SubmitAsync(vendor);
            await SettleAsync(host, Platform.Start);
        }

        Directory.Delete(Old.DataFolder, recursive: true);
        return (kept, instant, lost);
    }

    private async Task RefusesAsync(DateTimeOffset instant)
    {
        var request = new RestoreRequest(Backups, instant, LastWal: null);
        Task<RestoredData> RunAsync(RestoreRequest wanted, MasterKey key) => Restore.RunAsync(New.Storage, wanted, key, TimeProvider.System, NullLogger.Instance, CancellationToken.None);

        var stranger = MasterKey.Read(new StorageOptions { MasterKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) });
        Assert.Contains("主密钥", (await Assert.ThrowsAsync<DataFolderException>(() => RunAsync(request, stranger))).Chinese, StringComparison.Ordinal);
        var key = MasterKey.Read(new StorageOptions { DataFolder = Keys });
        Assert.Contains("最早的备份", (await Assert.ThrowsAsync<DataFolderException>(() => RunAsync(request with { At = instant.AddDays(-1) }, key))).Chinese, StringComparison.Ordinal);
        var damaged = Directory.GetFiles(Path.Combine(Directory.GetDirectories(Path.Combine(Backups, "base")).Single(), "cluster", "global"))[0];
        var sound = await File.ReadAllBytesAsync(damaged);
        await File.WriteAllBytesAsync(damaged, [.. sound[..^1], (byte)(sound[^1] ^ 1)]);
        Assert.Contains(Path.GetFileName(damaged), (await Assert.ThrowsAsync<DataFolderException>(() => RunAsync(request, key))).Chinese, StringComparison.Ordinal);
        await File.WriteAllBytesAsync(damaged, sound);
        Assert.False(Directory.Exists(New.DataFolder));
    }

    private async Task<RestoredData> RestoreAsync(DateTimeOffset instant)
    {
        var key = MasterKey.Read(new StorageOptions { DataFolder = Keys });
        var restored = await Restore.RunAsync(New.Storage, new RestoreRequest(Backups, instant, LastWal: null), key, TimeProvider.System, NullLogger.Instance, CancellationToken.None);
        var again = await Assert.ThrowsAsync<DataFolderException>(() => Restore.RunAsync(New.Storage, new RestoreRequest(Backups, instant, null), key, TimeProvider.System, NullLogger.Instance, CancellationToken.None));
        Assert.Contains("不是空的", again.Chinese, StringComparison.Ordinal);
        return restored;
    }

    /// <summary>The receipt that was on its way: only who looks after the installation decides about it, with a reason, once.</summary>
    private async Task DecideAboutMailAsync(RunningHost host, PlatformClient officer)
    {
        using (var closed = await officer.ReadAsync("/api/mail", CancellationToken.None)) Assert.Equal(HttpStatusCode.Forbidden, closed.StatusCode);
        using var keeper = await host.SignInAsync(_accounts, "gd-operator");
        var waiting = (await keeper.GetAsync<MailView>("/api/mail", CancellationToken.None)).BeforeRestore;
        var mail = Assert.Single(waiting.Items);
        using (var page = await keeper.ReadAsync("/mail", CancellationToken.None)) Assert.Contains(mail.Id, await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using (var silent = await keeper.SendAsync("/api/mail/decide", new MailAnswer([mail.Id], MailDecision.Drop, " "), CancellationToken.None)) Assert.Equal(HttpStatusCode.UnprocessableEntity, silent.StatusCode);
        var answer = new MailAnswer([mail.Id], MailDecision.Drop, "邮件服务器的记录显示已送达");
        Assert.Equal(1, (await keeper.PostAsync<MailDone>("/api/mail/decide", answer, CancellationToken.None)).Decided);
        Assert.Equal(0, (await keeper.PostAsync<MailDone>("/api/mail/decide", answer with { Decision = MailDecision.Send }, CancellationToken.None)).Decided);
        Assert.Equal(OutboxFigures.None, (await keeper.GetAsync<MailView>("/api/mail", CancellationToken.None)).Figures);
    }

    /// <summary>Returns when everything that is due by then has happened and every mail has arrived.</summary>
    private async Task SettleAsync(RunningHost host, DateTimeOffset to)
    {
        await host.AdvanceAsync(to);
        var desk = host.Services.GetRequiredService<OutboxDesk>();
        while ((await desk.FiguresAsync(CancellationToken.None)).Pending > 0) await Task.Yield();
        while (_mail.TryNext() is { } letter) _letters.Add(letter);
    }
}
