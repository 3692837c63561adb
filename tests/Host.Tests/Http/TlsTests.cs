using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Http;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Tests.Http;

/// <summary>Requests of flows over https to a server whose certificate comes from the network's own authority.</summary>
public sealed class TlsTests : IDisposable
{
    private const string Organisation = "440300";
    private const string Name = "api.province.example";

    private readonly TemporaryFolder _folder = new();
    private readonly CertificateAuthority _province = new("省级内部机构");
    private readonly CertificateAuthority _another = new("别的机构");

    [Fact]
    public async Task The_operator_names_the_networks_own_authority_and_the_name_is_asked_for_at_the_judged_address()
    {
        await using var system = await OtherSystem.StartAsync(tls: _province.For(Name));

        var result = await SendAsync(system, authorities: Pem(_province));

        Assert.Equal((RequestEnd.Answered, 200, null), (result.End, result.Status, result.Problem));
        Assert.Single(system.Requests);
        // The address was connected to, the name was asked for.
        Assert.Equal([Name], system.NamesAskedFor);
    }

    [Fact]
    public async Task An_address_that_is_listed_as_an_address_proves_it()
    {
        await using var system = await OtherSystem.StartAsync(tls: _province.For("127.0.0.1"));

        Assert.Equal(RequestEnd.Answered, (await SendAsync(system, Pem(_province), "127.0.0.1")).End);
        Assert.Equal(RequestEnd.Refused, (await SendAsync(system, Pem(_province))).End);
    }

    [Fact]
    public async Task An_authority_that_nobody_named_is_not_trusted_and_the_setting_is_told()
    {
        await using var system = await OtherSystem.StartAsync(tls: _province.For(Name));

        await RefusedAsync(system, authorities: null, "省级内部机构 签发", "Authorities");
    }

    [Fact]
    public async Task Where_the_operator_named_one_authority_another_does_not_count()
    {
        await using var system = await OtherSystem.StartAsync(tls: _another.For(Name));

        await RefusedAsync(system, Pem(_province), "别的机构 签发");
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_refused()
    {
        await using var system = await OtherSystem.StartAsync(tls: _province.For("files.province.example"));

        await RefusedAsync(system, Pem(_province), $"不是发给 {Name}", "files.province.example");
    }

    [Fact]
    public async Task A_certificate_that_has_run_out_is_refused()
    {
        await using var system = await OtherSystem.StartAsync(tls: _province.For(Name, validFor: TimeSpan.FromDays(-1)));

        await RefusedAsync(system, Pem(_province), "已过期");
    }

    [Fact]
    public async Task A_certificate_that_vouches_for_itself_is_refused()
    {
        await using var system = await OtherSystem.StartAsync(tls: CertificateAuthority.SelfSigned(Name));

        await RefusedAsync(system, Pem(_province), "不受信任");
        await RefusedAsync(system, authorities: null, "不受信任");
    }

    [Fact]
    public async Task What_the_server_leaves_out_of_its_chain_is_not_fetched()
    {
        await using var system = await OtherSystem.StartAsync(tls: _province.For(Name, isWholeChain: false));

        await RefusedAsync(system, Pem(_province), "完整的证书链");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("这里没有证书")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")]
    public void A_file_without_certificates_is_told_at_the_start(string? text)
    {
        var file = Path.Combine(_folder.Path, "broken.pem");
        if (text is not null) File.WriteAllText(file, text);

        var refused = Assert.Throws<SettingsException>(() => SettingsOf("https://a.example/", file));
        Assert.Contains($"Http:Outgoing:{Organisation}:0:Authorities", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _province.Dispose();
        _another.Dispose();
    }

    private async Task RefusedAsync(OtherSystem system, string? authorities, params string[] said)
    {
        var result = await SendAsync(system, authorities);

        Assert.Equal(RequestEnd.Refused, result.End);
        Assert.All(said, part => Assert.Contains(part, result.Problem, StringComparison.Ordinal));
        Assert.Empty(system.Requests);
    }

    private static async Task<RequestResult> SendAsync(OtherSystem system, string? authorities, string host = Name)
    {
        var url = string.Create(CultureInfo.InvariantCulture, $"https://{host}:{system.Port}/v1/");
        using var sender = new GuardedSender(new HostSettings { Http = SettingsOf(url, authorities) }, new Pinned(), new SystemClock(TimeProvider.System));
        return (await sender.SendAsync("r1", Organisation, new OutgoingRequest("GET", url, [], null, null, false), 1, CancellationToken.None)).Result;
    }

    /// <summary>As the operator writes them.</summary>
    private static HttpSettings SettingsOf(string url, string? authorities) => HttpSettings.From(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        [$"Http:Outgoing:{Organisation}:0:Url"] = url,
        [$"Http:Outgoing:{Organisation}:0:Networks:0"] = "127.0.0.1/32",
        [$"Http:Outgoing:{Organisation}:0:Authorities"] = authorities,
    }).Build().GetSection("Http"));

    private string Pem(CertificateAuthority authority)
    {
        var file = Path.Combine(_folder.Path, "authorities.pem");
        File.WriteAllText(file, authority.Root.ExportCertificatePem());
        return file;
    }

    private sealed class Pinned : INameResolver
    {
        public Task<IPAddress[]> ResolveAsync(string host, CancellationToken ct) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]);
    }
}
