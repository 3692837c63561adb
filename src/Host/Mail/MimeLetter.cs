using System.Globalization;
using System.Net.Mail;
using System.Security.Cryptography;
using System.Text;

namespace WorkflowEngine.Host.Mail;

/// <summary>
/// The letter as MIME: plain text for every reader, HTML for those that show it. ASCII throughout, whatever the letter says: subject and name are encoded words,
/// the texts are Base64, so that nothing in them can end a header or a part.
/// </summary>
/// <param name="Sender">The bare address.</param>
/// <param name="Recipient">The bare address.</param>
/// <param name="Content">Headers and body; lines end in CR LF.</param>
public sealed record MimeLetter(string Sender, string Recipient, string Content)
{
    /// <summary>Bytes of UTF-8 in one encoded word: with what is around them a line stays under 76 characters (RFC 2047).</summary>
    private const int BytesInWord = 39;

    private const int CharactersInLine = 76;

    /// <exception cref="DeliveryRefusedException">An address is not one.</exception>
    public static MimeLetter Of(OutgoingMail mail)
    {
        if (AddressOf(mail.From) is not { } from) throw new DeliveryRefusedException($"'{mail.From}' is not a sender address (Mail:From).");
        if (AddressOf(mail.To) is not { } to) throw new DeliveryRefusedException("The recipient's address is not an address.");

        // No Base64 has a hyphen.
        var boundary = $"part-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(mail.MessageId)))[..32]}";
        var content = new StringBuilder();
        Header(content, "MIME-Version", "1.0");
        Header(content, "From", from.DisplayName.Length == 0 ? from.Address : $"{Encoded(from.DisplayName)} <{from.Address}>");
        Header(content, "To", to.Address);
        Header(content, "Date", Date(mail.Date));
        Header(content, "Subject", Encoded(OneLine(mail.Subject)));
        Header(content, "Message-ID", $"<{OneLine(mail.MessageId)}>");
        Header(content, "Auto-Submitted", "auto-generated");
        Header(content, "Content-Type", $"multipart/alternative; boundary=\"{boundary}\"");
        // Readers show the last part that they can: HTML comes last.
        Part(content, boundary, "text/plain", mail.Text);
        Part(content, boundary, "text/html", mail.Html);
        content.Append("\r\n--").Append(boundary).Append("--\r\n");
        return new MimeLetter(from.Address, to.Address, content.ToString());
    }

    /// <summary>Text without anything that ends a header line.</summary>
    public static string OneLine(string text) => new(text.Where(c => !char.IsControl(c)).ToArray());

    /// <summary>Null: no address that every mail server takes.</summary>
    private static MailAddress? AddressOf(string text) =>
        MailAddress.TryCreate(text, out var address) && address.Address.All(c => c is > ' ' and < '\x7f' and not ('<' or '>')) ? address : null;

    private static void Header(StringBuilder content, string name, string value) => content.Append(name).Append(": ").Append(value).Append("\r\n");

    private static void Part(StringBuilder content, string boundary, string type, string text)
    {
        content.Append("\r\n--").Append(boundary).Append("\r\n");
        Header(content, "Content-Type", $"{type}; charset=utf-8");
        Header(content, "Content-Transfer-Encoding", "base64");
        var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
        for (var at = 0; at < encoded.Length; at += CharactersInLine)
        {
            content.Append("\r\n").Append(encoded.AsSpan(at, Math.Min(CharactersInLine, encoded.Length - at)));
        }

        content.Append("\r\n");
    }

    /// <summary>Words that hold whole characters each, one a line.</summary>
    private static string Encoded(string text)
    {
        var (words, word) = (new List<string>(), new List<byte>());
        Span<byte> bytes = stackalloc byte[4];
        foreach (var character in text.EnumerateRunes())
        {
            var length = character.EncodeToUtf8(bytes);
            if (word.Count + length > BytesInWord)
            {
                words.Add(Word(word));
                word.Clear();
            }

            word.AddRange(bytes[..length]);
        }

        return string.Join("\r\n ", words.Append(Word(word)));
    }

    private static string Word(List<byte> bytes) => $"=?utf-8?B?{Convert.ToBase64String([.. bytes])}?=";

    private static string Date(DateTimeOffset date) =>
        date.ToString("ddd, dd MMM yyyy HH:mm:ss ", CultureInfo.InvariantCulture) + date.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal);
}
