using System.Text;

namespace WorkflowEngine.Host.Mail;

/// <summary>Writes letters as <c>.eml</c> files, one per message id: for trying out, and where there is no mail server.</summary>
public sealed class FolderTransport(string folder) : IMailTransport
{
    public async Task SendAsync(OutgoingMail mail, CancellationToken ct)
    {
        var letter = MimeLetter.Of(mail);
        Directory.CreateDirectory(folder);
        var written = Path.Combine(folder, $".{Guid.NewGuid():N}");
        try
        {
            await File.WriteAllTextAsync(written, letter.Content, Encoding.ASCII, ct);
            File.Move(written, Path.Combine(folder, FileNameOf(mail.MessageId)), overwrite: true);
        }
        finally
        {
            File.Delete(written);
        }
    }

    /// <summary>The message id without what a file name must not hold.</summary>
    public static string FileNameOf(string messageId, string extension = "eml") =>
        string.Concat(messageId.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '@' ? c : '_')) + "." + extension;
}
