using System.Text.Json;
using System.Text.Json.Serialization;

namespace WorkflowEngine.Bench.Chaos;

internal enum IntentKind
{
    /// <summary>A form that opens a case.</summary>
    Start,

    /// <summary>A task that is finished.</summary>
    Complete,

    /// <summary>A message of a device at the ingest endpoint.</summary>
    Message,
}

/// <summary>Something that a client wants done once, written down before it is asked for.</summary>
/// <param name="Mark">What the client writes into the form or the message: it tells the intent's row in the database from all others.</param>
/// <param name="Key">The idempotency key; of a message its nonce.</param>
/// <param name="Case">Its number; null for what opens one.</param>
/// <param name="Task">The task and the outcome that is chosen, of <see cref="IntentKind.Complete"/>.</param>
internal sealed record Intent(int Id, IntentKind Kind, string Mark, string Key, string? Case = null, string? Task = null, string? Outcome = null);

/// <summary>What a client was told about an intent, the first time.</summary>
/// <param name="Case">The number of the case that was opened or went on.</param>
internal sealed record Acknowledgement(int Intent, int Status, string? Case, string? Trouble);

/// <summary>A case that a client saw to its end.</summary>
/// <param name="Path">Which of the ways through its flow it took.</param>
/// <param name="IsReference">It was done before the first fault: what others of its path must look like.</param>
internal sealed record EndedCase(string Number, string Path, string Outcome, bool IsReference);

/// <summary>One try to get an act done or to read something; the checker does not need it, whoever looks for the cause of a wait does.</summary>
/// <param name="Host">By its port.</param>
/// <param name="Status">Of HTTP; null: no answer.</param>
internal sealed record Try(int Host, int? Status, TimeSpan Took);

/// <summary>
/// What was wanted and what was answered, and what was done to the hosts meanwhile, line by line in a file that is only ever added to. A line is out of the
/// process before the call it is about, so that what the checker reads is what a client could know. Each tells its system time, which is the business time
/// of these hosts as well.
/// </summary>
internal sealed class IntentLedger : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    private readonly Lock _gate = new();
    private readonly StreamWriter _file;
    private int _intents;

    public IntentLedger(string path)
    {
        Path = path;
        _file = new StreamWriter(new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read)) { AutoFlush = true };
    }

    public string Path { get; }

    /// <summary>Made of the intent's number, so that it is found again in whatever the intent wrote.</summary>
    public Intent Begin(IntentKind kind, Func<int, string> markOf, string? key = null, string? @case = null, string? task = null, string? outcome = null)
    {
        lock (_gate)
        {
            var id = ++_intents;
            var intent = new Intent(id, kind, markOf(id), key ?? Guid.NewGuid().ToString("N"), @case, task, outcome);
            Write(new Line { Intent = intent });
            return intent;
        }
    }

    public void Acknowledge(Acknowledgement acknowledgement)
    {
        lock (_gate) Write(new Line { Acknowledged = acknowledgement });
    }

    public void End(EndedCase ended)
    {
        lock (_gate) Write(new Line { Ended = ended });
    }

    public void Happened(Fault fault)
    {
        lock (_gate) Write(new Line { Fault = fault });
    }

    public void Tried(Try one)
    {
        lock (_gate) Write(new Line { Try = one });
    }

    public static LedgerContents Read(string path)
    {
        var contents = new LedgerContents([], [], []);
        foreach (var text in File.ReadLines(path))
        {
            var line = JsonSerializer.Deserialize<Line>(text, Json)!;
            if (line.Intent is { } intent) contents.Intents.Add(intent);
            if (line.Acknowledged is { } acknowledged) contents.Acknowledged.Add(acknowledged.Intent, acknowledged);
            if (line.Ended is { } ended) contents.Ended.Add(ended);
        }

        return contents;
    }

    public void Dispose() => _file.Dispose();

    private void Write(Line line) => _file.WriteLine(JsonSerializer.Serialize(line, Json));

    private sealed record Line
    {
        /// <summary>System time at which the line was written: before the call of an intent, after the answer of an acknowledgement.</summary>
        public DateTimeOffset At { get; init; } = TimeProvider.System.GetUtcNow();

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public Intent? Intent { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public Acknowledgement? Acknowledged { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public EndedCase? Ended { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public Fault? Fault { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public Try? Try { get; init; }
    }
}

/// <summary>A ledger as it was read back.</summary>
internal sealed record LedgerContents(List<Intent> Intents, Dictionary<int, Acknowledgement> Acknowledged, List<EndedCase> Ended)
{
    /// <summary>Answered by success.</summary>
    public bool IsDone(Intent intent) => Acknowledged.TryGetValue(intent.Id, out var answer) && answer.Trouble is null;
}
