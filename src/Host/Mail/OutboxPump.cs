using System.Net.Mail;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage.Outbox;

namespace WorkflowEngine.Host.Mail;

/// <summary>
/// Sends the mails that were decided. At least once: a crash between the server's "accepted" and our mark sends a letter
/// again under the same message id. A letter that fails waits longer each time and blocks nobody.
/// </summary>
public sealed class OutboxPump(OutboxStore outbox, IMailTransport transport, HostSettings settings, SystemClock clock, ILogger<OutboxPump> log)
{
    private const int BatchSize = 20;

    /// <summary>Longer than a batch can take, each letter's patience included; after that another host may try.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);

    /// <summary>Works until no mail may be tried now. Returns how many were tried.</summary>
    public async Task<int> DrainAsync(CancellationToken ct)
    {
        var total = 0;
        while (await outbox.ClaimAsync(clock.Now, Lease, BatchSize, ct) is { Count: > 0 } mails)
        {
            foreach (var mail in mails) await SendAsync(mail, ct);
            total += mails.Count;
        }

        return total;
    }

    private async Task SendAsync(OutboxMail mail, CancellationToken ct)
    {
        using var span = Telemetry.Source.StartActivity("send mail");
        span?.SetTag("mail", mail.Id);
        try
        {
            await transport.SendAsync(new OutgoingMail(mail.MessageId, settings.MailFrom, mail.Recipient, mail.Subject, mail.Html, mail.Text), ct);
            await outbox.MarkSentAsync(mail, clock.Now, ct);
        }
        catch (MailRefusedException refused)
        {
            log.LogWarning(refused, "Mail {Mail} is refused for good and set aside.", mail.Id);
            await outbox.ParkAsync(mail, refused.Message, ct);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or SmtpException or FormatException)
        {
            log.LogWarning(failed, "Mail {Mail} could not be sent (attempt {Attempt}) and is tried again later.", mail.Id, mail.Attempt);
            await outbox.MarkFailedAsync(mail, failed.Message, clock.Now, ct);
        }
    }
}
