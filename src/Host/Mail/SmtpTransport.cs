using System.Net.Sockets;
using System.Security.Authentication;
using WorkflowEngine.Host.Serving;

namespace WorkflowEngine.Host.Mail;

/// <summary>Hands letters to a mail server by SMTP, encrypted unless that is switched off.</summary>
public sealed class SmtpTransport(SmtpSettings settings) : IMailTransport
{
    public async Task SendAsync(OutgoingMail mail, CancellationToken ct)
    {
        var letter = MimeLetter.Of(mail);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(settings.AttemptTimeout);
        try
        {
            await using var talk = await SmtpConversation.BeginAsync(settings, limit.Token);
            await talk.HandOverAsync(letter, limit.Token);
            await talk.EndAsync(limit.Token);
        }
        catch (OperationCanceledException late) when (!ct.IsCancellationRequested)
        {
            throw new IOException($"The mail server {settings.Host}:{settings.Port} did not answer within {settings.AttemptTimeout.TotalSeconds:0} s.", late);
        }
        catch (Exception failed) when (failed is IOException or SocketException or AuthenticationException)
        {
            throw new IOException($"The mail server {settings.Host}:{settings.Port} did not take the letter: {failed.Message}", failed);
        }
    }
}
