using System.Net;
using System.Net.Mail;
using WorkflowEngine.Host.Serving;

namespace WorkflowEngine.Host.Mail;

/// <summary>Hands letters to a mail server by SMTP, with STARTTLS unless it is switched off.</summary>
public sealed class SmtpTransport(SmtpSettings settings) : IMailTransport
{
    public async Task SendAsync(OutgoingMail mail, CancellationToken ct)
    {
        using var message = MimeLetter.From(mail);
        using var client = new SmtpClient(settings.Host, settings.Port) { EnableSsl = settings.StartTls };
        if (settings.UserName is { } user) client.Credentials = new NetworkCredential(user, settings.Password);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(settings.AttemptTimeout);
        try
        {
            await client.SendMailAsync(message, limit.Token);
        }
        catch (OperationCanceledException late) when (!ct.IsCancellationRequested)
        {
            throw new IOException($"The mail server {settings.Host}:{settings.Port} did not answer within {settings.AttemptTimeout.TotalSeconds:0} s.", late);
        }
        catch (SmtpException refused) when ((int)refused.StatusCode is >= 550 and < 560)
        {
            throw new DeliveryRefusedException($"The mail server refused the letter: {refused.StatusCode}.", refused);
        }
        catch (SmtpException failed)
        {
            throw new IOException($"The mail server {settings.Host}:{settings.Port} did not take the letter: {failed.Message}", failed);
        }
    }
}
