using WorkflowEngine.Storage.Instances;
using WorkflowEngine.Storage.Outbox;
using WorkflowEngine.Storage.Signals;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Bench.Simulation;

/// <summary>What must hold: after each commit for the cases that it concerned, and at the end for everything.</summary>
internal sealed partial class World
{
    private readonly Dictionary<Guid, DateTimeOffset> _inspections = [];
    private readonly Dictionary<string, DateTimeOffset?> _limitOfWarning = [];
    private readonly Dictionary<string, (string MessageId, int Times)> _delivered = [];
    private int _seen;

    /// <summary>The mail server has a mail.</summary>
    public void Deliver(OutboxMail mail)
    {
        if (Store.Mails.All(row => row.Id != mail.Id))
        {
            throw new SimulationFailure($"a mail is sent that nobody has decided: {mail.Id}");
        }

        var before = _delivered.GetValueOrDefault(mail.Id);
        if (before.Times > 0 && before.MessageId != mail.MessageId)
        {
            throw new SimulationFailure($"mail {mail.Id} came under two message ids: {before.MessageId} and {mail.MessageId}");
        }

        _delivered[mail.Id] = (mail.MessageId, before.Times + 1);
    }

    /// <summary>Enters in the books what was committed since, and compares the cases that it concerned.</summary>
    public void Check(bool isWhole = false)
    {
        var touched = new HashSet<Guid>();
        for (; _seen < Store.Log.Count; _seen++)
        {
            var unit = Store.Log[_seen].Unit;
            Enter(Store.Log[_seen]);
            touched.Add(unit.InstanceId);
            if (Store.Signals.Any(row => row.Status == "pending" && unit.ConsumedSignals.Contains(row.Signal.Id)))
            {
                throw new SimulationFailure($"{Called(unit.InstanceId)}: a signal was answered and is still pending");
            }
        }

        if (Defect == Defect.CommitsInTwo && !isWhole)
        {
            return;
        }

        foreach (var id in touched.Where(_books.ContainsKey))
        {
            Compare(id);
        }
    }

    private void Enter(CommittedUnit committed)
    {
        var (unit, now) = (committed.Unit, committed.Unit.BusinessNow);
        if (unit.New is { DefinitionId: Office.Inspection })
        {
            if (!_inspections.TryAdd(unit.InstanceId, CaseBook.EndOfDays(now, 1)))
            {
                throw new SimulationFailure("an inspection is begun twice");
            }

            return;
        }

        if (_inspections.TryGetValue(unit.InstanceId, out var ends))
        {
            if (committed.Timers is not [{ } timer] || timer.DueAt != ends || now < ends)
            {
                throw new SimulationFailure("an inspection goes on that was not due");
            }

            return;
        }

        var what = string.Join(", ", committed.Timers.Select(timer => $"{timer.Kind} of {timer.DueAt:MM-dd HH:mm}").Concat(committed.Signals.Select(row => row.Signal.Kind.ToString())));
        Note($"  {Called(unit.InstanceId)}, revision {unit.Bursts[^1].State.Revision}: {unit.IdempotencyKey?.Key}{what}, decided {now:MM-dd HH:mm}");
        var book = _books[unit.InstanceId];
        if (unit.IdempotencyKey is { } key)
        {
            var intent = _intents.Single(one => one.Key.Key == key.Key);
            switch (intent.Wish)
            {
                case Wish.File:
                    book.Filed(now);
                    break;
                case Wish.Answer:
                    book.Answered(intent.Step!, intent.Outcome!, now);
                    if (intent.Step == "warn")
                    {
                        book.WarningAnswered(_limitOfWarning[intent.TaskId!]);
                    }

                    break;
                default:
                    book.Withdrawn();
                    break;
            }
        }

        foreach (var timer in committed.Timers)
        {
            var isOfWarning = _limitOfWarning.ContainsKey(timer.BookmarkId);
            book.Fired(timer.Kind, timer.DueAt, now, isOfWarning);
            if (isOfWarning)
            {
                _limitOfWarning[timer.BookmarkId] = null;
            }
        }

        foreach (var signal in committed.Signals)
        {
            if (signal.Signal.Kind == SignalKind.ChildFinished)
            {
                book.Inspected();
            }
            else
            {
                book.TrafficCame();
            }
        }

        foreach (var warning in unit.Bursts.SelectMany(burst => burst.Effects).OfType<Effect.OpenTask>().Where(task => task.Kind == TaskKind.Warning))
        {
            _limitOfWarning[warning.Id.ToString()] = CaseBook.EndOfDays(now, 2);
        }
    }

    private void Compare(Guid id)
    {
        var stored = Store.Load(id);
        var lines = Store.Tasks.Where(task => task.InstanceId == id && task.Open).Select(task => $"open task {task.ActivityId}")
            .Concat(Store.Timers.Where(timer => timer.InstanceId == id && timer.Status == "pending").Select(timer => CaseBook.Timer(timer.Kind, timer.DueAt)))
            .Concat(Enumerable.Repeat("expects traffic", Store.Expectations(id)))
            .Concat(Store.Notices.Where(notice => notice.InstanceId == id).GroupBy(notice => notice.Template).Select(group => CaseBook.Notices(group.Key, group.Count())))
            .Append($"outcome {stored?.State.Outcome ?? "none"}").Append(stored?.State.Status == InstanceStatus.Finished ? "over" : "going on")
            .Order(StringComparer.Ordinal).ToList();
        var expected = stored is null ? lines : [.. _books[id].Expected().Order(StringComparer.Ordinal)];
        if (!lines.SequenceEqual(expected))
        {
            throw new SimulationFailure($"{Called(id)}: the model says [{string.Join(", ", Minus(expected, lines))}] and the tables say [{string.Join(", ", Minus(lines, expected))}]");
        }
    }

    private static List<string> Minus(IEnumerable<string> some, IEnumerable<string> others)
    {
        var left = some.ToList();
        foreach (var other in others)
        {
            left.Remove(other);
        }

        return left;
    }

    private void Conclude()
    {
        Check(isWhole: true);
        foreach (var id in _books.Keys)
        {
            Compare(id);
        }

        foreach (var stuck in Store.Instances.Where(stored => stored.State.Status == InstanceStatus.Running))
        {
            throw new SimulationFailure($"stuck: {Waits(stuck)}");
        }

        foreach (var intent in _intents)
        {
            var times = Store.Log.Count(committed => committed.Unit.IdempotencyKey?.Key == intent.Key.Key);
            if (times != (intent.Told == Told.Done ? 1 : 0))
            {
                throw new SimulationFailure($"{intent} was told {intent.Told} and was committed {times} times");
            }
        }

        foreach (var mail in Store.Mails)
        {
            var times = _delivered.GetValueOrDefault(mail.Id).Times;
            if (mail.Status == "pending" || (times == 0 && mail.Status != "parked") || times > mail.Attempts)
            {
                throw new SimulationFailure($"mail {mail.Id} is {mail.Status} after {mail.Attempts} attempts and was delivered {times} times");
            }
        }
    }

    private string Waits(StoredInstance stored)
    {
        var id = stored.State.InstanceId;
        return $"{(_books.TryGetValue(id, out var book) ? book.Called : "an inspection")}, {stored.State.SubStatus}, "
            + $"{Store.Tasks.Count(task => task.InstanceId == id && task.Open)} open tasks, {Store.Timers.Count(timer => timer.InstanceId == id && timer.Status == "pending")} timers, {Store.Expectations(id)} expectations";
    }
}
