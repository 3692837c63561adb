using System.Text.Json.Nodes;
using WorkflowEngine.Rules;
using WorkflowEngine.Workflows.Activities.Gov;
using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Expressions;
using WorkflowEngine.Workflows.Flowcharts;

namespace WorkflowEngine.Workflows.Execution;

/// <summary>
/// One burst at work: a first-in-first-out list of activities that are due, run until it is empty. Works on its own copy of the state.
/// </summary>
internal sealed class BurstRun
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

    public BurstRun(WorkflowDefinition definition, WorkflowState state, Facts facts, DateTimeOffset now, bool usesTokens)
    {
        Definition = definition;
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

    public int NextInstanceId => _nextInstanceId;

    public bool IsFinished => SubStatus is InstanceSubStatus.Finished or InstanceSubStatus.Cancelled or InstanceSubStatus.Faulted;

    /// <summary>The rules language's view of the burst: its date is the business date.</summary>
    public RuleRun RuleRun => _ruleRun ??= new RuleRun { BusinessDate = Today, Now = Now.ToOffset(TimeSpan.FromHours(8)) };

    /// <summary>Runs what is due until nothing more is.</summary>
    /// <exception cref="EndlessBurst">It would not end; in a plan, which is not stored, that is an incident and the end of the flow.</exception>
    public void Drain()
    {
        SubStatus = IsFinished ? SubStatus : InstanceSubStatus.Executing;
        while (_due.TryDequeue(out var item))
        {
            if (++_steps > MaxSteps)
            {
                if (!RunsChildren)
                {
                    throw new EndlessBurst(item.Node);
                }

                _due.Clear();
                RaiseIncident(item.Node, EndlessBurst.MessageAt(item.Node));
                SubStatus = InstanceSubStatus.Faulted;
                return;
            }

            Invoke(item);
        }

        if (!IsFinished)
        {
            SubStatus = Instances.TrueForAll(i => i.IsClosed) ? InstanceSubStatus.Finished : InstanceSubStatus.Suspended;
        }
    }

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
    public ActivityInstance Open(ActivityNode node, SideKey side, ActivityInstance lexical)
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
        var before = RunsChildren ? null : MarkOf(owner);
        owner.Tag = callback.Tag;
        try
        {
            owner.Node.Kind!.ChildCompleted(new Turn(this, owner), child, callback.Name, outcomes);
        }
        catch (Exception fault) when (fault is ActivityFault or ConversionException)
        {
            if (before is not null && _failedWay is null && TakeBack(before, owner))
            {
                _failedWay = FailedWay.Of(owner, child, callback, outcomes);
            }

            throw;
        }
    }

    /// <summary>Takes a way on that failed before.</summary>
    public void TakeWayAgain(ActivityInstance step, FailedWay way) => Attempt(step, () =>
    {
        var child = Instances.Find(i => i.Id == way.Child)!;
        step.Status = ActivityStatus.Completed;
        GoOn(new CompletionCallback(Instances.Find(i => i.Id == way.Owner)!, child.Node, way.Callback, way.Tag), child, way.HowItEnded);
        for (var at = step; at is not null; at = ReferenceEquals(at, child) ? null : at.Parent)
        {
            Leave(at);
        }
    });

    /// <summary>What has completed is of no more concern.</summary>
    private void Leave(ActivityInstance instance)
    {
        DropBookmarks(instance);
        DropCallbacks(instance);
        if (instance.Status == ActivityStatus.Completed && !ReferenceEquals(instance.Node, Definition.Root))
        {
            instance.Parent?.Release(instance);
            Instances.Remove(instance);
        }
    }

    private Mark MarkOf(ActivityInstance owner) => new(
        _effects.Count, _journal.Count, Instances.Count, Bookmarks.Count, _due.Count, _callbacks.Count, owner.OpenCallbacks, owner.Counts?.Copy(),
        owner.Tokens is null ? null : [.. owner.Tokens], owner.Memory is null ? null : new Dictionary<string, object>(owner.Memory, StringComparer.Ordinal));

    /// <summary>False: something was done since that cannot be taken back.</summary>
    private bool TakeBack(Mark mark, ActivityInstance owner)
    {
        if (_effects.Count != mark.Effects || _journal.Count != mark.Journal || Instances.Count != mark.Instances || Bookmarks.Count != mark.Bookmarks || _due.Count < mark.Due
            || _callbacks.Count < mark.Callbacks)
        {
            return false;
        }

        var due = _due.Take(mark.Due).ToArray();
        _due.Clear();
        foreach (var item in due)
        {
            _due.Enqueue(item);
        }

        _callbacks.RemoveRange(mark.Callbacks, _callbacks.Count - mark.Callbacks);
        owner.OpenCallbacks = mark.OpenCallbacks;
        owner.Counts = mark.Counts;
        owner.Tokens = mark.Tokens;
        owner.Memory = mark.Memory;
        return true;
    }

    /// <summary>Cancels an activity, what is inside it first, and tells those above.</summary>
    public void Cancel(ActivityInstance instance)
    {
        if (instance.IsClosed || instance.Status == ActivityStatus.Pending)
        {
            return;
        }

        foreach (var child in instance.Children.ToArray())
        {
            Cancel(child);
        }

        CancelAlone(instance);
    }

    /// <summary>Cancels an activity and all below it without telling those above.</summary>
    public void CancelQuietly(ActivityInstance instance)
    {
        if (instance.IsClosed)
        {
            return;
        }

        foreach (var child in instance.Children.ToArray())
        {
            CancelQuietly(child);
        }

        Close(instance);
    }

    /// <summary>Ends the whole instance at once: nothing is due, nothing waits, nobody is told.</summary>
    public void Finish()
    {
        _due.Clear();
        _callbacks.Clear();
        foreach (var bookmark in Bookmarks.ToArray())
        {
            Undo(bookmark);
        }

        Bookmarks.Clear();
        SubStatus = InstanceSubStatus.Finished;
    }

    /// <summary>Cancels all that is open in the main flow but one activity and the containers around it. Side scopes are left alone.</summary>
    public void CancelMainFlow(ActivityInstance except)
    {
        if (MainRoot is not { IsClosed: false } root)
        {
            return;
        }

        var keep = _due.Where(item => !IsBelow(item.Owner, root)).ToArray();
        _due.Clear();
        foreach (var item in keep)
        {
            _due.Enqueue(item);
        }

        foreach (var instance in Instances.ToArray())
        {
            if (IsBelow(instance, root) && !IsBelow(except, instance) && !IsMainContainer(instance, root))
            {
                CancelQuietly(instance);
            }
        }
    }

    /// <summary>The main flow is over; what side ports opened goes on.</summary>
    public void EndMainFlow()
    {
        if (MainRoot is not { IsClosed: false } root)
        {
            return;
        }

        foreach (var instance in root.Children.Append(root).ToArray())
        {
            if (!instance.IsClosed)
            {
                instance.Status = ActivityStatus.Completed;
                Log(instance.Node, "Completed");
            }
        }

        _callbacks.RemoveAll(c => IsBelow(c.Owner, root));
    }

    /// <summary>Tells all ancestors up to the innermost loop that a descendant breaks.</summary>
    public void Break(ActivityInstance sender)
    {
        for (var receiver = sender.Parent; receiver is not null; receiver = receiver.Parent)
        {
            if (receiver.Node.Kind!.Breaks(new Turn(this, receiver)))
            {
                return;
            }
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

    public void DropBookmark(string? id)
    {
        if (id is not null && Bookmarks.Find(b => b.Id == id) is { } bookmark)
        {
            Bookmarks.Remove(bookmark);
            Undo(bookmark);
        }
    }

    public void Log(ActivityNode node, string @event, IReadOnlyList<string>? outcomes = null, JsonObject? details = null) =>
        _journal.Add(new JournalEntry(_journal.Count, Now, node.Id, node.Type, @event, outcomes, details, _by));

    /// <param name="standing">The execution that cannot go on; null when this is only told.</param>
    public void RaiseIncident(ActivityNode node, string message, ActivityInstance? standing = null, bool hasEnded = false, FailedWay? way = null)
    {
        // It may quote what a stranger wrote.
        message = ShortText.Storable(message);
        var raised = Emit(id => new Effect.RaiseIncident(id, node.Id, message));
        _incidents.Add(new Incident(node.Id, node.Type, message, Now) { Id = raised.ToString(), Execution = standing?.Id, HasEnded = hasEnded, Way = way });
    }

    /// <summary>
    /// The burst that the arrival began would not end, and nothing of it happened: the step waits as it did, until somebody decides what becomes of what arrived.
    /// </summary>
    /// <returns>False: that is known already.</returns>
    public bool Stall(OpenBookmark bookmark, KeptArrival? arrival, ActivityNode circle)
    {
        if (_incidents.Exists(i => i.IsOpen && i.IsStalled && i.Execution == bookmark.Instance.Id && (i.Arrival is null ? arrival is null : arrival?.Says(i.Arrival) == true)))
        {
            return false;
        }

        var node = bookmark.Instance.Node;
        var message = EndlessBurst.MessageAt(circle);
        Log(node, "Faulted");
        var raised = Emit(id => new Effect.RaiseIncident(id, node.Id, message));
        _incidents.Add(new Incident(node.Id, node.Type, message, Now)
        {
            Id = raised.ToString(),
            Execution = bookmark.Instance.Id,
            IsStalled = true,
            IsAside = bookmark.Resume is { } resume && node.Kind!.IsBeside(new Turn(this, bookmark.Instance), resume),
            Arrival = arrival,
        });
        SubStatus = ContinuesWithIncidents ? InstanceSubStatus.Suspended : InstanceSubStatus.Faulted;
        return true;
    }

    public void Settle(Incident incident, IncidentEnd end, Actor? by = null, string? reason = null) => Settle(incident, incident.Id, end, by, reason);

    /// <param name="incident">Null for one that the host raised, which the state does not know.</param>
    public void Settle(Incident? incident, string incidentId, IncidentEnd end, Actor? by, string? reason)
    {
        if (incident is not null)
        {
            _incidents[_incidents.IndexOf(incident)] = incident with { IsSettled = true };
        }

        Emit(id => new Effect.SettleIncident(id, incidentId, end, by, reason));
    }

    /// <summary>Does an activity again from its beginning: as a new execution in the place of the old one, whose end is waited for as before.</summary>
    public void Repeat(ActivityInstance instance)
    {
        var again = new ActivityInstance(_nextInstanceId++, instance.Node) { CameBackward = instance.CameBackward, Lexical = instance.Lexical };
        foreach (var slot in instance.Variables?.Values ?? Enumerable.Empty<VariableSlot>())
        {
            if (LoopVariables.Find(slot.Definition.Id) is not null)
            {
                again.Declare(slot.Definition, slot.Value);
            }
        }

        Clear(instance);
        Remove(instance);
        if (instance.Parent is { } parent)
        {
            again.AttachTo(parent);
        }

        Instances.Add(again);
        _due.Enqueue(new WorkItem(instance.Node, instance.Parent, again, null, null, null, false));
    }

    /// <summary>Ends an activity that could not go on as if it had ended so itself.</summary>
    public void Skip(ActivityInstance instance, Outcomes outcomes)
    {
        Clear(instance);
        instance.Status = ActivityStatus.Running;
        Attempt(instance, () => Complete(instance, outcomes));
    }

    /// <summary>Gives up what could not go on, with the containers around it up to the nearest flowchart, whose other branches go on.</summary>
    /// <param name="branch">The outermost of them, a child of the flowchart.</param>
    /// <param name="hasLeft">It had ended before, and its ways were taken as far as they could be.</param>
    public void GiveUp(ActivityInstance instance, ActivityInstance branch, bool hasLeft)
    {
        CancelQuietly(instance);
        Remove(instance);
        CancelQuietly(branch);
        Remove(branch);
        Attempt(branch, () => Flowchart.GiveUp(new Turn(this, branch.Parent!), branch, hasLeft));
    }

    /// <summary>An instance that ended because a step failed goes on; while it stood, the calendar may have changed.</summary>
    public void Revive()
    {
        var stood = SubStatus == InstanceSubStatus.Faulted;
        SubStatus = InstanceSubStatus.Executing;
        if (stood)
        {
            Deadline.ReplanAll(this);
        }
    }

    /// <summary>The main flow neither waits nor stands still for somebody to decide, and yet the case has no outcome.</summary>
    public bool IsStranded => Outcome is null && MainRoot is { } root && (root.IsClosed
        ? Case is not null && Definition.Activities.Any(a => a.Kind is CloseCase)
        : !IsFinished && !Bookmarks.Exists(b => IsBelow(b.Instance, root)) && !Instances.Exists(i => i.Status == ActivityStatus.Faulted && IsBelow(i, root)));

    /// <summary>The definition's strategy, or that of its absence: see <see cref="WorkflowDefinition.ContinuesWithIncidents"/>.</summary>
    public bool ContinuesWithIncidents => Definition.ContinuesWithIncidents ?? Case is not null;

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

    public static string ChildBookmarkId(Guid child) => $"child.{child:N}";

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

    private void Attempt(ActivityInstance instance, Action act)
    {
        try
        {
            act();
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

    private void Fault(ActivityInstance instance, string message)
    {
        var hasEnded = instance.IsClosed;
        if (instance.Status == ActivityStatus.Completed && !Instances.Contains(instance))
        {
            instance.Parent?.Retain(instance);
            Instances.Add(instance);
        }

        Log(instance.Node, "Faulted");
        instance.Status = ActivityStatus.Faulted;
        var way = hasEnded && IsAround(_failedWay, instance) ? _failedWay : null;
        _failedWay = null;
        if (hasEnded && !RunsChildren)
        {
            // Its work is done: nothing may wake it any more.
            DropBookmarks(instance);
        }

        RaiseIncident(instance.Node, message, instance, hasEnded, way);
        if (!ContinuesWithIncidents && !IsFinished)
        {
            SubStatus = InstanceSubStatus.Faulted;
        }
    }

    /// <summary>A container that completes cancels what is still open inside it, the outer before the inner.</summary>
    private void CancelInside(ActivityInstance container)
    {
        foreach (var child in container.Children.ToArray())
        {
            if (!child.IsClosed)
            {
                CancelAlone(child);
                CancelInside(child);
            }
        }
    }

    private void CancelAlone(ActivityInstance instance)
    {
        Close(instance);
        for (var receiver = instance; receiver is not null; receiver = receiver.Parent)
        {
            receiver.Node.Kind?.DescendantCanceled(new Turn(this, receiver), instance);
        }

        Instances.Remove(instance);
    }

    private void Close(ActivityInstance instance)
    {
        instance.Status = ActivityStatus.Canceled;
        instance.Node.Kind?.Canceled(new Turn(this, instance));
        DropBookmarks(instance);
        DropCallbacks(instance);
        if (instance.Side is null)
        {
            Log(instance.Node, "Canceled");
        }
    }

    /// <summary>Closes what a failed activity opened, inside and outside.</summary>
    private void Clear(ActivityInstance instance)
    {
        foreach (var child in instance.Children.ToArray())
        {
            CancelQuietly(child);
            Remove(child);
        }

        instance.Node.Kind?.Canceled(new Turn(this, instance));
        DropBookmarks(instance);
        DropCallbacks(instance);
    }

    private void Remove(ActivityInstance instance)
    {
        instance.Parent?.Release(instance);
        Instances.Remove(instance);
    }

    /// <summary>A step that stood still and was cancelled, or went on by itself, needs nobody to decide.</summary>
    private void SettleOvertaken()
    {
        foreach (var incident in _incidents.Where(i => i.IsOpen).ToArray())
        {
            var stands = Instances.Exists(i => i.Id == incident.Execution && (i.Status == ActivityStatus.Faulted || (incident.IsStalled && Waits(i, incident.Arrival))));
            if (!stands || (IsFinished && SubStatus != InstanceSubStatus.Faulted))
            {
                Settle(incident, IncidentEnd.Overtaken);
            }
        }
    }

    private bool Waits(ActivityInstance instance, KeptArrival? arrival) =>
        !instance.IsClosed && (arrival is null || Bookmarks.Exists(b => b.Id == arrival.BookmarkId));

    /// <summary>The way leads on from this execution, or from a container around it that ended with it.</summary>
    private static bool IsAround(FailedWay? way, ActivityInstance instance)
    {
        for (var at = instance; at is not null; at = at.Parent)
        {
            if (at.Id == way?.Child)
            {
                return true;
            }
        }

        return false;
    }

    private void DropCallbacks(ActivityInstance owner)
    {
        if (owner.OpenCallbacks > 0)
        {
            _callbacks.RemoveAll(c => ReferenceEquals(c.Owner, owner));
            owner.OpenCallbacks = 0;
        }
    }

    private void DropBookmarks(ActivityInstance instance)
    {
        for (var i = Bookmarks.Count - 1; i >= 0; i--)
        {
            if (ReferenceEquals(Bookmarks[i].Instance, instance))
            {
                var bookmark = Bookmarks[i];
                Bookmarks.RemoveAt(i);
                Undo(bookmark);
            }
        }
    }

    /// <summary>Whatever a bookmark opened outside is closed, unless its arrival is what this burst handles.</summary>
    private void Undo(OpenBookmark bookmark)
    {
        // An expectation stays until somebody says that it was met; timers, tasks and requests are settled by what arrived.
        var hasArrived = bookmark.Id == ArrivedBookmarkId || _incidents.Exists(i => i.Arrival?.BookmarkId == bookmark.Id);
        if (hasArrived && bookmark.Kind != WaitKind.Message)
        {
            return;
        }

        switch (bookmark.Kind)
        {
            case WaitKind.Message:
                Emit(id => new Effect.StopExpecting(id, bookmark.Id));
                break;
            case WaitKind.Request:
                Emit(id => new Effect.CancelRequest(id, bookmark.Id));
                break;
            case WaitKind.Timer:
                Emit(id => new Effect.CancelTimer(id, bookmark.Id));
                break;
            case WaitKind.Task:
                Emit(id => new Effect.CloseTask(id, bookmark.Id, null, TaskEnd.Cancelled, _by, null));
                break;
            default:
                break;
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

    private static bool IsMainContainer(ActivityInstance instance, ActivityInstance root) => ReferenceEquals(instance, root) || ReferenceEquals(instance.Parent, root);

    private static bool IsBelow(ActivityInstance? instance, ActivityInstance ancestor)
    {
        for (var at = instance; at is not null; at = at.Parent)
        {
            if (ReferenceEquals(at, ancestor))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>How far the burst and an owner had come before the owner went on.</summary>
    private sealed record Mark(
        int Effects, int Journal, int Instances, int Bookmarks, int Due, int Callbacks, int OpenCallbacks, FlowCounts? Counts, List<FlowToken>? Tokens,
        Dictionary<string, object>? Memory);
}
