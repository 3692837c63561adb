using System.Diagnostics.Metrics;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Host.Serving;

/// <summary>
/// Looks each second whether this host has stood still (stopped, swapped out, moved), and each half minute how the server fares with copying its log away.
/// </summary>
public sealed class ServerWatch : BackgroundService
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    /// <summary>Shorter than the ten seconds after which the server ends what a host that stands still has begun.</summary>
    private static readonly TimeSpan StoodStill = TimeSpan.FromSeconds(8);

    private const int BeatsALook = 30;

    private readonly Database _database;
    private readonly SystemClock _clock;
    private readonly ILogger<ServerWatch> _log;
    private readonly Meter _meter = new(Telemetry.Name);
    private ArchiveState? _archive;

    public ServerWatch(Database database, SystemClock clock, ILogger<ServerWatch> log)
    {
        (_database, _clock, _log) = (database, clock, log);
        _meter.CreateObservableGauge("workflow.archive.failing", () => _archive is { IsFailing: true } ? 1 : 0, description: "1: the last copy of the database's log to the backup folder failed.");
        _meter.CreateObservableGauge("workflow.archive.failures", () => _archive?.Failed ?? 0, description: "Failed copies since the statistics of the server began.");
    }

    /// <summary>Asks the server; null: it does not archive, or is away.</summary>
    public async Task<ArchiveState?> ArchiveAsync(CancellationToken ct)
    {
        try
        {
            var before = _archive;
            _archive = await _database.ArchiveAsync(ct);
            if (_archive is { IsFailing: true } && before is not { IsFailing: true }) _log.LogError("The database's log cannot be copied to the backup folder since {At:O}; see the server's log.", _archive.LastFailedAt);
        }
        catch (Exception problem) when (DatabaseTrouble.IsPassing(problem))
        {
            _archive = null;
        }

        return _archive;
    }

    public override void Dispose()
    {
        _meter.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var beats = new PeriodicTimer(Beat, _clock.Time);
        var last = _clock.Time.GetTimestamp();
        for (var beat = 0; ; beat = (beat + 1) % BeatsALook)
        {
            try
            {
                if (beat == 0) await ArchiveAsync(stoppingToken);
                await beats.WaitForNextTickAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            var gap = _clock.Time.GetElapsedTime(last);
            last = _clock.Time.GetTimestamp();
            if (gap < StoodStill) continue;

            _log.LogWarning("This host stood still for {Seconds:0} seconds; its connections are renewed.", gap.TotalSeconds);
            _database.ForgetConnections();
        }
    }
}
