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

    /// <summary>All that come, until the sink is closed.</summary>
    public IAsyncEnumerable<ReceivedLetter> LettersAsync() => _letters.Reader.ReadAllAsync();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _running;
        _stop.Dispose();
    }

    private async Task AcceptAsync(string? refuseRecipient)
    {
        var talks = new List<Task>();
        try
        {
            while (true)
            {
                talks.RemoveAll(talk => talk.IsCompleted);
                talks.Add(TalkAsync(await _listener.AcceptTcpClientAsync(_stop.Token), refuseRecipient));
            }
        }
        catch (Exception stopped) when (_stop.IsCancellationRequested && stopped is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(talks);
            _letters.Writer.TryComplete();
        }
    }

    /// <summary>A sender that is killed in the middle of a letter, or stands still, is its own affair: the others are served meanwhile.</summary>
    private async Task TalkAsync(TcpClient client, string? refuseRecipient)
    {
        using (client)
        {
            try
            {
                await ListenAsync(client, refuseRecipient);
            }
            catch (Exception gone) when (gone is IOException or OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task ListenAsync(TcpClient client, string? refuseRecipient)
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
                    string? part;
                    while ((part = await reader.ReadLineAsync(_stop.Token)) is not null and not ".") data.Append(part).Append('\n');
                    // What breaks off before its end is no letter.
                    if (part is null) return;
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
