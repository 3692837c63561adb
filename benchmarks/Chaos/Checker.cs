namespace WorkflowEngine.Bench.Chaos;

/// <summary>Something that must not be.</summary>
internal sealed record Finding(string Check, string What);

/// <summary>What the checker counted and found.</summary>
/// <param name="Lines">What was counted, in words, for the report.</param>
internal sealed record Figures(int Intents, int Acknowledged, IReadOnlyList<string> Lines, IReadOnlyList<Finding> Findings)
{
    public double Share => Intents == 0 ? 0 : 100.0 * Acknowledged / Intents;
}

/// <summary>Compares what clients know with what is in the database and what came out of it: mails, requests. It reads the evidence and nothing else.</summary>
internal sealed class Checker(Evidence evidence)
{
    private const int MostFindings = 20;

    /// <summary>Of a promise: survivors make progress within this time after a kill.</summary>
    private static readonly TimeSpan Progress = TimeSpan.FromSeconds(20);

    private readonly LedgerContents _ledger = evidence.Ledger;
    private readonly List<Finding> _findings = [];
    private readonly List<string> _lines = [];

    public Figures Check()
    {
        Say($"Drained {evidence.Drained.TotalSeconds:0.0} s after the last client had finished.");
        Intents();
        EndedCases();
        Waiting();
        Revisions();
        Timers();
        Mails();
        Requests();
        Audit();
        Progressed();
        foreach (var surprise in evidence.Surprises) Find("answers", surprise);
        foreach (var (host, times) in evidence.EndedByItself.Where(host => host.Value > 0)) Find("hosts", $"{host} ended by itself {times} times after it had begun to serve.");
        return new Figures(_ledger.Intents.Count, _ledger.Intents.Count(_ledger.IsDone), _lines, _findings);
    }

    /// <summary>What is acknowledged is there once; what is not is there at most once.</summary>
    private void Intents()
    {
        var marks = evidence.Marks.ToLookup(found => found.Mark, found => found.Case);
        int unanswered = 0, done = 0;
        foreach (var intent in _ledger.Intents)
        {
            var found = marks[intent.Mark].ToList();
            var name = $"{intent.Kind} {intent.Mark} of {intent.Case ?? "a new case"}";
            if (!_ledger.IsDone(intent))
            {
                unanswered++;
                if (found.Count > 0) done++;
                if (found.Count > 1) Find("doubled", $"{name} was not acknowledged and is there {found.Count} times.");
                continue;
            }

            if (found.Count != 1) Find(found.Count == 0 ? "lost" : "doubled", $"{name} was acknowledged and is there {found.Count} times.");
            else if (found[0] is { } number && number != _ledger.Acknowledged[intent.Id].Case) Find("lost", $"{name} was acknowledged as {_ledger.Acknowledged[intent.Id].Case} and is in {number}.");
            if (intent.Task is { } task && evidence.ClosedTasks.GetValueOrDefault(task) is var outcome && outcome != intent.Outcome)
            {
                Find("lost", $"{name}: task {task} should have ended as {intent.Outcome}, and ended as {outcome ?? "nothing"}.");
            }
        }

        Say($"{_ledger.Intents.Count} intents: {_ledger.Intents.Count - unanswered} acknowledged; {unanswered} unacknowledged, of which {done} were done.");
        Say($"{evidence.Tries} tries over HTTP; {evidence.Doubled} intents went to both hosts at once.");
    }

    /// <summary>A case that was seen to its end has the outcome of its way, and the rows of the one that went the same way before the first fault.</summary>
    private void EndedCases()
    {
        var references = _ledger.Ended.Where(ended => ended.IsReference).ToDictionary(ended => ended.Path, ended => evidence.Cases[ended.Number].Shape);
        foreach (var ended in _ledger.Ended)
        {
            var found = evidence.Cases.GetValueOrDefault(ended.Number);
            if (found?.Outcome != ended.Outcome) Find("stuck", $"{ended.Number} ({ended.Path}) should have ended as {ended.Outcome}, and is {found?.Outcome ?? "open"}.");
            else if (found.Shape != references[ended.Path]) Find("doubled or lost effects", $"{ended.Number} ({ended.Path}) differs from the case without faults: {Difference(references[ended.Path], found.Shape)}");
        }

        var paths = string.Join("; ", _ledger.Ended.CountBy(ended => ended.Path).Select(path => $"{path.Key} {path.Value}"));
        Say($"{_ledger.Ended.Count} cases at their end, compared in outcome, tasks, notices, mails, timers, keys, requests and children with the case that went the same way without a fault: {paths}.");
    }

    /// <summary>Whatever runs has something that will wake it.</summary>
    private void Waiting()
    {
        foreach (var run in evidence.Runs.Where(run => run is { IsRunning: true, IsAwaited: false })) Find("stuck", $"{run.Definition} {run.Id} runs and waits for nothing.");
        foreach (var incident in evidence.Incidents) Find("incidents", incident);
        foreach (var signal in evidence.Signals.Where(signal => signal.Status != "consumed")) Find("stuck", $"Signal {signal.Id} ({signal.Name}) is {signal.Status}.");
        Say($"{evidence.Orphans} orphans found by the reconciler during the run.");
        Say($"{evidence.Runs.Count} instances, {evidence.Runs.Count(run => run.IsRunning)} of them running, looked at for a task, a timer, a signal, a request or a child that each waits for.");
    }

    /// <summary>Each revision was committed once, upon the one before it, and the last is the one that is stored.</summary>
    private void Revisions()
    {
        foreach (var run in evidence.Runs)
        {
            if (!run.Revisions.SequenceEqual(Enumerable.Range(1, run.Revision)))
            {
                Find("stale", $"{run.Definition} {run.Id} is at revision {run.Revision}, and the commits on record are {string.Join(", ", run.Revisions)}.");
            }
        }
    }

    private void Timers()
    {
        foreach (var timer in evidence.Timers)
        {
            if (timer.Status is "parked" or "held" || (timer.Status == "pending" && timer.DueAt < evidence.ReadAt)) Find("timers", $"{timer.Id} is {timer.Status}, due {timer.DueAt:O}.");
            if (timer.Status == "fired" && timer.SettledAt < timer.DueAt) Find("timers", $"{timer.Id}, due {timer.DueAt:O}, fired early, at {timer.SettledAt:O}.");
        }

        var late = evidence.Timers.Where(timer => timer.Status == "fired").Select(timer => timer.SettledAt - timer.DueAt).OfType<TimeSpan>().Select(wait => wait.TotalSeconds).Order().ToList();
        if (late.Count == 0) Say($"No timer fell due.");
        else Say($"{late.Count} timers fired; late by {late[late.Count / 2]:0.0} s (median), {late[late.Count * 99 / 100]:0.0} s (99 %), {late[^1]:0.0} s (most).");
    }

    private void Mails()
    {
        foreach (var queued in evidence.Mails)
        {
            if (queued.Status != "sent") Find("mails", $"{queued.MessageId} is {queued.Status} {queued.Error}");
            else if (!evidence.Received.ContainsKey(queued.MessageId)) Find("lost", $"Mail {queued.MessageId} is marked as sent and never came.");
        }

        var known = evidence.Mails.Select(queued => queued.MessageId).ToHashSet();
        int doubles = 0, most = 0;
        foreach (var (id, times) in evidence.Received)
        {
            if (!known.Contains(id)) Find("mails", $"A mail came as {id} that nobody queued.");
            most = Math.Max(most, times.Count);
            doubles += times.Count - 1;
            for (var again = 1; again < times.Count; again++)
            {
                if (!evidence.Faults.Any(fault => fault.At >= times[again - 1] - TimeSpan.FromSeconds(2) && fault.At <= times[again])) Find("doubled", $"Mail {id} came again after {times[again] - times[again - 1]} without a fault between.");
            }
        }

        Say($"{known.Count} mails queued and sent; {doubles} came once more under the same Message-ID after a fault between sending and noting (at most {most} times the same).");
    }

    private void Requests()
    {
        var asked = evidence.Asked.CountBy(key => key).ToDictionary();
        foreach (var request in evidence.Requests)
        {
            if (request.Status != "settled") Find("requests", $"{request.Id} is {request.Status}.");
            else if (!asked.ContainsKey(request.Id)) Find("lost", $"Request {request.Id} is settled and never came.");
        }

        var known = evidence.Requests.Select(request => request.Id).ToHashSet();
        foreach (var stranger in asked.Keys.Where(key => !known.Contains(key))) Find("requests", $"A request came as '{stranger}' that nobody decided.");
        Say($"{known.Count} requests to the other system settled; {asked.Values.Sum(times => times - 1)} came once more under the same Idempotency-Key.");
    }

    private void Audit()
    {
        foreach (var finding in evidence.Audit.Findings) Find("audit", finding.Message);
        Say($"{evidence.Audit.Records} audit records in {evidence.Audit.Chains} chains verified, with the journal and the state that were written with each.");
    }

    private void Progressed()
    {
        var answers = evidence.Answers.OrderBy(answer => answer.At).ToList();
        foreach (var (name, kinds, alone) in ((string, FaultKind[], bool)[])
        [
            ("a kill that another host survived", [FaultKind.Kill], false),
            ("a kill with nobody left or no database", [FaultKind.Kill, FaultKind.KillBoth], true),
            ("a crash of the database", [FaultKind.Crash], true),
            ("a host that stands still", [FaultKind.Freeze], false),
        ])
        {
            var waits = (from fault in evidence.Faults
                         where kinds.Contains(fault.Kind) && fault.HadSurvivor != alone
                         let next = answers.Find(answer => answer.Asked >= fault.At)
                         where next is not null
                         orderby next.At - fault.At
                         select (Wait: next.At - fault.At, Since: fault.At)).ToList();
            if (waits.Count == 0) continue;

            Say($"After {name}, the next act asked for and acknowledged: {waits[waits.Count / 2].Wait.TotalSeconds:0.00} s (median of {waits.Count}), {waits[^1].Wait.TotalSeconds:0.0} s (most).");
            // Whoever stands still is joined by a kill of the other: then nobody is left.
            if (alone || kinds is [FaultKind.Freeze]) continue;
            foreach (var (wait, since) in waits.Where(wait => wait.Wait > Progress)) Find("progress", $@"{wait.TotalSeconds:0.0} s without an acknowledgement after {name}, at {since:hh\:mm\:ss}.");
        }
    }

    private static string Difference(string expected, string found) =>
        string.Join(" | ", expected.Split('\n').Zip(found.Split('\n')).Where(pair => pair.First != pair.Second).Select(pair => $"expected {pair.First}, found {pair.Second}"));

    private void Say(FormattableString line) => _lines.Add(FormattableString.Invariant(line));

    private void Find(string check, string what)
    {
        if (_findings.Count(finding => finding.Check == check) < MostFindings) _findings.Add(new Finding(check, what));
    }
}
