using System.Threading.Channels;

namespace WorkflowEngine.Host.Timers;

/// <summary>
/// A bell for one waiting worker. Ringing many times while it works wakes it once more; ringing while nobody waits is
/// not lost.
/// </summary>
public sealed class WakeUp
{
    private readonly Channel<bool> _bell = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Ring() => _bell.Writer.TryWrite(true);

    public async Task WaitAsync(CancellationToken ct) => await _bell.Reader.ReadAsync(ct);
}
