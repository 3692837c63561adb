using System.Text.RegularExpressions;
using WorkflowEngine.Host.Tests.Http;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Host.Timers;
using WorkflowEngine.Workflows.Activities;

namespace WorkflowEngine.Host.Tests.Reliability;

/// <summary>Some cells of each step, chosen by a seed; <c>./bench crash-cells</c> tries all. Processes that are really killed: KillTests, KilledSenderTests.</summary>
public sealed partial class CrashCellTests : IAsyncLifetime
{
    private const int Seed = 20221010;
    private const int CellsOfStep = 4;

    private readonly TemporaryFolder _server = new();
    private readonly FlowFolder _content = new();
    private OtherSystem _other = null!;
    private FaultyWire _wire = null!;
    private Workshop _host = null!;

    public async Task InitializeAsync()
    {
        _other = await OtherSystem.StartAsync();
        SmallFlows.Write(_content, _other.Address);
        _content.WriteShipped();
        var server = await Workshop.ServerAsync(_server);
        _wire = new FaultyWire(server.ConnectionString);
        _host = await Workshop.OpenAsync(_content, server, _wire.Through, _other.Address);
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _wire.DisposeAsync();
        await _other.DisposeAsync();
        _server.Dispose();
        _content.Dispose();
    }

    [Fact]
    public void Every_kind_of_activity_is_interrupted_or_keeps_nothing_that_could_be()
    {
        var interrupted = CrashStep.All.SelectMany(step => Named().Matches(step.Name).Select(match => match.Value)).Distinct().ToList();

        Assert.Equal(ActivityRegistry.Descriptors.Select(kind => kind.Type), interrupted.Concat(CrashStep.KeepNothing).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_step_that_is_interrupted_anywhere_and_done_again_ends_as_if_nothing_had_happened()
    {
        var cells = new CrashCells(_host, _wire);
        var all = await cells.ListAsync(CrashStep.All, [WireFault.CutBefore, WireFault.CutAfter, WireFault.Refuse, WireFault.Cancel]);
        var random = new Random(Seed);
        var chosen = all.GroupBy(cell => cell.Step)
            .SelectMany(step => step.OrderBy(_ => random.Next()).Take(CellsOfStep)).ToList();

        var report = await cells.RunAsync(chosen);

        Assert.True(all.Count >= 2_000, $"There are {all.Count} cells.");
        Assert.Equal(CrashStep.All.Count, report.ByStep.Count);
        Assert.True(report.Wrong.Count == 0, string.Join('\n', report.Wrong.Take(5)));
        Assert.InRange(report.Struck, chosen.Count * 9 / 10, chosen.Count);
        // Nothing that a fault left behind sleeps.
        Assert.Equal(0, await _host.Part<Reconciler>().RoundAsync(CancellationToken.None));
    }

    [GeneratedRegex(@"(Elsa|Gov)\.\w+", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Named();
}
