using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace WorkflowEngine.Host.Serving;

/// <summary>How much one request may bring, in bytes. An endpoint that needs less says so itself.</summary>
public static class RequestLimits
{
    /// <summary>The largest body of all: one attachment with its form around it.</summary>
    public const long Body = 12 * 1024 * 1024;

    /// <summary>A form or a JSON document.</summary>
    public const long Form = 256 * 1024;

    /// <summary>Characters of a reason that somebody states for what they do.</summary>
    public const int Reason = 500;

    /// <summary>Slower than any line that a site has. A body that trickles holds memory, and at the ingest endpoint its share of what all bodies may hold.</summary>
    public static readonly MinDataRate SlowestBody = new(bytesPerSecond: 8 * 1024, gracePeriod: TimeSpan.FromSeconds(10));
}
