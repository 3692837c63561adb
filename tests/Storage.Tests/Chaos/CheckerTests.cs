using WorkflowEngine.Bench.Chaos;
using WorkflowEngine.Storage.Audit;

namespace WorkflowEngine.Storage.Tests.Chaos;

/// <summary>The checker of <c>./bench chaos</c> finds what it is there for: each defect is planted in the evidence of a run in which nothing was wrong.</summary>
public sealed class CheckerTests
{
    private const string Path = "申请-通过-撤回";
    private const string Shape = "tasks review=1\ndone review=1\nmails 1";

    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.FromHours(8));

    public static TheoryData<string, string> Defects { get; } = new()
    {
        { "an acknowledged intent is not in the database", "lost" },
        { "an acknowledged intent is in another case", "lost" },
        { "a task ended otherwise than it was answered", "lost" },
        { "a mail that is marked as sent never came", "lost" },
        { "a settled request never came", "lost" },
        { "an acknowledged intent is there twice", "doubled" },
        { "an intent that nobody acknowledged is there twice", "doubled" },
        { "a mail came again without a fault between", "doubled" },
        { "a letter was written twice", "doubled or lost effects" },
        { "a case is open at the end of its way", "stuck" },
        { "an instance waits for nothing", "stuck" },
        { "a signal is pending", "stuck" },
        { "two commits were made upon one revision", "stale" },
        { "a commit is on record that the state does not know", "stale" },
        { "a mail came under a second id", "mails" },
        { "a mail is parked", "mails" },
        { "a request came that nobody decided", "requests" },
        { "a timer fired early", "timers" },
        { "a timer is due and not fired", "timers" },
        { "a timer was set aside", "timers" },
        { "there is an incident", "incidents" },
        { "the audit trail was touched", "audit" },
        { "a survivor answered late", "progress" },
        { "a client got an answer that it should not get", "answers" },
        { "a host ended by itself", "hosts" },
    };

    [Fact]
    public void In_a_run_in_which_nothing_was_wrong_it_finds_nothing()
    {
        var figures = new Checker(Clean()).Check();

        Assert.Equal([], figures.Findings);
        Assert.Equal((3, 2), (figures.Intents, figures.Acknowledged));
    }

    [Theory]
    [MemberData(nameof(Defects))]
    public void A_planted_defect_is_found(string defect, string check)
    {
        var found = Assert.Single(new Checker(With(defect)).Check().Findings);

        Assert.Equal(check, found.Check);
    }

    private static Evidence With(string defect)
    {
        var clean = Clean();
        return defect switch
        {
            "an acknowledged intent is not in the database" => clean with { Marks = [.. clean.Marks.Where(mark => mark.Mark != "R000001")] },
            "an acknowledged intent is in another case" => clean with { Marks = [.. clean.Marks.Select(mark => mark.Mark == "R000001" ? mark with { Case = "B" } : mark)] },
            "a task ended otherwise than it was answered" => clean with { ClosedTasks = new Dictionary<string, string?> { ["t"] = "Returned" } },
            "a mail that is marked as sent never came" => clean with { Received = new Dictionary<string, IReadOnlyList<TimeSpan>>() },
            "a settled request never came" => clean with { Asked = [] },
            "an acknowledged intent is there twice" => clean with { Marks = [.. clean.Marks, new FoundMark("R000002", "A")] },
            "an intent that nobody acknowledged is there twice" => clean with { Marks = [.. clean.Marks, new FoundMark("R000003", "A"), new FoundMark("R000003", "A")] },
            "a mail came again without a fault between" => clean with { Received = Came(("m", [20, 30])) },
            "a letter was written twice" => clean with { Cases = Cases(new StoredCase("已撤回", Shape.Replace("mails 1", "mails 2", StringComparison.Ordinal))) },
            "a case is open at the end of its way" => clean with { Cases = Cases(new StoredCase(null, Shape)) },
            "an instance waits for nothing" => clean with { Runs = [clean.Runs[0] with { IsRunning = true, IsAwaited = false }] },
            "a signal is pending" => clean with { Signals = [clean.Signals[0] with { Status = "pending" }] },
            "two commits were made upon one revision" => clean with { Runs = [clean.Runs[0] with { Revisions = [1, 2, 2] }] },
            "a commit is on record that the state does not know" => clean with { Runs = [clean.Runs[0] with { Revisions = [1, 2, 3] }] },
            "a mail came under a second id" => clean with { Received = Came(("m", [20]), ("m2", [21])) },
            "a mail is parked" => clean with { Mails = [.. clean.Mails, new QueuedMail("m3", "parked", "550")] },
            "a request came that nobody decided" => clean with { Asked = [.. clean.Asked, "stranger"] },
            "a timer fired early" => clean with { Timers = [clean.Timers[0] with { SettledAt = Noon.AddSeconds(-1) }] },
            "a timer is due and not fired" => clean with { Timers = [clean.Timers[0] with { Status = "pending", SettledAt = null }] },
            "a timer was set aside" => clean with { Timers = [clean.Timers[0] with { Status = "parked" }] },
            "there is an incident" => clean with { Incidents = ["i review: broken"] },
            "the audit trail was touched" => clean with { Audit = clean.Audit with { Findings = [new AuditFinding("case:1", 2, AuditDefect.Changed, "changed")] } },
            "a survivor answered late" => clean with { Answers = [new Answered(Second(11), Second(32))] },
            "a client got an answer that it should not get" => clean with { Surprises = ["one intent, two answers"] },
            "a host ended by itself" => clean with { EndedByItself = new Dictionary<string, int> { ["host-a"] = 1 } },
            _ => throw new ArgumentOutOfRangeException(nameof(defect), defect, "is not planted"),
        };
    }

    /// <summary>A case that was filed and withdrawn, another of before the first fault, and an intent that nobody answered and nobody did.</summary>
    private static Evidence Clean() => new()
    {
        Ledger = new LedgerContents(
            [
                new Intent(1, IntentKind.Start, "R000001", "key 1"), new Intent(2, IntentKind.Complete, "R000002", "key 2", "A", "t", "Approved"),
                new Intent(3, IntentKind.Start, "R000003", "key 3"),
            ],
            new Dictionary<int, Acknowledgement> { [1] = new(1, 201, "A", null), [2] = new(2, 200, "A", null) },
            [new EndedCase("REFERENCE", Path, "已撤回", IsReference: true), new EndedCase("A", Path, "已撤回", IsReference: false)]),
        Marks = [new FoundMark("R000001", "A"), new FoundMark("R000002", "A")],
        ClosedTasks = new Dictionary<string, string?> { ["t"] = "Approved" },
        Cases = Cases(new StoredCase("已撤回", Shape)),
        Runs = [new StoredRun("i", "flow", IsRunning: false, IsAwaited: false, Revision: 2, [1, 2])],
        Incidents = [],
        Signals = [new StoredSignal("s", "finished", "consumed")],
        Timers = [new StoredTimer("timer", "fired", Noon, Noon.AddSeconds(1))],
        Mails = [new QueuedMail("m", "sent", "")],
        // Once more after a kill: at least once is what is promised.
        Received = Came(("m", [8, 12])),
        Requests = [new StoredRequest("r", "settled")],
        Asked = ["r"],
        Audit = new AuditReport(2, 1, []),
        Orphans = 0,
        Faults = [new Fault(FaultKind.Kill, Second(10), "host-a", HadSurvivor: true)],
        Answers = [new Answered(Second(11), Second(12))],
        Surprises = [],
        EndedByItself = new Dictionary<string, int> { ["host-a"] = 0 },
        ReadAt = Noon.AddMinutes(1),
        Drained = TimeSpan.Zero,
        Tries = 4,
        Doubled = 0,
    };

    private static Dictionary<string, StoredCase> Cases(StoredCase a) => new() { ["REFERENCE"] = new StoredCase("已撤回", Shape), ["A"] = a };

    private static Dictionary<string, IReadOnlyList<TimeSpan>> Came(params (string Id, int[] At)[] mails) =>
        mails.ToDictionary(mail => mail.Id, mail => (IReadOnlyList<TimeSpan>)[.. mail.At.Select(Second)]);

    private static TimeSpan Second(int number) => TimeSpan.FromSeconds(number);
}
