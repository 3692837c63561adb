using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Channels;

namespace WorkflowEngine.Host.Tests.Support;

/// <summary>A letter as it came over the wire.</summary>
public sealed partial record ReceivedLetter(string From, string To, string Data)
{
    /// <summary>The bare address.</summary>
    public string Recipient => To.Split('<', '>')[1];

    /// <summary>Without angle brackets.</summary>
    public string MessageId => MessageIdLine().Match(Data).Groups["id"].Value;

    public string Subject => string.Concat(EncodedWord().Matches(Data.Split("\n\n")[0]).Select(word => Decoded(word.Groups["text"].Value)));

    /// <summary>The part for readers that show plain text.</summary>
    public string Text => Decoded(PlainPart().Match(Data).Groups["text"].Value.Replace("\n", "", StringComparison.Ordinal));

    private static string Decoded(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));

    [GeneratedRegex(@"^Message-ID: <(?<id>[^>]+)>", RegexOptions.Multiline | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex MessageIdLine();

    [GeneratedRegex(@"=\?utf-8\?B\?(?<text>[^?]+)\?=", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex EncodedWord();

    [GeneratedRegex(@"Content-Type: text/plain[^\n]*\n(?:[^\n]+\n)*\n(?<text>[A-Za-z0-9+/=\n]+?)\n(?:\n|--)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex PlainPart();
}

/// <summary>A mail server on a free port of this machine that takes every letter, or refuses recipients as told.</summary>
public sealed class SmtpSink : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<ReceivedLetter> _letters = Channel.CreateUnbounded<ReceivedLetter>();
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _running;
    private readonly X509Certificate2? _certificate;
    private readonly bool _isImplicit;
    private readonly ConcurrentQueue<string> _saidInClear = new();
    private readonly ConcurrentQueue<string> _saidEncrypted = new();
    private TaskCompletionSource? _gate;

    /// <param name="certificate">With one, the sink offers STARTTLS.</param>
    /// <param name="isImplicit">It is encrypted from the first byte instead.</param>
    public SmtpSink(string? refuseRecipient = null, X509Certificate2? certificate = null, bool isImplicit = false)
    {
        (_certificate, _isImplicit) = (certificate, isImplicit);
        _listener.Start();
        _running = AcceptAsync(refuseRecipient);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The commands that anybody on the way could read.</summary>
    public IReadOnlyCollection<string> SaidInClear => _saidInClear;

    public IReadOnlyCollection<string> SaidEncrypted => _saidEncrypted;

    public async Task<ReceivedLetter> NextAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        return await _letters.Reader.ReadAsync(limit.Token);
    }

    /// <summary>All that come, until the sink is closed.</summary>
    public IAsyncEnumerable<ReceivedLetter> LettersAsync() => _letters.Reader.ReadAllAsync();

    /// <summary>From now on letters are read and not answered.</summary>
    public void Hold() => _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when a letter is being held.</summary>
    public Task HeldAsync() => _held.Task.WaitAsync(TimeSpan.FromSeconds(20));

    /// <summary>Answers what is held, and goes on as before.</summary>
    public void LetGo() => _gate!.SetResult();

    /// <summary>The next letter that is there already.</summary>
    public ReceivedLetter? TryNext() => _letters.Reader.TryRead(out var letter) ? letter : null;

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
                await using var stream = client.GetStream();
                if (_isImplicit) await EncryptAsync(stream, refuseRecipient, greeting: "220 sink");
                else await ListenAsync(stream, refuseRecipient, greeting: "220 sink", _saidInClear);
            }
            catch (Exception gone) when (gone is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
            {
                return;
            }
        }
    }

    private async Task EncryptAsync(Stream stream, string? refuseRecipient, string? greeting)
    {
        await using var safe = new SslStream(stream);
        await safe.AuthenticateAsServerAsync(_certificate!);
        await ListenAsync(safe, refuseRecipient, greeting, _saidEncrypted);
    }

    private async Task ListenAsync(Stream stream, string? refuseRecipient, string? greeting, ConcurrentQueue<string> said)
    {
        using var reader = new StreamReader(stream, Encoding.Latin1);
        await using var writer = new StreamWriter(stream, Encoding.Latin1) { NewLine = "\r\n", AutoFlush = true };
        if (greeting is not null) await writer.WriteLineAsync(greeting);
        string from = "", to = "";
        while (await reader.ReadLineAsync(_stop.Token) is { } line)
        {
            said.Enqueue(line);
            switch (line.Split(' ', ':')[0].ToUpperInvariant())
            {
                case "EHLO" when said == _saidEncrypted:
                    await writer.WriteLineAsync("250-sink\r\n250 AUTH LOGIN PLAIN");
                    break;
                case "AUTH" when said == _saidEncrypted:
                    await writer.WriteLineAsync("235 welcome");
                    break;
                case "EHLO" when _certificate is not null:
                    await writer.WriteLineAsync("250-sink\r\n250 STARTTLS");
                    break;
                case "STARTTLS" when _certificate is not null:
                    await writer.WriteLineAsync("220 go on");
                    await EncryptAsync(stream, refuseRecipient, greeting: null);
                    return;
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
                    if (_gate is { } gate)
                    {
                        _held.TrySetResult();
                        await gate.Task;
                    }

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
