using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using WorkflowEngine.Host.Tests.Support;

namespace WorkflowEngine.Bench.Chaos;

/// <summary>The mail server of the rig: which Message-ID came when, on the rig's clock.</summary>
internal sealed partial class MailLog : IAsyncDisposable
{
    private readonly SmtpSink _sink = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<TimeSpan>> _received = new();
    private readonly Task _reading;

    public MailLog() => _reading = ReadAsync();

    public Stopwatch Clock { get; } = Stopwatch.StartNew();

    public int Port => _sink.Port;

    /// <summary>By Message-ID, without angle brackets.</summary>
    public IReadOnlyDictionary<string, ConcurrentQueue<TimeSpan>> Received => _received;

    public async ValueTask DisposeAsync()
    {
        await _sink.DisposeAsync();
        await _reading;
    }

    private async Task ReadAsync()
    {
        await foreach (var letter in _sink.LettersAsync())
        {
            var id = MessageId().Match(letter.Data) is { Success: true } found ? found.Groups["id"].Value : "none";
            _received.GetOrAdd(id, _ => []).Enqueue(Clock.Elapsed);
        }
    }

    [GeneratedRegex(@"^Message-ID:\s*<(?<id>[^>]+)>", RegexOptions.Multiline | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex MessageId();
}
