namespace WorkflowEngine.Host.Tests.Support;

/// <summary>System time that a test moves. Timers are due when it has moved past them, once however far it moved.</summary>
public sealed class BeatingTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<Beat> _timers = [];
    private readonly SemaphoreSlim _asked = new(0);
    private TimeSpan _elapsed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2022, 9, 30, 1, 0, 0, TimeSpan.Zero) + Elapsed;

    public override long GetTimestamp()
    {
        _asked.Release();
        return Elapsed.Ticks;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Beat(this, () => callback(state));
        timer.Change(dueTime, period);
        lock (_gate) _timers.Add(timer);
        return timer;
    }

    /// <summary>Returns when somebody has asked for the time so often.</summary>
    public async Task AskedAsync(int times)
    {
        for (var asked = 0; asked < times; asked++) await _asked.WaitAsync(TimeSpan.FromMinutes(1));
    }

    public void Advance(TimeSpan by)
    {
        List<Beat> timers;
        lock (_gate)
        {
            _elapsed += by;
            timers = [.. _timers];
        }

        foreach (var timer in timers) timer.FireIfDue();
    }

    private TimeSpan Elapsed
    {
        get
        {
            lock (_gate) return _elapsed;
        }
    }

    private sealed class Beat(BeatingTime time, Action fire) : ITimer
    {
        private TimeSpan? _due;
        private TimeSpan _period;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _due = dueTime < TimeSpan.Zero ? null : time.Elapsed + dueTime;
            _period = period;
            return true;
        }

        public void FireIfDue()
        {
            if (_due > time.Elapsed || _due is null) return;

            _due = _period > TimeSpan.Zero ? time.Elapsed + _period : null;
            fire();
        }

        public void Dispose()
        {
            lock (time._gate) time._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
