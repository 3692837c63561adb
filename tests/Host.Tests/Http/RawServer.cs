using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WorkflowEngine.Host.Tests.Http;

/// <summary>A server that speaks as it likes.</summary>
public sealed class RawServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();

    public RawServer(Func<Stream, CancellationToken, Task> speak)
    {
        _listener.Start();
        _ = ServeAsync(speak);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Says this and then the same part for ever.</summary>
    public static Func<Stream, CancellationToken, Task> Endless(string beginning, string part) => async (stream, ct) =>
    {
        await stream.WriteAsync(Encoding.Latin1.GetBytes(beginning), ct);
        var bytes = Encoding.Latin1.GetBytes(part);
        while (!ct.IsCancellationRequested) await stream.WriteAsync(bytes, ct);
    };

    /// <summary>Says this, one byte each tenth of a second, and goes on with the last for ever.</summary>
    public static Func<Stream, CancellationToken, Task> Slow(string text) => async (stream, ct) =>
    {
        using var drops = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        var bytes = Encoding.Latin1.GetBytes(text);
        for (var i = 0; await drops.WaitForNextTickAsync(ct); i++) await stream.WriteAsync(bytes.AsMemory(Math.Min(i, bytes.Length - 1), 1), ct);
    };

    public static Func<Stream, CancellationToken, Task> Once(string text) => async (stream, ct) => await stream.WriteAsync(Encoding.Latin1.GetBytes(text), ct);

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync(Func<Stream, CancellationToken, Task> speak)
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await using var stream = client.GetStream();
                try
                {
                    _ = await stream.ReadAsync(new byte[8 * 1024], _stop.Token);
                    await speak(stream, _stop.Token);
                }
                catch (IOException)
                {
                    // Whoever asked has left.
                }
            }
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }
}
