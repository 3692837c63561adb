using System.Text.RegularExpressions;

namespace WorkflowEngine.Host.Mail;

/// <summary>What a mail server says of a letter that it could not deliver after all (RFC 3464).</summary>
/// <param name="MessageId">Of the letter, without angle brackets.</param>
/// <param name="Status">Enhanced status code (RFC 3463), e.g. <c>5.1.1</c>: no such mailbox.</param>
public sealed partial record DeliveryReport(string MessageId, string Status)
{
    /// <summary>Null: this is no report of a final failure of one of our letters. Delays are none: the server goes on trying.</summary>
    /// <param name="mail">The whole mail as it came; headers and report are ASCII.</param>
    public static DeliveryReport? Read(string mail)
    {
        var text = FoldedLine().Replace(mail.ReplaceLineEndings("\n"), " ");
        var end = text.IndexOf("\n\n", StringComparison.Ordinal);
        // A person's answer that quotes a report is not one.
        if (end < 0 || !ReportHeader().IsMatch(text[..end])) return null;

        return FailedAction().IsMatch(text) && PermanentStatus().Match(text) is { Success: true } status && OurMessageId().Match(text, end) is { Success: true } id
            ? new DeliveryReport(id.Groups["id"].Value, status.Groups["code"].Value)
            : null;
    }

    [GeneratedRegex(@"\n[ \t]+", RegexOptions.NonBacktracking)]
    private static partial Regex FoldedLine();

    [GeneratedRegex(@"^content-type:\s*multipart/report\b.*\breport-type=""?delivery-status\b", RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex ReportHeader();

    [GeneratedRegex(@"^action:\s*failed\s*$", RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex FailedAction();

    [GeneratedRegex(@"^status:\s*(?<code>5\.[0-9]{1,3}\.[0-9]{1,3})\b", RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex PermanentStatus();

    [GeneratedRegex(@"^message-id:\s*<(?<id>[^<>\s]{1,200}@workflow-engine)>", RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex OurMessageId();
}
