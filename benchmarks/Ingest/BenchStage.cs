using System.Net;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Tests.Ingest;

namespace WorkflowEngine.Bench.Ingest;

/// <summary>The stage of the tests with the allowance of a key as wide as it can be set, behind a proxy that says who asked.</summary>
internal sealed class BenchStage : IngestStage
{
    public const string Forwarded = "X-Forwarded-For";

    /// <summary>Whether a key may send as often as a profile can say; otherwise as the shipped ones do.</summary>
    public bool IsWide { get; init; } = true;

    protected override HostSettings Settings(HostSettings settings) => settings with { Proxies = [IPAddress.Loopback] };

    protected override void Prepare(string contentFolder)
    {
        if (IsWide) WidenAllowance(contentFolder);
    }

    /// <summary>Lets every key send as often as a profile can say.</summary>
    public static void WidenAllowance(string contentFolder)
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(contentFolder, "rules", "standards"), "signing.json", SearchOption.AllDirectories))
        {
            File.WriteAllText(file, File.ReadAllText(file).Replace("\"requestsPerMinute\": 3000", "\"requestsPerMinute\": 100000", StringComparison.Ordinal)
                .Replace("\"holderRequestsPerMinute\": 12000", "\"holderRequestsPerMinute\": 1000000", StringComparison.Ordinal));
        }
    }

    /// <summary>An address that asked nothing before, so that what is measured is not the bar against addresses that send too much rubbish.</summary>
    public static string NewAddress(int number) => $"10.{(number >> 16) & 255}.{(number >> 8) & 255}.{number & 255}";
}
