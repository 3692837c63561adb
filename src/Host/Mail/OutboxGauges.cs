using System.Diagnostics.Metrics;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage.Outbox;

namespace WorkflowEngine.Host.Mail;

/// <summary>The outbox as whoever watches the host sees it: how much waits, and for how long the oldest has.</summary>
public sealed class OutboxGauges : IDisposable
{
    /// <summary>Figures are no older than this; the receiver asks about once a minute.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(10);

    private readonly OutboxDesk _desk;
    private readonly BusinessClock _business;
    private readonly SystemClock _clock;
    private readonly Meter _meter = new(Telemetry.Name);
    private OutboxFigures _figures = OutboxFigures.None;
    private DateTimeOffset _at = DateTimeOffset.MinValue;

    public OutboxGauges(OutboxDesk desk, BusinessClock business, SystemClock clock)
    {
        _desk = desk;
        _business = business;
        _clock = clock;
        _meter.CreateObservableGauge("workflow.outbox.pending", () => _figures.Pending, "{mail}", "Mails that wait to be sent.");
        _meter.CreateObservableGauge("workflow.outbox.oldest", () => OldestAge.TotalSeconds, "s", "For how long the oldest of them has waited, in business time.");
        _meter.CreateObservableGauge("workflow.outbox.parked", () => _figures.Parked, "{mail}", "Mails that were set aside, each with an incident.");
        _meter.CreateObservableGauge("workflow.outbox.before_restore", () => _figures.BeforeRestore, "{mail}", "Mails of before a restore that wait for a decision.");
    }

    public void Dispose() => _meter.Dispose();

    private TimeSpan OldestAge => _figures.Oldest is { } oldest ? _business.Now - oldest : TimeSpan.Zero;

    public async Task RefreshAsync(CancellationToken ct)
    {
        if (_clock.Now - _at < Life) return;

        _at = _clock.Now;
        _figures = await _desk.FiguresAsync(ct);
    }
}
