using System.Net;
using System.Net.Sockets;

namespace WorkflowEngine.Host.Http;

/// <summary>
/// Which addresses a flow's request may go to. What is not certainly a public address of somebody else is none: this machine, private networks, the metadata
/// services of clouds, and every form that wraps an IPv4 address in IPv6.
/// </summary>
public static class AddressRules
{
    private static readonly IPNetwork[] NotPublic =
    [
        .. from network in (string[])
           [
               // RFC 6890 and its successors; 100.64.0.0/10 holds the metadata service of one large cloud, 169.254.0.0/16 those of the others.
               "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24",
               "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
               // Of 2000::/3: Teredo and protocol assignments, documentation, 6to4.
               "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
           ]
           select IPNetwork.Parse(network),
    ];

    private static readonly IPNetwork GlobalIPv6 = IPNetwork.Parse("2000::/3");

    /// <summary>Never, whatever the operator writes: link-local addresses (with the metadata services), multicast, "any" and broadcast.</summary>
    private static readonly IPNetwork[] Never =
    [
        .. from network in (string[])["0.0.0.0/8", "100.100.100.200/32", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "::/128", "fe80::/10", "fd00:ec2::254/128", "ff00::/8"]
           select IPNetwork.Parse(network),
    ];

    /// <param name="allowed">Networks that are not public and that the operator allowed for this target.</param>
    public static bool MayReach(IPAddress address, IReadOnlyList<IPNetwork> allowed)
    {
        if (Never.Any(network => network.Contains(address)) || address.IsIPv4MappedToIPv6 || (address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0))
        {
            return false;
        }

        return allowed.Any(network => network.Contains(address)) || IsPublic(address);
    }

    private static bool IsPublic(IPAddress address) =>
        (address.AddressFamily == AddressFamily.InterNetwork || (address.AddressFamily == AddressFamily.InterNetworkV6 && GlobalIPv6.Contains(address)))
        && !NotPublic.Any(network => network.Contains(address));
}
