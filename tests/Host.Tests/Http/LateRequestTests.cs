using WorkflowEngine.Host.Http;

namespace WorkflowEngine.Host.Tests.Http;

/// <summary>What goes on after its caller was let go is waited for when the host stops.</summary>
public sealed class LateRequestTests
{
    [Fact]
    public async Task A_host_that_stops_waits_for_what_its_callers_no_longer_wait_for()
    {
        var late = new LateRequests();
        var (first, second) = (new TaskCompletionSource(), new TaskCompletionSource());
        late.Add(first.Task);
        late.Add(second.Task);
        first.SetResult();
        var stopping = late.StopAsync(CancellationToken.None);
        Assert.False(stopping.IsCompleted);
        second.SetResult();
        await stopping;
    }

    [Fact]
    public async Task A_host_that_has_no_more_time_stops_all_the_same()
    {
        var late = new LateRequests();
        late.Add(new TaskCompletionSource().Task);
        using var patience = new CancellationTokenSource();
        var stopping = late.StopAsync(patience.Token);
        await patience.CancelAsync();
        await stopping;
        await new LateRequests().StopAsync(CancellationToken.None);
    }
}
