using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Configuration;
using WorkflowEngine.Host.Mail;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Tests.Support;

namespace WorkflowEngine.Host.Tests.Mail;

public sealed class LetterTests
{
    private static readonly OutgoingMail Letter = new(
        "7c9e.1.2@workflow-engine", "no-reply@example.com", "jia@example.com", "提交回执 YJDJ-2022-440300-000001",
        "<p>您的申请已收到，应于 2022-10-10 前审核。</p>", "您的申请已收到，应于 2022-10-10 前审核。", Platform.Start);

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

        await Assert.ThrowsAsync<IOException>(() => new SmtpTransport(new SmtpSettings("127.0.0.1", port, SmtpEncryption.None, null, null)).SendAsync(Letter, CancellationToken.None));
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("a@b\r\nRCPT TO:<x@example.com>")]
    public async Task What_is_no_address_is_refused_for_good(string recipient)
    {
        using var folder = new TemporaryFolder();

        await Assert.ThrowsAsync<DeliveryRefusedException>(() => new FolderTransport(folder.Path).SendAsync(Letter with { To = recipient }, CancellationToken.None));
    }

    [Theory]
    [InlineData(SmtpEncryption.StartTls)]
    [InlineData(SmtpEncryption.Implicit)]
    public async Task A_server_whose_name_a_trusted_authority_vouches_for_gets_the_letter_and_the_password_encrypted(SmtpEncryption encryption)
    {
        using var authority = Authority();
        using var certificate = Certificate(authority, "127.0.0.1");
        await using var server = new SmtpSink(certificate: certificate, isImplicit: encryption == SmtpEncryption.Implicit);

        await Encrypted(server, encryption, authority).SendAsync(Letter, CancellationToken.None);

        Assert.Contains("<7c9e.1.2@workflow-engine>", (await server.NextAsync()).Data, StringComparison.Ordinal);
        Assert.Contains($"AUTH PLAIN {Convert.ToBase64String("\0user\0secret"u8)}", server.SaidEncrypted);
        Assert.Equal(encryption == SmtpEncryption.Implicit ? [] : ["EHLO [127.0.0.1]", "STARTTLS"], server.SaidInClear);
    }

    [Theory]
    [InlineData(SmtpEncryption.StartTls, "127.0.0.1", false)]
    [InlineData(SmtpEncryption.StartTls, "127.0.0.2", true)]
    [InlineData(SmtpEncryption.Implicit, "127.0.0.1", false)]
    [InlineData(SmtpEncryption.Implicit, "127.0.0.2", true)]
    public async Task A_server_that_cannot_prove_its_name_is_told_nothing(SmtpEncryption encryption, string name, bool isTrusted)
    {
        using var authority = Authority();
        using var other = Authority();
        using var certificate = Certificate(authority, name);
        await using var server = new SmtpSink(certificate: certificate, isImplicit: encryption == SmtpEncryption.Implicit);

        await Assert.ThrowsAsync<IOException>(() => Encrypted(server, encryption, isTrusted ? authority : other).SendAsync(Letter, CancellationToken.None));

        Assert.Null(server.TryNext());
        Assert.Empty(server.SaidEncrypted);
        Assert.Equal(encryption == SmtpEncryption.Implicit ? [] : ["EHLO [127.0.0.1]", "STARTTLS"], server.SaidInClear);
    }

    [Theory]
    [InlineData(SmtpEncryption.StartTls)]
    [InlineData(SmtpEncryption.Implicit)]
    public async Task A_server_that_does_not_encrypt_gets_no_letter(SmtpEncryption encryption)
    {
        await using var server = new SmtpSink();

        await Assert.ThrowsAsync<IOException>(() => Encrypted(server, encryption).SendAsync(Letter, CancellationToken.None));

        Assert.Null(server.TryNext());
        Assert.DoesNotContain(server.SaidInClear, line => line.Contains("MAIL", StringComparison.Ordinal) || line.Contains("AUTH", StringComparison.Ordinal));
    }

    [Fact]
    public void The_settings_of_a_mail_server_are_read_or_refused_with_a_reason()
    {
        using var folder = new TemporaryFolder();
        using var authority = Authority();
        var (file, empty) = (Path.Combine(folder.Path, "authority.pem"), Path.Combine(folder.Path, "empty.pem"));
        File.WriteAllText(file, authority.ExportCertificatePem());
        File.WriteAllText(empty, "");

        var implicitly = Smtp(("ImplicitTls", "true"), ("Authorities", file));
        Assert.Equal((465, SmtpEncryption.Implicit, authority.Thumbprint), (implicitly.Port, implicitly.Encryption, Assert.Single(implicitly.Authorities!).Thumbprint));
        var usual = Smtp();
        Assert.Equal((587, SmtpEncryption.StartTls, null), (usual.Port, usual.Encryption, usual.Authorities));
        foreach (var (name, value, reason) in new[] { ("Authorities", file + "x", "Authorities"), ("Authorities", empty, "without a certificate"), ("ImplicitTls", "true", "both true") })
        {
            Assert.Contains(reason, Assert.Throws<SettingsException>(() => Smtp(("StartTls", "true"), (name, value))).Message, StringComparison.Ordinal);
        }
    }

    private static SmtpSettings Smtp(params (string Name, string Value)[] settings) => HostSettings.From(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Append(("Host", "mail.example.gov.cn")).ToDictionary(pair => $"Mail:Smtp:{pair.Item1}", pair => (string?)pair.Item2)).Build()).Smtp!;

    private static X509Certificate2 Authority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Authority of the test", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, true));
        return request.CreateSelfSigned(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2049, 1, 1, 0, 0, 0, TimeSpan.Zero));
    }

    private static X509Certificate2 Certificate(X509Certificate2 authority, string address)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=mail", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Parse(address));
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(authority, new DateTimeOffset(authority.NotBefore), new DateTimeOffset(authority.NotAfter), [1]);
        return certificate.CopyWithPrivateKey(key);
    }

    private static SmtpTransport Encrypted(SmtpSink server, SmtpEncryption encryption, X509Certificate2? authority = null) =>
        new(new SmtpSettings("127.0.0.1", server.Port, encryption, "user", "secret") { Authorities = authority is null ? null : [authority] });

    private static SmtpTransport Transport(SmtpSink server) => new(new SmtpSettings("127.0.0.1", server.Port, SmtpEncryption.None, null, null));
}
