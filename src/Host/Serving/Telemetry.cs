using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace WorkflowEngine.Host.Serving;

/// <summary>
/// Traces and metrics of the host, sent by OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names a receiver. Spans carry ids
/// of instances, tasks and flows; never a person's name, a number or a form's value.
/// </summary>
public sealed class Telemetry(HostSettings settings) : IHostedService, IDisposable
{
    private static readonly string[] Sources = [Name, "Microsoft.AspNetCore", "System.Net.Http", "Npgsql", "Quartz"];
    private static readonly string[] Meters = [Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime", "Npgsql"];

    private TracerProvider? _traces;
    private MeterProvider? _metrics;

    /// <summary>Under which our own spans and figures are sent.</summary>
    public const string Name = "WorkflowEngine";

    /// <summary>Our own spans: bursts, sweeps, mail.</summary>
    public static ActivitySource Source { get; } = new(Name);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (settings.OtlpEndpoint is not { } endpoint) return Task.CompletedTask;

        var resource = ResourceBuilder.CreateDefault().AddService("workflow-engine");
        _traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource(Sources)
            .AddOtlpExporter(otlp => Send(otlp, endpoint, "v1/traces"))
            .Build();
        _metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(Meters)
            .AddOtlpExporter(otlp => Send(otlp, endpoint, "v1/metrics"))
            .Build();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        // What is still in the queue goes out, but a silent receiver does not hold up the stop.
        _traces?.Shutdown(2_000);
        _metrics?.Shutdown(2_000);
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
    }

    private static void Send(OtlpExporterOptions otlp, Uri endpoint, string signal)
    {
        otlp.Protocol = OtlpExportProtocol.HttpProtobuf;
        otlp.Endpoint = new Uri(new Uri(endpoint.AbsoluteUri.TrimEnd('/') + "/"), signal);
    }
}
