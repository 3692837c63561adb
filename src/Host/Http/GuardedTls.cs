using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Http;

/// <summary>
/// The TLS of a flow's request. The connection goes to an address that was judged; the server must all the same prove the name that was asked for, by a
/// certificate of the machine's authorities, or of those that the operator named for this target and of no others.
/// </summary>
internal static class GuardedTls
{
    private const int MaxShown = 120;

    /// <param name="host">The name that was asked for, or an address where the operator listed one.</param>
    /// <exception cref="RefusedException">The certificate does not hold.</exception>
    public static async Task<Stream> OpenAsync(Stream connection, string host, HttpTarget target, CancellationToken ct)
    {
        var name = host.Trim('[', ']').TrimEnd('.');
        string? problem = null;
        var tls = new SslStream(connection, leaveInnerStreamOpen: false);
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = name,
                    EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                    CertificateChainPolicy = PolicyOf(target),
                    RemoteCertificateValidationCallback = (_, certificate, chain, errors) => (problem = ProblemOf(name, certificate, chain, errors)) is null,
                },
                ct);
            return tls;
        }
        catch (AuthenticationException) when (problem is not null)
        {
            await tls.DisposeAsync();
            throw new RefusedException($"{target.Scheme}://{host}:{target.Port} 的证书不可信，请求没有发出：{problem}");
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    private static X509ChainPolicy PolicyOf(HttpTarget target)
    {
        var policy = new X509ChainPolicy
        {
            // A certificate names where its issuer and its revocations can be fetched: addresses that nobody judged.
            DisableCertificateDownloads = true,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        if (target.Authorities.Count > 0)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            foreach (var authority in target.Authorities) policy.CustomTrustStore.Add(authority);
        }

        return policy;
    }

    /// <summary>Why the certificate is not taken, for the person who must act; null when it is.</summary>
    private static string? ProblemOf(string name, X509Certificate? given, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None) return null;
        if (given is not X509Certificate2 certificate) return "对方没有出示证书。请联系对方系统的管理人员。";

        var states = chain?.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, state) => all | state.Status) ?? X509ChainStatusFlags.NoError;
        if (states.HasFlag(X509ChainStatusFlags.NotTimeValid))
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"证书链中有证书已过期或尚未生效（对方证书有效期 {certificate.NotBefore:yyyy-MM-dd} 至 {certificate.NotAfter:yyyy-MM-dd}）。请联系对方系统的管理人员更换证书。");
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return $"证书不是发给 {name} 的，而是发给“{Shown(certificate.GetNameInfo(X509NameType.DnsName, forIssuer: false))}”的。请核实地址，或联系对方系统的管理人员。";
        }

        return (states & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != X509ChainStatusFlags.NoError
            ? $"签发机构“{Shown(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: true))}”不受信任，或对方没有出示完整的证书链。如确为内部机构，请运维人员核实后把其根证书写入该地址的设置 Authorities。"
            : $"证书无效（{states}）。请联系对方系统的管理人员。";
    }

    /// <summary>What the other side wrote, bounded and on one line.</summary>
    private static string Shown(string text)
    {
        var line = new string([.. text.Where(letter => !char.IsControl(letter))]);
        return line.Length <= MaxShown ? line : ShortText.Of(line, MaxShown) + "…";
    }
}
