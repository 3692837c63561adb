using System.Globalization;
using System.Text.Json.Nodes;
using WorkflowEngine.Content.Filing;
using WorkflowEngine.Content.Notices;
using WorkflowEngine.Content.Scenarios.Playing;
using WorkflowEngine.Content.Standards;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Content.Rehearsal;

/// <summary>What a burst decided, done: the counterpart of the rows that a commit writes, and of the sweeper that carries out what falls due.</summary>
public sealed partial class Office
{
    /// <summary>What an instance expects that waits for a published event; the key is the event's name.</summary>
    private const string EventExpectation = "event";

    private const string ConformanceExpectation = "conformance";

    /// <summary>As many timers and signals are taken at once; what they set going has its turn after them.</summary>
    private const int BatchSize = 200;

    /// <summary>Keys of one kind that a case may have good at a time: two let a holder change over without a gap.</summary>
    private const int MostGoodKeys = 2;

    private readonly PriorityQueue<(string Id, CaseFile Of), (DateTimeOffset Due, string Id)> _timers = new(Comparer<(DateTimeOffset Due, string Id)>.Create(
        (one, other) => one.Due != other.Due ? one.Due.CompareTo(other.Due) : string.CompareOrdinal(one.Id, other.Id)));
    private readonly HashSet<string> _armed = [];
    private readonly Dictionary<string, (string Name, string Key)> _expected = [];
    private readonly Dictionary<(string Name, string Key), SortedDictionary<string, CaseFile>> _expecting = [];
    private readonly Queue<Signal> _signals = new();
    private readonly Dictionary<string, Signal> _told = [];
    private readonly Dictionary<string, KeyFile> _keys = [];

    /// <summary>Lets business time pass, stopping at every instant at which something falls due.</summary>
    public void AdvanceTo(DateTimeOffset to)
    {
        Settle();
        while (NextDue() is { } due && due <= to)
        {
            if (due > Now) Now = due.ToOffset(to.Offset);
            Settle();
        }

        if (to > Now) Now = to;
        Settle();
    }

    /// <summary>Lets everything that is due or on its way happen, without any time passing.</summary>
    public void Settle()
    {
        while (SweepSignals() + SweepTimers() > 0)
        {
        }
    }

    private DateTimeOffset? NextDue()
    {
        while (_timers.TryPeek(out var timer, out var at))
        {
            if (_armed.Contains(timer.Id)) return at.Due;

            _timers.Dequeue();
        }

        return null;
    }

    private int SweepTimers()
    {
        var due = new List<(string Id, CaseFile Of)>();
        while (due.Count < BatchSize && NextDue() is { } at && at <= Now) due.Add(_timers.Dequeue());
        foreach (var timer in due)
        {
            if (_armed.Remove(timer.Id)) CarryOut(timer.Of, () => Run(timer.Of, new Stimulus.TimerFired(timer.Id)));
        }

        return due.Count;
    }

    private int SweepSignals()
    {
        var count = Math.Min(_signals.Count, BatchSize);
        for (var i = 0; i < count; i++)
        {
            var signal = _signals.Dequeue();
            if (signal.Bookmark is { } bookmark) _told.Remove(bookmark);
            if (signal.Child is { } order)
            {
                CarryOut(signal.From!, () => BeginChild(signal.Target, order, signal.From!));
            }
            else if (_files.TryGetValue(signal.Target, out var target))
            {
                CarryOut(target, () => Run(target, signal.End ?? new Stimulus.MessageArrived(signal.Bookmark!, signal.Payload?.DeepClone())));
            }
        }

        return count;
    }

    private void Commit(CaseFile file, Burst burst)
    {
        var isNew = !_files.ContainsKey(burst.State.InstanceId);
        file.State = burst.State;
        if (isNew) Keep(file);
        if (file.State.Outcome is not null) file.ClosedAt ??= Now;
        file.JournalLength += burst.Journal.Count;
        _watch?.Saw(file, burst);
        foreach (var effect in burst.Effects) Apply(file, effect);
        foreach (var published in burst.Effects.OfType<Effect.PublishEvent>())
        {
            Send(
                EventExpectation, published.Name, published.Payload,
                waiting => (!published.Local || waiting == file) && (published.CorrelationId is null || waiting.State.CorrelationId == published.CorrelationId));
        }

        if (file.State.Status == InstanceStatus.Finished && file is { Parent: { } parent, ParentBookmark: { } bookmark })
        {
            var output = new JsonObject(file.State.Output.Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone())));
            _signals.Enqueue(new Signal(parent)
            {
                End = new Stimulus.ChildFinished(bookmark, file.State.InstanceId, file.State.SubStatus == InstanceSubStatus.Faulted, output),
            });
        }
    }

    private void Apply(CaseFile file, Effect effect)
    {
        var id = effect.Id.ToString();
        switch (effect)
        {
            case Effect.OpenTask task:
                _tasks.Add(id, new OpenedTask(file, task));
                file.Add(new TaskSight(
                    id, task.ActivityId, task.Kind, task.Title, task.OrganisationId, _directory.NameOf(task.OrganisationId), task.Role, task.StartDate, task.DueDate, task.Provisional,
                    task.OverdueAt, Now, null, null, null, task.Outcomes));
                break;
            case Effect.CloseTask closed:
                file.Change(closed.TaskId, task => task with { ClosedAt = Now, Outcome = closed.Outcome, ClosedBy = closed.By?.Name });
                _ends[closed.TaskId] = closed.End;
                break;
            case Effect.ChangeDeadline change:
                file.Change(change.TaskId, task => task with { Due = change.NewDue, Provisional = change.Provisional, OverdueAt = change.OverdueAt });
                if (_tasks.GetValueOrDefault(change.TaskId)?.Order.WarningId is { } about) file.Change(about, warning => warning with { AnswerDue = change.NewDue });
                break;
            case Effect.ArmTimer timer:
                _armed.Add(id);
                _timers.Enqueue((id, file), (timer.DueAt, id));
                break;
            case Effect.CancelTimer cancelled:
                _armed.Remove(cancelled.TimerId);
                break;
            case Effect.RaiseWarning warning:
                file.Add(new WarningSight(
                    id, warning.ActivityId, warning.Title, warning.Colour, warning.OrganisationId, _directory.NameOf(warning.OrganisationId), Now, warning.AnswerDue, null));
                break;
            case Effect.AnswerWarning answer:
                file.Change(answer.WarningId, warning => warning with { AnsweredAt = Now });
                break;
            case Effect.IssueCredential credential:
                Issue(file, credential);
                break;
            case Effect.RevokeCredential credential when _keys.TryGetValue(credential.CredentialId, out var key):
                key.RevokedAt ??= Now;
                break;
            case Effect.QueueNotice notice:
                Write(file, notice);
                break;
            case Effect.ExpectMessage expected:
                _expected.Add(id, (expected.Name, expected.Key));
                if (!_expecting.TryGetValue((expected.Name, expected.Key), out var waiting)) _expecting.Add((expected.Name, expected.Key), waiting = new(StringComparer.Ordinal));
                waiting.Add(id, file);
                break;
            case Effect.StopExpecting met when _expected.Remove(met.BookmarkId, out var wanted):
                _expecting[wanted].Remove(met.BookmarkId);
                break;
            case Effect.StartChild child:
                _signals.Enqueue(new Signal(child.ChildInstanceId) { Child = child, From = file });
                break;
            case Effect.SendSignal signal:
                _signals.Enqueue(new Signal(signal.TargetInstance) { Payload = signal.Payload?.DeepClone() });
                break;
            case Effect.SendRequest request when IsReplay:
                file.Add(new IncidentSight(id, request.ActivityId, "要向外部系统发送请求，重放中没有外部系统可以答复"));
                break;
            case Effect.SendRequest request:
                throw new StoryException($"步骤“{request.ActivityId}”向外部系统发送请求；情景中没有外部系统可以答复，请用真实的对方系统试运行。");
            case Effect.RaiseIncident incident:
                file.Add(new IncidentSight(id, incident.ActivityId, incident.Message));
                break;
            default:
                // The outcome is part of the state, events follow when all else is done; the rest is of no case: lines of text, answers to requests, disclosures.
                break;
        }
    }

    /// <summary>Wakes whoever waits for it; a second message before the first is delivered only replaces what it says.</summary>
    private void Send(string name, string key, JsonNode? payload, Func<CaseFile, bool>? mayHear = null)
    {
        foreach (var (bookmark, waiting) in _expecting.GetValueOrDefault((name, key)) ?? [])
        {
            if (mayHear?.Invoke(waiting) == false) continue;

            if (_told.TryGetValue(bookmark, out var earlier))
            {
                earlier.Payload = payload?.DeepClone();
                continue;
            }

            var signal = new Signal(waiting.State.InstanceId) { Bookmark = bookmark, Payload = payload?.DeepClone() };
            _told.Add(bookmark, signal);
            _signals.Enqueue(signal);
        }
    }

    private void Write(CaseFile file, Effect.QueueNotice queued)
    {
        var id = queued.Id.ToString();
        if (IsReplay)
        {
            file.Add(new NoticeSight(id, queued.Notice, queued.OrganisationId, _directory.NameOf(queued.OrganisationId), queued.Role, "", Now));
            return;
        }

        var written = Letters.Write(queued, file.Release.Content, Current.Content, name => _directory.Find(name)?.Name);
        if (written.Written is null) file.Add(new IncidentSight($"{id}.letter", null, Letters.IncidentOf(queued, written.Error)));

        var letter = written.Written ?? Letters.Substitute(file.Header);
        file.Add(new NoticeSight(id, queued.Notice, queued.OrganisationId, _directory.NameOf(queued.OrganisationId), queued.Role, letter.Subject, Now));
        _letters[id] = letter.Text;
    }

    private void Issue(CaseFile file, Effect.IssueCredential order)
    {
        var serial = _keys.Count + 1;
        // Nobody can know it: it opens nothing outside this rehearsal.
        var secret = serial.ToString("x32", CultureInfo.InvariantCulture);
        var key = new KeyFile(order, file.Sites, Appid.Of(order.AuthorityId, Now, serial), secret, Now);
        _keys.Add(key.Id, key);
        file.Keys.Add(key);
        var good = file.Keys.Where(other => other.Order.Stage == order.Stage && other.RevokedAt is null).ToList();
        foreach (var surplus in good.SkipLast(MostGoodKeys)) surplus.RevokedAt = Now;
    }

    /// <summary>Starts the instance that another one asked for, on the release that the parent runs on.</summary>
    private void BeginChild(Guid id, Effect.StartChild order, CaseFile parent)
    {
        var release = parent.Release;
        if (order.Case is { } transferred)
        {
            var offer = release.Offer(order.DefinitionId) ?? throw new StoryException($"流程“{order.DefinitionId}”不是由表单开立的，办件 {transferred.From} 无法转办。");
            var opened = Find(transferred.From);
            var opening = opened?.Opening ?? throw new StoryException($"办件 {transferred.From} 不是由表单开立的，无法转办。");
            var values = Transfers.ValuesOf(order.Input, opening);
            var header = Transfers.HeaderOf(transferred, NumberOf(transferred, offer));
            var unit = offer.UnitOf(values) is { } wanted && OpenOne(order.DefinitionId, header.Parties.GetValueOrDefault(CaseHeader.Applicant, ""), transferred.AuthorityId, wanted) is null ? wanted : null;
            var submission = NewId();
            _submissions.Add(submission.ToString(), (JsonObject)values.DeepClone());
            Start(
                id, new FlowStart(release, offer.Flow, header.OwnerId, header)
                {
                    Parent = parent.State.InstanceId,
                    ParentBookmark = order.BookmarkId,
                    Unit = unit,
                    SubmittedAt = Transfers.SubmittedAt(transferred),
                    Opening = (JsonObject)values.DeepClone(),
                    OpenedBy = opened.OpenedBy,
                },
                Transfers.Beginning(offer, submission, values, order.Input, order.CorrelationId));
            return;
        }

        var flow = release.Content.Flows.GetValueOrDefault(order.DefinitionId) ?? throw new StoryException($"没有流程“{order.DefinitionId}”，运行中的办件要启动它。");
        Start(
            id, new FlowStart(release, flow, parent.OrganisationId, null) { Parent = parent.State.InstanceId, ParentBookmark = order.BookmarkId },
            new Stimulus.Start(TriggerActivityId: null, (JsonObject)order.Input.DeepClone(), order.CorrelationId));
    }

    private void Start(Guid id, FlowStart start, Stimulus.Start stimulus)
    {
        if (Run(Begin(id, start), stimulus) is RunResult.Refused refused) throw new StoryException($"流程拒绝了另一个办件启动的办件：{refused.Message}");
    }

    /// <summary>Something on its way to an instance.</summary>
    private sealed class Signal(Guid target)
    {
        public Guid Target => target;

        public string? Bookmark { get; init; }

        public JsonNode? Payload { get; set; }

        public Stimulus? End { get; init; }

        public Effect.StartChild? Child { get; init; }

        public CaseFile? From { get; init; }
    }
}
