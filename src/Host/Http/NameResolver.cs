using System.Net;

namespace WorkflowEngine.Host.Http;

/// <summary>Finds the addresses of a host's name. A seam: what it answers is judged, never trusted.</summary>
public interface INameResolver
{
    /// <exception cref="System.Net.Sockets.SocketException">The name is not known.</exception>
    Task<IPAddress[]> ResolveAsync(string host, CancellationToken ct);
}

/// <summary>The machine's own resolver.</summary>
public sealed class SystemResolver : INameResolver
{
    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken ct) => Dns.GetHostAddressesAsync(host, ct);
}
