using Microsoft.Extensions.DependencyInjection;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Simulation;

namespace WorkflowEngine.Host.Tests.Ingest;

/// <summary>The stage with its clock standing at 14:00 on 10 October 2022.</summary>
public sealed class IngestWorld : IngestStage, IAsyncLifetime
{
    public static readonly DateTimeOffset Now = new(2022, 10, 10, 14, 0, 0, BusinessClock.Offset);

    /// <summary>Lets everything that is on its way happen: signals, engine, mail, lines about refused requests. No time passes.</summary>
    public Task SettleAsync() => Services.GetRequiredService<BusinessTimeTravel>().AdvanceAsync(Now, CancellationToken.None);

    protected override HostSettings Settings(HostSettings settings) => settings with { Simulated = true, SimulatedStart = Now };
}

/// <summary>One host for all tests of the endpoint; each test takes a key of its own.</summary>
[CollectionDefinition(Name)]
public sealed class IngestCollection : ICollectionFixture<IngestWorld>
{
    public const string Name = "ingest";
}
