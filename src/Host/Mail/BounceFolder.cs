using System.Text;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Timers;
using WorkflowEngine.Storage.Outbox;

namespace WorkflowEngine.Host.Mail;

/// <summary>
/// Takes in what comes back: the mail server leaves the mails to our sender address in a folder, one file each, as a Maildir's <c>new</c> is. A report that one of our
/// letters could not be delivered sets the letter aside with an incident; whatever else comes is put into <c>other</c> beneath for a person.
/// </summary>
public sealed class BounceFolder(HostSettings settings, OutboxStore outbox, ILogger<BounceFolder> log) : IDisposable
{
    private const int LongestReport = 1 << 20;
    private const int MostAtOnce = 100;

    private readonly OneAtATime _rounds = new();

    /// <returns>How many files were taken in.</returns>
    public Task<int> DrainAsync(CancellationToken ct) => settings.BounceFolder is { } folder && Directory.Exists(folder)
        ? _rounds.RunAsync(() => TakeInAsync(folder, ct), ct)
        : Task.FromResult(0);

    public void Dispose() => _rounds.Dispose();

    private async Task<int> TakeInAsync(string folder, CancellationToken ct)
    {
        var taken = 0;
        // A server that writes under a hidden name first is not done with it.
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles().Where(file => file.Name[0] != '.').OrderBy(file => file.Name, StringComparer.Ordinal).Take(MostAtOnce).ToList())
        {
            var report = file.Length <= LongestReport ? DeliveryReport.Read(await File.ReadAllTextAsync(file.FullName, Encoding.Latin1, ct)) : null;
            if (report is null)
            {
                file.MoveTo(Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "other")).FullName, file.Name), overwrite: true);
            }
            else
            {
                // A crash between the two: the letter is set aside already, and the file says nothing new.
                if (await outbox.BounceAsync(report.MessageId, $"邮件送出后被对方邮件服务器退回（{report.Status}{Meaning(report.Status)}）。", ct))
                {
                    log.LogWarning("Letter {MessageId} came back ({Status}) and is set aside.", report.MessageId, report.Status);
                }

                file.Delete();
            }

            taken++;
        }

        return taken;
    }

    /// <summary>RFC 3463, those that the person who reads it can do something about.</summary>
    private static string Meaning(string status) => status switch
    {
        "5.1.1" or "5.1.10" or "5.1.6" => "：邮箱不存在",
        "5.1.2" => "：邮箱的域名不存在",
        "5.2.1" => "：邮箱已停用",
        "5.2.2" => "：邮箱已满",
        _ when status.StartsWith("5.7.", StringComparison.Ordinal) => "：对方拒收",
        _ => "",
    };
}

/// <summary>Looks each second for what came back, until the host stops.</summary>
public sealed class BounceService(BounceFolder bounces, WorkBells bells, ILogger<BounceService> log) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        BellWorker.RunAsync(bells.Bounces, bounces.DrainAsync, "Taking in mail that came back", log, stoppingToken);
}
