using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace WorkflowEngine.Host.Tests.Support;

/// <summary>A letter as it came over the wire.</summary>
public sealed record ReceivedLetter(string From, string To, string Data);

/// <summary>A mail server on a free port of this machine that takes every letter, or refuses recipients as told.</summary>
public sealed class SmtpSink : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<ReceivedLetter> _letters = Channel.CreateUnbounded<ReceivedLetter>();
    private readonly Task _running;

    public SmtpSink(string? refuseRecipient = null)
    {
        _listener.Start();
        _running = AcceptAsync(refuseRecipient);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async Task<ReceivedLetter> NextAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        return await _letters.Reader.ReadAsync(limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _running;
        _stop.Dispose();
    }

    private async Task AcceptAsync(string? refuseRecipient)
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await TalkAsync(client, refuseRecipient);
            }
        }
        catch (Exception stopped) when (_stop.IsCancellationRequested && stopped is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            _letters.Writer.TryComplete();
        }
    }

    private async Task TalkAsync(TcpClient client, string? refuseRecipient)
    {
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.Latin1);
        await using var writer = new StreamWriter(stream, Encoding.Latin1) { NewLine = "\r\n", AutoFlush = true };
        await writer.WriteLineAsync("220 sink");
        string from = "", to = "";
        while (await reader.ReadLineAsync(_stop.Token) is { } line)
        {
            switch (line.Split(' ', ':')[0].ToUpperInvariant())
            {
                case "EHLO" or "HELO" or "RSET" or "NOOP":
                    await writer.WriteLineAsync("250 sink");
                    break;
                case "MAIL":
                    from = line;
                    await writer.WriteLineAsync("250 ok");
                    break;
                case "RCPT":
                    to = line;
                    await writer.WriteLineAsync(refuseRecipient is not null && line.Contains(refuseRecipient, StringComparison.Ordinal) ? "550 no such mailbox" : "250 ok");
                    break;
                case "DATA":
                    await writer.WriteLineAsync("354 go on");
                    var data = new StringBuilder();
                    while (await reader.ReadLineAsync(_stop.Token) is { } part && part != ".") data.Append(part).Append('\n');
                    _letters.Writer.TryWrite(new ReceivedLetter(from, to, data.ToString()));
                    await writer.WriteLineAsync("250 taken");
                    break;
                case "QUIT":
                    await writer.WriteLineAsync("221 bye");
                    return;
                default:
                    await writer.WriteLineAsync("502 not here");
                    break;
            }
        }
    }
}
