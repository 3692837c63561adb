using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using WorkflowEngine.Host.Mail;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Tests.Support;

namespace WorkflowEngine.Host.Tests.Mail;

public sealed class LetterTests
{
    private static readonly OutgoingMail Letter = new(
        "7c9e.1.2@workflow-engine", "no-reply@example.com", "jia@example.com", "提交回执 YJDJ-2022-440300-000001",
        "<p>您的申请已收到，应于 2022-10-10 前审核。</p>", "您的申请已收到，应于 2022-10-10 前审核。");

    [Fact]
    public async Task A_letter_is_a_file_named_after_its_message_id_with_text_and_html()
    {
        using var folder = new TemporaryFolder();

        await new FolderTransport(folder.Path).SendAsync(Letter, CancellationToken.None);

        var written = await File.ReadAllTextAsync(Path.Combine(folder.Path, "7c9e.1.2@workflow-engine.eml"));
        Assert.Contains("Message-ID: <7c9e.1.2@workflow-engine>", written, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("multipart/alternative", written, StringComparison.Ordinal);
        Assert.True(written.IndexOf("text/plain", StringComparison.Ordinal) < written.IndexOf("text/html", StringComparison.Ordinal), "readers show the last part they can: HTML must come last");
        Assert.Contains(Convert.ToBase64String(Encoding.UTF8.GetBytes(Letter.Text))[..40], written.ReplaceLineEndings(""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_letter_sent_twice_is_one_file()
    {
        using var folder = new TemporaryFolder();
        var transport = new FolderTransport(folder.Path);

        await transport.SendAsync(Letter, CancellationToken.None);
        await transport.SendAsync(Letter, CancellationToken.None);

        Assert.Single(Directory.GetFiles(folder.Path, "*.eml"));
    }

    [Fact]
    public async Task A_letter_reaches_a_mail_server()
    {
        await using var server = new SmtpSink();

        await Transport(server).SendAsync(Letter, CancellationToken.None);

        var received = await server.NextAsync();
        Assert.Contains("jia@example.com", received.To, StringComparison.Ordinal);
        Assert.Contains("<7c9e.1.2@workflow-engine>", received.Data, StringComparison.Ordinal);
        Assert.Contains("text/html", received.Data, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_break_in_a_subject_adds_no_header()
    {
        using var folder = new TemporaryFolder();

        await new FolderTransport(folder.Path).SendAsync(Letter with { Subject = "notice\r\nBcc: everybody@example.com" }, CancellationToken.None);

        var headers = (await File.ReadAllTextAsync(Directory.GetFiles(folder.Path, "*.eml").Single())).Split("\r\n\r\n")[0];
        Assert.DoesNotContain(headers.Split("\r\n"), line => line.StartsWith("Bcc", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_recipient_that_the_server_does_not_know_is_refused_for_good()
    {
        await using var server = new SmtpSink(refuseRecipient: "jia@example.com");

        await Assert.ThrowsAsync<DeliveryRefusedException>(() => Transport(server).SendAsync(Letter, CancellationToken.None));
    }

    [Fact]
    public async Task A_server_that_is_away_is_tried_again_later()
    {
        int port;
        await using (var server = new SmtpSink()) port = server.Port;

        await Assert.ThrowsAsync<IOException>(() => new SmtpTransport(new SmtpSettings("127.0.0.1", port, StartTls: false, null, null)).SendAsync(Letter, CancellationToken.None));
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("a@b\r\nRCPT TO:<x@example.com>")]
    public async Task What_is_no_address_is_refused_for_good(string recipient)
    {
        using var folder = new TemporaryFolder();

        await Assert.ThrowsAsync<DeliveryRefusedException>(() => new FolderTransport(folder.Path).SendAsync(Letter with { To = recipient }, CancellationToken.None));
    }

    [Fact]
    public async Task A_server_that_cannot_prove_its_name_gets_no_letter()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2049, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var server = new SmtpSink(certificate: certificate);

        await Assert.ThrowsAsync<IOException>(() => Encrypted(server).SendAsync(Letter, CancellationToken.None));
        Assert.Null(server.TryNext());
    }

    [Fact]
    public async Task A_server_that_does_not_encrypt_gets_no_letter()
    {
        await using var server = new SmtpSink();

        await Assert.ThrowsAsync<IOException>(() => Encrypted(server).SendAsync(Letter, CancellationToken.None));
        Assert.Null(server.TryNext());
    }

    private static SmtpTransport Encrypted(SmtpSink server) => new(new SmtpSettings("127.0.0.1", server.Port, StartTls: true, "user", "secret"));

    private static SmtpTransport Transport(SmtpSink server) => new(new SmtpSettings("127.0.0.1", server.Port, StartTls: false, null, null));
}
