using System.Text.Json.Nodes;
using WorkflowEngine.Rules;
using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Expressions;

namespace WorkflowEngine.Workflows.Execution;

/// <summary>
/// One burst at work: a first-in-first-out list of activities that are due, run until it is empty. Works on its own copy of the state.
/// </summary>
internal sealed partial class BurstRun
{
    /// <summary>More steps than this in one burst is a loop that never waits.</summary>
    public const int MaxSteps = 10_000;

    /// <summary>The turn of an activity that runs apart has come.</summary>
    private const string ApartResume = "apart";

    /// <summary>Flows that run one another inside one burst nest no deeper.</summary>
    private const int MaxDepth = 16;

    private readonly Queue<WorkItem> _due = new();
    private readonly List<CompletionCallback> _callbacks = [];
    private readonly List<JournalEntry> _journal = [];
    private readonly List<Effect> _effects = [];
    private readonly List<Incident> _incidents;
    private readonly List<ChildBurst> _children = [];
    private int _nextInstanceId;
    private int _steps;
    private int _depth;
    private int _childOrdinal;
    private Actor? _by;
    private RuleRun? _ruleRun;
    private FailedWay? _failedWay;
    private ActivityNode _at;

    public BurstRun(WorkflowDefinition definition, WorkflowState state, Facts facts, DateTimeOffset now, bool usesTokens)
    {
        Definition = definition;
        _at = definition.Root;
        Facts = facts;
        Now = now;
        UsesTokens = usesTokens;
        InstanceId = state.InstanceId;
        Revision = state.Revision + 1;
        Case = state.Case;
        Outcome = state.Outcome;
        CorrelationId = state.CorrelationId;
        Name = state.Name;
        TriggerActivityId = state.TriggerActivityId;
        Inputs = state.Inputs;
        Outputs = new Dictionary<string, object?>(state.Outputs, StringComparer.Ordinal);
        Clocks = new Dictionary<string, NamedClock>(state.Clocks, StringComparer.Ordinal);
        SubStatus = state.SubStatus;
        _incidents = [.. state.Incidents];
        _nextInstanceId = state.NextInstanceId;
        StateCopy.Load(state, this, _callbacks);
    }

    public WorkflowDefinition Definition { get; }

    public Facts Facts { get; }

    /// <summary>Business time.</summary>
    public DateTimeOffset Now { get; }

    public DateOnly Today => Deadlines.DateOf(Now);

    /// <summary>The date from which a limit that starts now counts, itself not counted (T1, T2).</summary>
    public DateOnly LimitStart => Calendar.CountsOn(Now);

    public bool UsesTokens { get; }

    /// <summary>Executed flows run inside this burst. A host does not ask for it: a burst that it commits is that of one instance.</summary>
    public bool RunsChildren { get; init; }

    /// <summary>What the burst may still do.</summary>
    public Work Work { get; init; } = new();

    /// <summary>
    /// How far each owner had come is written down, so that a way on that fails can be taken back. Few bursts need it: one that began without and turns out to is run again from its beginning.
    /// </summary>
    public bool KeepsMarks { get; init; } = true;

    public Guid InstanceId { get; }

    public int Revision { get; }

    public CaseHeader? Case { get; }

    public string? Outcome { get; set; }

    public string? CorrelationId { get; set; }

    public string? Name { get; set; }

    public string? TriggerActivityId { get; set; }

    /// <summary>The request that began the instance, until its endpoint takes it.</summary>
    public IncomingRequest? Request { get; set; }

    /// <summary>An endpoint has taken a request in this burst, and nothing has answered it yet.</summary>
    public bool OwesReply { get; set; }

    public IReadOnlyDictionary<string, object?> Inputs { get; set; }

    public Dictionary<string, object?> Outputs { get; }

    public Dictionary<string, NamedClock> Clocks { get; }

    public InstanceSubStatus SubStatus { get; set; }

    /// <summary>The execution of the whole workflow; null before the first burst.</summary>
    public ActivityInstance? MainRoot => Instances.Find(i => ReferenceEquals(i.Node, Definition.Root));

    public List<ActivityInstance> Instances { get; } = [];

    public List<OpenBookmark> Bookmarks { get; } = [];

    public IReadOnlyList<CompletionCallback> Callbacks => _callbacks;

    public IReadOnlyList<Incident> Incidents => _incidents;

    public IReadOnlyList<JournalEntry> Journal => _journal;

    public int NextInstanceId => _nextInstanceId;

    public bool IsFinished => SubStatus is InstanceSubStatus.Finished or InstanceSubStatus.Cancelled or InstanceSubStatus.Faulted;

    /// <summary>The rules language's view of the burst: its date is the business date.</summary>
    public RuleRun RuleRun => _ruleRun ??= new RuleRun { BusinessDate = Today, Now = Now.ToOffset(TimeSpan.FromHours(8)) };

    /// <summary>Runs what is due until nothing more is.</summary>
    /// <exception cref="EndlessBurst">It would not end; in a plan, which is not stored, that is an incident and the end of the flow.</exception>
    public void Drain()
    {
        SubStatus = IsFinished ? SubStatus : InstanceSubStatus.Executing;
        try
        {
            Spend(Work.Kept * (Size + _incidents.Count));
            while (_due.TryDequeue(out var item))
            {
                _at = item.Node;
                if (++_steps > MaxSteps)
                {
                    throw new EndlessBurst(_at, EndlessBurst.InACircle);
                }

                Spend(Work.Step + Size);
                Invoke(item);
            }
        }
        catch (EndlessBurst endless) when (RunsChildren)
        {
            _due.Clear();
            RaiseIncident(endless.At, endless.Message);
            SubStatus = InstanceSubStatus.Faulted;
            return;
        }

        if (!IsFinished)
        {
            SubStatus = Instances.TrueForAll(i => i.IsClosed) ? InstanceSubStatus.Finished : InstanceSubStatus.Suspended;
        }
    }

    /// <summary>Takes from what the burst may do.</summary>
    /// <exception cref="EndlessBurst">There is nothing left of it.</exception>
    public void Spend(long amount)
    {
        if (!Work.Take(amount))
        {
            throw new EndlessBurst(_at, EndlessBurst.TooMuch);
        }
    }

    /// <summary>What is looked through again and again while steps run and end.</summary>
    public int Size => Instances.Count + _callbacks.Count + Bookmarks.Count + _due.Count;

    public Burst Seal()
    {
        SettleOvertaken();
        var state = StateCopy.Save(this);
        return new Burst(state, _journal, _effects) { Children = _children };
    }

    /// <summary>Who caused the burst; journalled with what follows at once.</summary>
    public void ActsFor(Actor? by) => _by = by;

    public void ScheduleRoot() => _due.Enqueue(new WorkItem(Definition.Root, null, null, null, null, null, false));

    public void Schedule(ActivityNode node, ActivityInstance owner, string? callback, int? tag = null, LoopValue? loop = null, bool backward = false)
    {
        Spend(Work.Kept);
        owner.OpenCallbacks++;
        _callbacks.Add(new CompletionCallback(owner, node, callback, tag));
        _due.Enqueue(new WorkItem(node, owner, null, null, null, loop, backward));
    }

    public void ScheduleArrival(OpenBookmark bookmark, object? arrived) =>
        _due.Enqueue(new WorkItem(bookmark.Instance.Node, bookmark.Instance.Parent, bookmark.Instance, bookmark, arrived, null, false));

    /// <summary>This child waits in the work list for this owner.</summary>
    public bool IsDue(ActivityNode node, ActivityInstance owner)
    {
        foreach (var item in _due)
        {
            if (ReferenceEquals(item.Owner, owner) && ReferenceEquals(item.Node, node))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Something below this activity waits in the work list.</summary>
    public bool HasDueBelow(ActivityInstance ancestor)
    {
        foreach (var item in _due)
        {
            for (var at = item.Owner; at is not null; at = at.Parent)
            {
                if (ReferenceEquals(at, ancestor))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Begins an execution that no work item stands for: the scope of a side port.</summary>
    public ActivityInstance Open(ActivityNode node, SideKey side, ActivityInstance? lexical)
    {
        var scope = new ActivityInstance(_nextInstanceId++, node) { Side = side, Lexical = lexical, Status = ActivityStatus.Running };
        Instances.Add(scope);
        return scope;
    }

    public void Complete(ActivityInstance instance, Outcomes outcomes)
    {
        if (instance.Status != ActivityStatus.Running)
        {
            return;
        }

        CancelInside(instance);
        instance.Status = ActivityStatus.Completed;
        if (instance.Side is null)
        {
            Log(instance.Node, "Completed", ReferenceEquals(outcomes, Outcomes.Default) ? null : outcomes.Names);
        }

        for (var receiver = instance; receiver is not null; receiver = receiver.Parent)
        {
            if (receiver.OpenCallbacks == 0)
            {
                continue;
            }

            var index = _callbacks.FindIndex(c => ReferenceEquals(c.Owner, receiver) && ReferenceEquals(c.Child, instance.Node));
            if (index < 0)
            {
                continue;
            }

            var callback = _callbacks[index];
            _callbacks.RemoveAt(index);
            receiver.OpenCallbacks--;
            GoOn(callback, instance, outcomes);
        }

        Leave(instance);
    }

    /// <summary>Lets an owner go on from the end of a child: wholly, or, where that fails before anything of it can be seen outside, not at all.</summary>
    private void GoOn(CompletionCallback callback, ActivityInstance child, Outcomes outcomes)
    {
        var owner = callback.Owner;
        var before = KeepsMarks && !RunsChildren ? MarkOf(owner) : null;
        owner.Tag = callback.Tag;
        try
        {
            owner.Node.Kind!.ChildCompleted(new Turn(this, owner), child, callback.Name, outcomes);
        }
        catch (Exception fault) when (fault is ActivityFault or ConversionException)
        {
            if (!RunsChildren && !KeepsMarks)
            {
                throw new MarksMissing();
            }

            if (before is not null && _failedWay is null && TakeBack(before, owner))
            {
                _failedWay = FailedWay.Of(owner, child, callback, outcomes);
            }

            throw;
        }
    }

    public EffectId Emit(Func<EffectId, Effect> make)
    {
        var id = new EffectId(InstanceId, Revision, _effects.Count);
        _effects.Add(make(id));
        return id;
    }

    /// <summary>The case has its outcome; cases about this one that wait for it are told.</summary>
    public void CloseCase(string outcome)
    {
        Outcome = outcome;
        Emit(id => new Effect.CloseCase(id, outcome));
        if (Case is { } @case)
        {
            Emit(id => new Effect.PublishEvent(id, "case-closed", @case.Number, new JsonObject { ["number"] = @case.Number, ["outcome"] = outcome }));
        }
    }

    public void Wait(OpenBookmark bookmark) => Bookmarks.Add(bookmark);

    public void Log(ActivityNode node, string @event, IReadOnlyList<string>? outcomes = null, JsonObject? details = null) =>
        _journal.Add(new JournalEntry(_journal.Count, Now, node.Id, node.Type, @event, outcomes, details, _by));

    /// <summary>A fact by its key.</summary>
    /// <exception cref="FactMissing">It was not given.</exception>
    /// <exception cref="ActivityFault">There is no such thing.</exception>
    public T Fact<T>(FactKey key)
        where T : class =>
        FindFact<T>(key) ?? throw new ActivityFault($"there is no {key}");

    /// <summary>A fact by its key; null when there is no such thing.</summary>
    /// <exception cref="FactMissing">It was not given.</exception>
    public T? FindFact<T>(FactKey key)
        where T : class
    {
        if (Facts.TryGet<T>(key, out var value))
        {
            return value;
        }

        return Facts.IsUnknown(key) ? null : throw new FactMissing(key);
    }

    /// <summary>Gives the request that began the instance to the endpoint that it met; once, so that a loop back to the endpoint waits for the next.</summary>
    public IncomingRequest? TakeRequest(ActivityNode endpoint)
    {
        if (Request is not { } request || TriggerActivityId != endpoint.Id)
        {
            return null;
        }

        Request = null;
        return request;
    }

    public static string ChildBookmarkId(Guid child) => $"{Execution.Wait.ChildPrefix}{child:N}";

    public int NextChildOrdinal() => _childOrdinal++;

    /// <summary>Starts an instance of another flow and runs its first burst inside this one.</summary>
    public WorkflowState RunChild(WorkflowDefinition definition, Guid id, JsonObject input, string? correlationId, bool waits)
    {
        if (_depth >= MaxDepth)
        {
            throw new ActivityFault($"flows start one another more than {MaxDepth} deep");
        }

        var child = new BurstRun(definition, WorkflowState.New(id, definition, null, UsesTokens || definition.UsesTokens), Facts, Now, UsesTokens || definition.UsesTokens)
        {
            RunsChildren = true,
            Work = Work,
            _depth = _depth + 1,
            _steps = _steps,
        };
        WorkflowRunner.Begin(child, new Stimulus.Start(null, input, correlationId));
        child.Drain();
        _steps = child._steps;
        var burst = child.Seal();
        var bookmark = waits && burst.State.Status == InstanceStatus.Running ? ChildBookmarkId(id) : null;
        _children.Add(new ChildBurst(_effects.Count, definition, burst, bookmark));
        return burst.State;
    }

    public WorkingDayCalendar Calendar => Fact<WorkingDayCalendar>(FactKey.Calendar);

    public object? Input(string name)
    {
        foreach (var (key, value) in Inputs)
        {
            if (string.Equals(key, name, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return null;
    }

    private void Invoke(WorkItem item)
    {
        var node = item.Node;
        var instance = item.Existing;
        if (instance is null)
        {
            instance = new ActivityInstance(_nextInstanceId++, node) { CameBackward = item.Backward };
            if (item.Owner is { } owner)
            {
                instance.AttachTo(owner);
            }

            Instances.Add(instance);
        }

        instance.Status = ActivityStatus.Running;
        if (item.Loop is { } loop)
        {
            LoopVariables.Declare(instance, loop);
        }

        var fires = item.Bookmark?.Resume is { } resume && node.Kind!.FiresAside(resume);
        if (!fires)
        {
            Log(node, IsAwaited(node) ? "Resumed" : "Started");
        }

        try
        {
            Take(item, instance);
            if (!fires && instance.Status == ActivityStatus.Running && IsAwaited(node))
            {
                Log(node, "Suspended");
            }
        }
        catch (Exception fault) when (fault is ActivityFault or ConversionException)
        {
            Fault(instance, fault.Message);
        }
    }

    private void Take(WorkItem item, ActivityInstance instance)
    {
        var kind = item.Node.Kind ?? throw new ActivityFault($"Activity type '{item.Node.Type}' version '{item.Node.TypeVersion}' could not be found.");
        var turn = new Turn(this, instance);
        if (item.Bookmark is not { } bookmark)
        {
            if (item.Node.RunsApart)
            {
                turn.WaitUntil(Now, TimerKind.Apart, resume: ApartResume);
            }
            else
            {
                kind.Execute(turn);
            }

            return;
        }

        if (bookmark.Resume == ApartResume)
        {
            kind.Execute(turn);
        }
        else
        {
            kind.Resume(turn, bookmark.Resume ?? "", item.Arrived);
        }

        if (bookmark.Burns && Bookmarks.Remove(bookmark))
        {
            Undo(bookmark);
        }
    }

    /// <summary>The bookmark whose arrival began this burst; the host has consumed it already.</summary>
    public string? ArrivedBookmarkId { get; set; }

    private bool IsAwaited(ActivityNode node)
    {
        foreach (var bookmark in Bookmarks)
        {
            if (ReferenceEquals(bookmark.Instance.Node, node))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Of what is due only this is left, in its order.</summary>
    private void KeepDue(WorkItem[] items)
    {
        _due.Clear();
        foreach (var item in items)
        {
            _due.Enqueue(item);
        }
    }
}
