using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Outbox;

namespace WorkflowEngine.Host.Mail;

/// <summary>Writes the mail that lists the letters of one recipient. No flow draws it, because no step of a case causes it.</summary>
public sealed class DigestWriter(ContentReleases releases, HostSettings settings, BusinessClock clock, ILogger<DigestWriter> log)
{
    /// <summary>Letters that one digest lists; the inbox has all.</summary>
    private const int MostListed = 100;

    public NoticeLetter Write(GatheredLetters gathered)
    {
        var listed = gathered.Letters.Take(MostListed).ToList();
        var more = gathered.Letters.Count - listed.Count;
        var inbox = settings.PublicAddress is { } address ? $"{address.AbsoluteUri.TrimEnd('/')}/notices" : "";
        var model = new JsonObject
        {
            ["today"] = Date(clock.Now),
            ["inbox"] = inbox,
            ["count"] = gathered.Letters.Count,
            ["more"] = more,
            ["letters"] = new JsonArray([.. listed.Select(letter => (JsonNode)new JsonObject { ["subject"] = letter.Subject, ["date"] = Date(letter.At) })]),
        };
        if (releases.HasCurrent && releases.Current.Notices.TryGetValue(MailDigests.Notice, out var notice))
        {
            var result = notice.Render(model);
            if (result.Notice is { } written) return new NoticeLetter(written.Subject, written.Html, written.Text, [new Delivery(gathered.Outlet, gathered.Recipient)]);

            log.LogError("Notice {Notice} cannot be rendered: {Problem}", MailDigests.Notice, result.Error);
        }

        // Content without this letter must not keep anybody from hearing of the others.
        return Plain(listed, gathered, more, inbox);
    }

    private static NoticeLetter Plain(List<GatheredLetter> listed, GatheredLetters gathered, int more, string inbox)
    {
        var count = gathered.Letters.Count;
        var opening = string.Create(CultureInfo.InvariantCulture, $"平台有 {count} 份通知送达贵单位，现汇总告知，请登录平台在“通知”中查看全文：");
        var text = new StringBuilder(opening).AppendLine().AppendLine();
        var html = new StringBuilder("<p>").Append(opening).Append("</p><ul>");
        foreach (var letter in listed)
        {
            text.Append("- ").AppendLine(letter.Subject);
            html.Append("<li>").Append(WebUtility.HtmlEncode(letter.Subject)).Append("</li>");
        }

        html.Append("</ul>");
        if (more > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"另有 {more} 份。").AppendLine();
            html.Append(CultureInfo.InvariantCulture, $"<p>另有 {more} 份。</p>");
        }

        text.AppendLine(inbox);
        html.Append("<p>").Append(WebUtility.HtmlEncode(inbox)).Append("</p>");
        return new NoticeLetter(string.Create(CultureInfo.InvariantCulture, $"【通知汇总】{count} 份通知，请登录平台查看"), html.ToString(), text.ToString(), [new Delivery(gathered.Outlet, gathered.Recipient)]);
    }

    private static string Date(DateTimeOffset instant) => instant.ToOffset(BusinessClock.Offset).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
