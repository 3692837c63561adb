using System.Globalization;
using System.Text.Json.Nodes;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Instances;
using WorkflowEngine.Storage.Outbox;
using WorkflowEngine.Storage.Signals;
using WorkflowEngine.Storage.Timers;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Bench.Simulation;

/// <summary>The server closed the connection; what was not committed has not happened.</summary>
internal sealed class ConnectionLost() : Exception("the connection was cut");

/// <summary>A unit that went through, with the timers and signals that it answered as they were.</summary>
internal sealed record CommittedUnit(CommitUnit Unit, IReadOnlyList<TimerRow> Timers, IReadOnlyList<SignalRow> Signals);

internal sealed record TaskRow(string Id, Guid InstanceId, string ActivityId, TaskKind Kind, DateOnly? Due, bool Open, string? Outcome);

internal sealed record TimerRow(string Id, Guid InstanceId, string BookmarkId, TimerKind Kind, DateTimeOffset DueAt, string Status);

internal sealed record SignalRow(long Sequence, PendingSignal Signal, string Status);

internal sealed record NoticeRow(string Id, Guid InstanceId, string Template);

internal sealed record MailRow(string Id, string MessageId, string Recipient, DateTimeOffset QueuedAt, string Status, int Attempts, DateTimeOffset? NotBefore);

/// <summary>
/// The tables of cases in memory, with the semantics of <c>src/Storage/Commit</c>: units are judged by the same <see cref="Judgement"/>, locks are those of a claim, and
/// what a unit wants is done wholly or not at all. One contract suite runs against this and against PostgreSQL. One thread; activation strategies and filing limits are left out.
/// </summary>
internal sealed class MemoryStore(Defect defect = Defect.None)
{
    private readonly Dictionary<Guid, InstanceRow> _instances = [];
    private readonly HashSet<string> _numbers = [];
    private readonly Dictionary<string, TaskRow> _tasks = [];
    private readonly Dictionary<string, TimerRow> _timers = [];
    private readonly Dictionary<string, SignalRow> _signals = [];
    private readonly Dictionary<string, NoticeRow> _notices = [];
    private readonly Dictionary<string, MailRow> _mails = [];
    private readonly Dictionary<string, (Guid Instance, string Name, string Key)> _expectations = [];
    private readonly Dictionary<(string Scope, string Key), (byte[] BodyHash, string Answer)> _keys = [];
    private readonly HashSet<Guid> _held = [];
    private long _sequence;

    /// <summary>What went through, in order.</summary>
    public List<CommittedUnit> Log { get; } = [];

    public IEnumerable<TaskRow> Tasks => _tasks.Values;

    public IEnumerable<TimerRow> Timers => _timers.Values;

    public IEnumerable<SignalRow> Signals => _signals.Values;

    public IEnumerable<NoticeRow> Notices => _notices.Values;

    public IEnumerable<MailRow> Mails => _mails.Values;

    public IEnumerable<StoredInstance> Instances => _instances.Values.Select(row => row.Load());

    public int Expectations(Guid instance) => _expectations.Values.Count(expected => expected.Instance == instance);

    public TaskRow? Task(string id) => _tasks.GetValueOrDefault(id);

    public StoredInstance? Load(Guid id) => _instances.GetValueOrDefault(id)?.Load();

    public string? AnswerTo(IdempotencyKey key) => _keys.TryGetValue((key.Scope, key.Key), out var earlier) ? earlier.Answer : null;

    /// <summary>Somebody has claimed it: a commit has to wait, as for a row's lock.</summary>
    public bool IsHeld(Guid instance) => _held.Contains(instance);

    public DateTimeOffset? NextDue => _timers.Values.Where(timer => timer.Status == "pending").Min(timer => (DateTimeOffset?)timer.DueAt);

    public IReadOnlyList<CommitResult> Commit(IReadOnlyList<CommitUnit> units)
    {
        if (units.FirstOrDefault(unit => IsHeld(unit.InstanceId)) is { } waiting)
        {
            throw new InvalidOperationException($"Instance {waiting.InstanceId:N} is held: the commit has to wait.");
        }

        return Apply(units);
    }

    /// <summary>Due timers in due order, of instances that nobody holds, held with their instances.</summary>
    public MemoryClaim<DueTimer> ClaimDue(DateTimeOffset businessNow, int max)
    {
        var until = defect == Defect.FiresEarly ? businessNow.AddDays(1) : businessNow;
        var due = _timers.Values.Where(timer => timer.Status == "pending" && timer.DueAt <= until && _instances.ContainsKey(timer.InstanceId) && !IsHeld(timer.InstanceId))
            .OrderBy(timer => timer.DueAt).ThenBy(timer => timer.Id, StringComparer.Ordinal).Take(max)
            .Select(timer => new DueTimer(timer.Id, timer.InstanceId, timer.BookmarkId, timer.Kind, timer.DueAt)).ToList();
        return new MemoryClaim<DueTimer>(this, due, due.Select(timer => timer.InstanceId), Settle);

        void Settle(DueTimer timer) => _timers[timer.Id] = _timers[timer.Id] with { Status = Settled(timer.InstanceId, "fired") };
    }

    /// <summary>Pending signals, oldest first, of instances that nobody holds.</summary>
    public MemoryClaim<PendingSignal> ClaimSignals(int max)
    {
        var pending = _signals.Values.Where(row => row.Status == "pending" && !IsHeld(row.Signal.InstanceId)).OrderBy(row => row.Sequence).Take(max).Select(row => row.Signal).ToList();
        return new MemoryClaim<PendingSignal>(this, pending, pending.Select(signal => signal.InstanceId), Settle);

        void Settle(PendingSignal signal) => _signals[signal.Id] = _signals[signal.Id] with { Status = Settled(signal.InstanceId, "consumed") };
    }

    /// <summary>One pending wake-up a bookmark: a second one before it is delivered only replaces what it says.</summary>
    public int SendToExpecting(string name, string key, JsonNode? payload)
    {
        var told = _expectations.Where(expected => expected.Value.Name == name && expected.Value.Key == key).OrderBy(expected => expected.Key, StringComparer.Ordinal).ToList();
        foreach (var (bookmark, expected) in told)
        {
            var earlier = _signals.Values.FirstOrDefault(row => row is { Status: "pending", Signal.Kind: SignalKind.Expected } && row.Signal.BookmarkId == bookmark);
            if (earlier is not null)
            {
                _signals[earlier.Signal.Id] = earlier with { Signal = earlier.Signal with { Payload = payload?.DeepClone() } };
                continue;
            }

            var id = string.Create(CultureInfo.InvariantCulture, $"expected.{_sequence + 1}");
            AddSignal(new PendingSignal(id, SignalKind.Expected, expected.Instance, bookmark, name, payload?.DeepClone()));
        }

        return told.Count;
    }

    public IReadOnlyList<OutboxMail> ClaimMails(DateTimeOffset systemNow, TimeSpan lease, int max)
    {
        var claimed = _mails.Values.Where(mail => mail.Status == "pending" && (mail.NotBefore is null || mail.NotBefore <= systemNow))
            .OrderBy(mail => mail.NotBefore ?? DateTimeOffset.MinValue).ThenBy(mail => mail.QueuedAt).ThenBy(mail => mail.Id, StringComparer.Ordinal).Take(max).ToList();
        foreach (var mail in claimed)
        {
            _mails[mail.Id] = mail with { Attempts = mail.Attempts + 1, NotBefore = systemNow + lease };
        }

        return [.. claimed.Select(mail => new OutboxMail(
            mail.Id, defect == Defect.NamesEachAttemptAnew ? $"{mail.Attempts}.{mail.MessageId}" : mail.MessageId, "", Outlet.Mail, mail.Recipient, "s", "h", "t", mail.Attempts + 1, mail.QueuedAt))];
    }

    public void MarkSent(OutboxMail mail) => SettleMail(mail, row => row with { Status = "sent" });

    /// <summary>Waits as the outbox does, unless another host has taken the mail over; set aside after <see cref="OutboxStore.MaxAttempts"/>.</summary>
    public void MarkFailed(OutboxMail mail, DateTimeOffset systemNow) => SettleMail(mail, row =>
        mail.Attempt >= OutboxStore.MaxAttempts ? row with { Status = "parked" }
        : row.Attempts == mail.Attempt ? row with { NotBefore = systemNow + OutboxStore.WaitAfter(mail) }
        : row);

    /// <summary>The second half of a commit that was made in two (<see cref="Defect.CommitsInTwo"/>).</summary>
    public void ApplyEffects(CommitUnit unit) => Apply(unit, unit.Bursts.SelectMany(burst => burst.Effects));

    internal void Hold(IEnumerable<Guid> instances) => _held.UnionWith(instances);

    internal void Release(IEnumerable<Guid> instances) => _held.ExceptWith(instances);

    internal IReadOnlyList<CommitResult> Apply(IReadOnlyList<CommitUnit> units)
    {
        var results = new CommitResult[units.Count];
        var sound = Judgement.Sift(units, results);
        var judgement = new Judgement(new Known(
            new(_keys),
            units.Where(unit => _instances.ContainsKey(unit.InstanceId)).Select(unit => unit.InstanceId).Distinct()
                .ToDictionary(id => id, id => _instances[id].Lock(defect == Defect.ForgetsTheRevision ? units.First(unit => unit.InstanceId == id).ExpectedRevision : null)),
            [],
            [.. _timers.Values.Where(timer => timer.Status == "pending").Select(timer => timer.Id)],
            [.. _signals.Values.Where(row => row.Status == "pending").Select(row => row.Signal.Id)],
            [],
            []));
        var events = new List<(Guid Instance, Effect.PublishEvent Event)>();
        foreach (var index in sound)
        {
            var unit = units[index];
            if (unit.New is { Unit: not null } or { Exclusion: not null } or { Limit: not null })
            {
                throw new NotSupportedException("Filing limits and activation strategies are not simulated.");
            }

            results[index] = judgement.Refuses(unit) ?? (TakenId(unit) is { } taken ? new CommitResult.Failed($"23505 {taken} is there already") : Go(unit, events));
        }

        // As the statements of a commit run: events are published when all else is written.
        foreach (var (instance, published) in events)
        {
            foreach (var (bookmark, _) in _expectations.Where(e => e.Value == (e.Value.Instance, "event", published.Name)).ToArray())
            {
                var waiting = _expectations[bookmark].Instance;
                if ((!published.Local || waiting == instance) && (published.CorrelationId is null || _instances[waiting].CorrelationId == published.CorrelationId))
                {
                    AddSignal(new PendingSignal($"published.{_sequence + 1}", SignalKind.Expected, waiting, bookmark, "event", published.Payload?.DeepClone()));
                }
            }
        }

        return results;
    }

    private CommitResult.Committed Go(CommitUnit unit, List<(Guid, Effect.PublishEvent)> events)
    {
        var last = unit.Bursts[^1].State;
        Log.Add(new CommittedUnit(unit, [.. unit.ConsumedTimers.Select(id => _timers[id])], [.. unit.ConsumedSignals.Select(id => _signals[id])]));
        if (unit.IdempotencyKey is { } key && defect != Defect.ForgetsTheKey)
        {
            _keys.Add((key.Scope, key.Key), (key.BodyHash, key.Answer));
        }

        var before = _instances.GetValueOrDefault(unit.InstanceId);
        _instances[unit.InstanceId] = before is null ? InstanceRow.Of(unit.New!, last) : before.Becomes(last);
        if (unit.New is not null && last.Case is { } @case)
        {
            _numbers.Add(@case.Number);
        }

        foreach (var timer in unit.ConsumedTimers.Where(_ => defect != Defect.ForgetsTheTimer))
        {
            _timers[timer] = _timers[timer] with { Status = "fired" };
        }

        foreach (var signal in unit.ConsumedSignals.Where(_ => defect != Defect.ForgetsTheSignal))
        {
            _signals[signal] = _signals[signal] with { Status = "consumed" };
        }

        if (before?.SubStatus == InstanceSubStatus.Faulted && last.SubStatus != InstanceSubStatus.Faulted)
        {
            foreach (var held in _timers.Values.Where(timer => timer.InstanceId == unit.InstanceId && timer.Status == "held").ToArray())
            {
                _timers[held.Id] = held with { Status = "pending" };
            }
        }

        var effects = unit.Bursts.SelectMany(burst => burst.Effects).ToList();
        if (defect != Defect.CommitsInTwo)
        {
            Apply(unit, effects);
        }

        events.AddRange(effects.OfType<Effect.PublishEvent>().Select(published => (unit.InstanceId, published)));
        var row = _instances[unit.InstanceId];
        if (last.Status == InstanceStatus.Finished && row is { Parent: { } parent, ParentBookmark: { } bookmark } && defect != Defect.LosesTheParent)
        {
            var end = new JsonObject { ["child"] = unit.InstanceId, ["faulted"] = last.SubStatus == InstanceSubStatus.Faulted, ["output"] = new JsonObject() };
            var id = $"child:{unit.InstanceId:N}";
            if (!_signals.ContainsKey(id))
            {
                AddSignal(new PendingSignal(id, SignalKind.ChildFinished, parent, bookmark, nameof(SignalKind.ChildFinished), end));
            }
        }

        return new CommitResult.Committed(last.Revision);
    }

    private void Apply(CommitUnit unit, IEnumerable<Effect> effects)
    {
        foreach (var effect in effects)
        {
            var id = effect.Id.ToString();
            switch (effect)
            {
                case Effect.OpenTask task:
                    _tasks.Add(id, new TaskRow(id, unit.InstanceId, task.ActivityId, task.Kind, task.DueDate, Open: true, null));
                    break;
                case Effect.CloseTask closed when _tasks.GetValueOrDefault(closed.TaskId) is { Open: true } task:
                    _tasks[task.Id] = task with { Open = false, Outcome = closed.Outcome };
                    break;
                case Effect.ChangeDeadline change when _tasks.GetValueOrDefault(change.TaskId) is { Open: true } task:
                    _tasks[task.Id] = task with { Due = change.NewDue };
                    break;
                case Effect.ArmTimer timer:
                    _timers.Add(id, new TimerRow(id, unit.InstanceId, timer.BookmarkId, timer.Kind, timer.DueAt, "pending"));
                    break;
                case Effect.CancelTimer cancelled when _timers.GetValueOrDefault(cancelled.TimerId) is { Status: "pending" or "held" } timer:
                    _timers[timer.Id] = timer with { Status = "cancelled" };
                    break;
                case Effect.QueueNotice notice:
                    _notices.Add(id, new NoticeRow(id, unit.InstanceId, notice.Notice));
                    var deliveries = unit.Letters[notice.Id].Deliveries;
                    for (var index = 0; index < deliveries.Count; index++)
                    {
                        var mail = string.Create(CultureInfo.InvariantCulture, $"{id}.{index + 1}");
                        _mails.Add(mail, new MailRow(mail, $"{mail}@workflow-engine", deliveries[index].Recipient, unit.BusinessNow, "pending", 0, null));
                    }

                    break;
                case Effect.ExpectMessage expected:
                    _expectations.Add(id, (unit.InstanceId, expected.Name, expected.Key));
                    break;
                case Effect.StopExpecting met:
                    _expectations.Remove(met.BookmarkId);
                    break;
                case Effect.StartChild child:
                    var order = new JsonObject { ["definitionId"] = child.DefinitionId, ["parent"] = unit.InstanceId, ["bookmarkId"] = child.BookmarkId };
                    AddSignal(new PendingSignal(id, SignalKind.StartChild, child.ChildInstanceId, null, child.DefinitionId, order));
                    break;
                case Effect.CloseTask or Effect.ChangeDeadline or Effect.CancelTimer or Effect.RaiseWarning or Effect.AnswerWarning or Effect.CloseCase or Effect.PublishEvent:
                    // Nothing is open to be changed; rows that no host reads again; or what is published last.
                    break;
                default:
                    throw new NotSupportedException($"{effect.GetType().Name} is not simulated.");
            }
        }
    }

    /// <summary>An id that would land in its table twice: the unit fails, and it alone.</summary>
    private string? TakenId(CommitUnit unit)
    {
        if (unit.New is not null && unit.Bursts[^1].State.Case is { } @case && _numbers.Contains(@case.Number))
        {
            return $"case {@case.Number}";
        }

        return unit.Bursts.SelectMany(burst => burst.Effects).Where(effect => effect switch
        {
            Effect.OpenTask => _tasks.ContainsKey(effect.Id.ToString()),
            Effect.ArmTimer => _timers.ContainsKey(effect.Id.ToString()),
            Effect.QueueNotice => _notices.ContainsKey(effect.Id.ToString()),
            Effect.StartChild => _signals.ContainsKey(effect.Id.ToString()),
            Effect.ExpectMessage => _expectations.ContainsKey(effect.Id.ToString()),
            _ => false,
        }).Select(effect => effect.Id.ToString()).FirstOrDefault();
    }

    private string Settled(Guid instance, string status) => _instances.GetValueOrDefault(instance)?.SubStatus == InstanceSubStatus.Faulted ? "held" : status;

    private void AddSignal(PendingSignal signal) => _signals.Add(signal.Id, new SignalRow(++_sequence, signal, "pending"));

    private void SettleMail(OutboxMail mail, Func<MailRow, MailRow> settle)
    {
        if (_mails[mail.Id].Status == "pending")
        {
            _mails[mail.Id] = settle(_mails[mail.Id]);
        }
    }

    private sealed record InstanceRow(
        string State, int Revision, InstanceSubStatus SubStatus, string? CorrelationId, string DefinitionId, int Version, string ReleaseId, string OrganisationId, Guid? Parent, string? ParentBookmark)
    {
        public static InstanceRow Of(NewInstance @new, WorkflowState state) => new(
            state.ToJson(), state.Revision, state.SubStatus, state.CorrelationId, @new.DefinitionId, @new.DefinitionVersion, @new.ReleaseId, @new.OrganisationId, @new.ParentInstanceId, @new.ParentBookmarkId);

        public InstanceRow Becomes(WorkflowState state) => this with { State = state.ToJson(), Revision = state.Revision, SubStatus = state.SubStatus, CorrelationId = state.CorrelationId };

        public StoredInstance Load() => new(WorkflowState.FromJson(State), Revision, DefinitionId, Version, ReleaseId, OrganisationId, Parent, ParentBookmark);

        public LockedInstance Lock(int? pretended) => new(pretended ?? Revision, OrganisationId, ReleaseId, SubStatus.ToString(), Parent, ParentBookmark);
    }
}

/// <summary>Rows that one host holds, with their instances, until it commits, lets go, or loses its connection.</summary>
internal sealed class MemoryClaim<T> : IDisposable
{
    private readonly MemoryStore _store;
    private readonly Action<T> _settle;

    internal MemoryClaim(MemoryStore store, IReadOnlyList<T> rows, IEnumerable<Guid> instances, Action<T> settle)
    {
        (_store, _settle, Rows) = (store, settle, rows);
        Held = [.. instances];
        Instances = Held.Select(store.Load).OfType<StoredInstance>().ToDictionary(stored => stored.State.InstanceId);
        store.Hold(Held);
    }

    public IReadOnlyList<T> Rows { get; }

    public IReadOnlyDictionary<Guid, StoredInstance> Instances { get; }

    /// <summary>Committed, let go or cut.</summary>
    public bool IsOver { get; private set; }

    private HashSet<Guid> Held { get; }

    /// <exception cref="ConnectionLost">The claim was cut meanwhile.</exception>
    public IReadOnlyList<CommitResult> Commit(IReadOnlyList<CommitUnit> units, IReadOnlyList<T> notWaiting)
    {
        if (IsOver)
        {
            throw new ConnectionLost();
        }

        var results = _store.Apply(units);
        foreach (var row in notWaiting)
        {
            _settle(row);
        }

        Dispose();
        return results;
    }

    public void Dispose()
    {
        if (!IsOver)
        {
            IsOver = true;
            _store.Release(Held);
        }
    }
}
