using System.Net.Mail;

namespace WorkflowEngine.Host.Mail;

/// <summary>Writes letters as <c>.eml</c> files, one per message id: for trying out, and where there is no mail server.</summary>
public sealed class FolderTransport(string folder) : IMailTransport
{
    public async Task SendAsync(OutgoingMail mail, CancellationToken ct)
    {
        using var message = MimeLetter.From(mail);
        var workshop = Directory.CreateDirectory(Path.Combine(folder, ".writing", Guid.NewGuid().ToString("N")));
        try
        {
            // The framework's own writer is the only public way to its MIME text; it picks the file's name itself.
            using (var client = new SmtpClient { DeliveryMethod = SmtpDeliveryMethod.SpecifiedPickupDirectory, PickupDirectoryLocation = workshop.FullName })
            {
                await client.SendMailAsync(message, ct);
            }

            var written = workshop.GetFiles("*.eml").Single();
            File.Move(written.FullName, Path.Combine(folder, FileNameOf(mail.MessageId)), overwrite: true);
        }
        finally
        {
            workshop.Delete(recursive: true);
        }
    }

    /// <summary>The message id without what a file name must not hold.</summary>
    public static string FileNameOf(string messageId, string extension = "eml") =>
        string.Concat(messageId.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '@' ? c : '_')) + "." + extension;
}
