using System.Net.Mail;
using System.Net.Mime;
using System.Text;

namespace WorkflowEngine.Host.Mail;

/// <summary>The letter as MIME: plain text for every reader, HTML for those that show it.</summary>
public static class MimeLetter
{
    /// <exception cref="DeliveryRefusedException">An address is not one.</exception>
    public static MailMessage From(OutgoingMail mail)
    {
        if (!MailAddress.TryCreate(mail.From, out var from)) throw new DeliveryRefusedException($"'{mail.From}' is not a sender address (Mail:From).");
        if (!MailAddress.TryCreate(mail.To, out var to)) throw new DeliveryRefusedException("The recipient's address is not an address.");

        var message = new MailMessage(from, to)
        {
            // A line break in a subject would begin a header of the sender's choice.
            Subject = OneLine(mail.Subject),
            SubjectEncoding = Encoding.UTF8,
            HeadersEncoding = Encoding.UTF8,
            Body = mail.Text,
            BodyEncoding = Encoding.UTF8,
            BodyTransferEncoding = TransferEncoding.Base64,
        };
        message.Headers.Add("Message-ID", $"<{OneLine(mail.MessageId)}>");
        message.Headers.Add("Auto-Submitted", "auto-generated");
        message.AlternateViews.Add(View(mail.Text, MediaTypeNames.Text.Plain));
        message.AlternateViews.Add(View(mail.Html, MediaTypeNames.Text.Html));
        message.Body = null;
        return message;
    }

    /// <summary>Text without anything that ends a header line.</summary>
    public static string OneLine(string text) => new(text.Where(c => !char.IsControl(c)).ToArray());

    private static AlternateView View(string content, string type)
    {
        var view = AlternateView.CreateAlternateViewFromString(content, Encoding.UTF8, type);
        view.TransferEncoding = TransferEncoding.Base64;
        return view;
    }
}
