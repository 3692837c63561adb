using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace WorkflowEngine.Host.Tests.Http;

/// <summary>A network's own authority: a root, an authority below it that issues, and what it issues.</summary>
public sealed class CertificateAuthority : IDisposable
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly X509Certificate2 _intermediate;

    public CertificateAuthority(string name)
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Root = Authority($"CN={name}", rootKey).CreateSelfSigned(Now.AddYears(-2), Now.AddYears(10));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var issued = Authority($"CN={name} 签发", key).Create(Root, Now.AddYears(-2), Now.AddYears(5), RandomNumberGenerator.GetBytes(8));
        _intermediate = issued.CopyWithPrivateKey(key);
    }

    public X509Certificate2 Root { get; }

    /// <summary>A server's certificate for a name, sent with the authority that issued it.</summary>
    public SslStreamCertificateContext For(string name, TimeSpan? validFor = null, bool isWholeChain = true)
    {
        var end = Now + (validFor ?? TimeSpan.FromDays(30));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var issued = Server(name, key).Create(_intermediate, Now.AddYears(-1), end, RandomNumberGenerator.GetBytes(8));
        return Shown(issued.CopyWithPrivateKey(key), isWholeChain ? [_intermediate] : []);
    }

    public static SslStreamCertificateContext SelfSigned(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Shown(Server(name, key).CreateSelfSigned(Now.AddDays(-1), Now.AddDays(30)), []);
    }

    public void Dispose()
    {
        Root.Dispose();
        _intermediate.Dispose();
    }

    private static SslStreamCertificateContext Shown(X509Certificate2 certificate, X509Certificate2[] above) =>
        SslStreamCertificateContext.Create(certificate, [.. above], offline: true);

    private static CertificateRequest Authority(string subject, ECDsa key)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        return request;
    }

    private static CertificateRequest Server(string name, ECDsa key)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(name, out var address)) names.AddIpAddress(address);
        else names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        return request;
    }
}
