using WorkflowEngine.Host.Mail;

namespace WorkflowEngine.Host.Tests.Mail;

/// <summary>What mail servers say of a letter that came back (RFC 3464), and what is no such report.</summary>
public sealed class DeliveryReportTests
{
    private const string Letter = "7c9e1f0000000000000000000000aa01.1.2.1@workflow-engine";

    /// <summary>As Postfix writes it.</summary>
    public static string Report(string messageId, string status, string action = "failed", string type = "multipart/report") => $"""
        Return-Path: <>
        From: MAILER-DAEMON@mx.example.com (Mail Delivery System)
        To: no-reply@example.gov.cn
        Subject: Undelivered Mail Returned to Sender
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: {type}; report-type=delivery-status;
            boundary="B1/mx.example.com"
        Message-Id: <20221010.B1@mx.example.com>

        --B1/mx.example.com
        Content-Description: Notification
        Content-Type: text/plain; charset=us-ascii

        I'm sorry to have to inform you that your message could not be delivered.

        --B1/mx.example.com
        Content-Description: Delivery report
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.example.com
        Arrival-Date: Mon, 10 Oct 2022 10:00:00 +0800 (CST)

        Final-Recipient: rfc822; office@example.com
        Action: {action}
        Status: {status}
        Diagnostic-Code: smtp; 550 {status} <office@example.com>: Recipient address
            rejected

        --B1/mx.example.com
        Content-Description: Undelivered Message Headers
        Content-Type: text/rfc822-headers

        From: no-reply@example.gov.cn
        To: office@example.com
        Message-ID:
         <{messageId}>
        Subject: =?utf-8?B?6KGl5q2j?=

        --B1/mx.example.com--
        """.ReplaceLineEndings("\r\n");

    [Theory]
    [InlineData("5.1.1")]
    [InlineData("5.2.2")]
    [InlineData("5.7.26")]
    public void A_report_of_failure_names_the_letter_and_the_reason(string status) =>
        Assert.Equal(new DeliveryReport(Letter, status), DeliveryReport.Read(Report(Letter, status)));

    [Theory]
    [InlineData("delayed", "4.4.1", "multipart/report")]
    [InlineData("relayed", "2.0.0", "multipart/report")]
    [InlineData("failed", "5.1.1", "multipart/mixed")]
    public void A_delay_a_receipt_and_a_persons_answer_are_none(string action, string status, string type) =>
        Assert.Null(DeliveryReport.Read(Report(Letter, status, action, type)));

    [Theory]
    [InlineData("other@example.com")]
    [InlineData("a b@workflow-engine")]
    public void A_report_about_a_letter_that_is_not_ours_is_none(string messageId) => Assert.Null(DeliveryReport.Read(Report(messageId, "5.1.1")));

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("Content-Type: multipart/report; report-type=delivery-status\n\nAction: failed")]
    public void What_is_no_mail_is_none(string text) => Assert.Null(DeliveryReport.Read(text));

    [Fact]
    public void A_report_of_a_megabyte_is_read_in_no_time()
    {
        var filler = new string(' ', 200_000) + string.Concat(Enumerable.Repeat("Action: failedx\nStatus: 5.\nMessage-ID: <\n ", 20_000));

        Assert.Equal(Letter, DeliveryReport.Read(Report(Letter, "5.1.1").Replace("I'm sorry", filler, StringComparison.Ordinal))!.MessageId);
    }
}
