using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;
using WorkflowEngine.Workflows.Expressions;

namespace WorkflowEngine.Workflows.Batch;

/// <summary>Plays a plan: a small host in memory that carries out the effects which concern other instances and drives the bookmarks.</summary>
internal sealed class PlanRun
{
    /// <summary>More bursts than this are a flow that waits in a circle.</summary>
    private const int MaxBursts = 1_000;

    private const int MaxPrinted = 16 * 1024 * 1024;

    private static readonly DateTimeOffset Beginning = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly FlowPlan _plan;
    private Facts _facts;
    private readonly Dictionary<string, WorkflowDefinition> _definitions = new(StringComparer.Ordinal);
    private readonly Dictionary<FactKey, string> _scripts = [];
    private readonly List<Playing> _instances = [];
    private readonly Queue<Action> _background = new();
    private readonly List<Effect.PublishEvent> _keptLocalEvents = [];
    private readonly List<string> _lines = [];
    private readonly JsonArray _journal = [];
    private readonly Playing _main;
    private readonly bool _usesTokens;
    private readonly Work _work = new();
    private int _bursts;
    private long _printed;
    private DateTimeOffset _now = Beginning;

    public PlanRun(WorkflowDefinition definition, IReadOnlyList<OtherFlow> children, FlowPlan plan, bool usesTokens)
    {
        _plan = plan;
        _usesTokens = usesTokens;
        _facts = Facts.None;
        foreach (var (child, script) in children)
        {
            var key = new FactKey(FactKind.Definition, child.DefinitionId);
            if (script is null)
            {
                _definitions[child.DefinitionId] = child;
                _facts = _facts.With(key, child);
            }
            else
            {
                _scripts[key] = script;
            }
        }

        _main = Create(definition, new Guid(1, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]));
    }

    public JsonObject Run()
    {
        Send(_main, new Stimulus.Start(null, _plan.Input, _plan.CorrelationId));
        DrainBackground();
        if (_plan.Resumes is { } resumes)
        {
            foreach (var resume in resumes)
            {
                if (_main.State.BookmarkRecords.FirstOrDefault(b => Matches(_main, b, resume.Match)) is not { } bookmark)
                {
                    break;
                }

                Resume(bookmark, resume.Result);
            }
        }
        else
        {
            while (_main.State.Status == InstanceStatus.Running && _main.State.BookmarkRecords.FirstOrDefault(b => b.Kind != WaitKind.Child) is { } bookmark)
            {
                Resume(bookmark, null);
            }
        }

        return Answer();
    }

    private void Resume(BookmarkRecord bookmark, JsonNode? result)
    {
        Stimulus stimulus = bookmark.Kind switch
        {
            WaitKind.Timer => new Stimulus.TimerFired(bookmark.Id),
            WaitKind.Task => new Stimulus.TaskCompleted(
                bookmark.Id, (string?)result?["outcome"] ?? "", result?["values"] as JsonObject ?? [], new Actor("plan", "plan", "", "")),
            WaitKind.Child => new Stimulus.ChildFinished(bookmark.Id, Guid.Empty, false, result as JsonObject ?? []),
            _ => new Stimulus.MessageArrived(bookmark.Id, result),
        };
        if (bookmark.Payload?["resumeAt"] is JsonValue at && at.TryGetValue<DateTimeOffset>(out var due) && due > _now)
        {
            _now = due;
        }

        Send(_main, stimulus);
        DrainBackground();
    }

    private static bool Matches(Playing playing, BookmarkRecord bookmark, string match)
    {
        var node = playing.NodeOf(bookmark);
        return node.Id == match
            || node.Type == match
            || (string?)bookmark.Payload?["taskName"] == match
            || (string?)bookmark.Payload?["eventName"] == match;
    }

    private Playing Create(WorkflowDefinition definition, Guid id)
    {
        var playing = new Playing(definition, WorkflowState.New(id, definition, null, _usesTokens || definition.UsesTokens));
        _instances.Add(playing);
        return playing;
    }

    private void Send(Playing playing, Stimulus stimulus)
    {
        if (++_bursts > MaxBursts)
        {
            throw new BadRequest($"the flow is still waiting after {MaxBursts} resumptions");
        }

        var result = WorkflowRunner.Run(playing.Definition, playing.State, stimulus, _facts, _now, runsChildren: true, _work);
        while (result is RunResult.NeedFacts { Keys: var keys } && keys.All(k => k.Kind == FactKind.Definition))
        {
            foreach (var key in keys)
            {
                if (_scripts.TryGetValue(key, out var script))
                {
                    throw new BadRequest(script);
                }
            }

            _facts = keys.Aggregate(_facts, (facts, key) => facts.WithUnknown(key));
            result = WorkflowRunner.Run(playing.Definition, playing.State, stimulus, _facts, _now, runsChildren: true, _work);
        }

        switch (result)
        {
            case RunResult.Ran ran:
                Take(playing, ran.Burst);
                break;
            case RunResult.NeedFacts need:
                throw new BadRequest($"the flow reads facts that a plan has not: {string.Join(", ", need.Keys)}");
            case RunResult.Refused refused:
                throw new BadRequest(refused.Message);
            default:
                break;
        }
    }

    private void Take(Playing playing, Burst burst)
    {
        playing.State = burst.State;
        if (ReferenceEquals(playing, _main))
        {
            foreach (var entry in burst.Journal)
            {
                _journal.Add((JsonNode)new JsonArray(
                    entry.ActivityId, entry.Event, entry.Outcomes is { } outcomes ? new JsonArray([.. outcomes.Select(o => (JsonNode)o)]) : null));
            }
        }

        var inner = 0;
        for (var i = 0; i <= burst.Effects.Count; i++)
        {
            while (inner < burst.Children.Count && burst.Children[inner].At == i)
            {
                TakeChild(playing, burst.Children[inner++]);
            }

            if (i < burst.Effects.Count)
            {
                CarryOut(playing, burst.Effects[i]);
            }
        }

        DeliverKeptEvents();
        if (playing.State.Status == InstanceStatus.Finished && playing.Waiting is { } waiting)
        {
            playing.Waiting = null;
            _background.Enqueue(() => Send(waiting.Parent, new Stimulus.ChildFinished(waiting.BookmarkId, playing.State.InstanceId, IsFaulted(playing), OutputOf(playing))));
        }
    }

    private void TakeChild(Playing parent, ChildBurst child)
    {
        var playing = new Playing(child.Definition, child.Burst.State);
        _instances.Add(playing);
        if (child.BookmarkId is { } bookmark)
        {
            playing.Waiting = new WaitingParent(parent, bookmark);
        }

        Take(playing, child.Burst);
    }

    private void CarryOut(Playing playing, Effect effect)
    {
        switch (effect)
        {
            case Effect.WriteLine line:
                _printed += line.Text.Length;
                if (_printed > MaxPrinted)
                {
                    throw new BadRequest("the flow prints more than 16 MB");
                }

                _lines.AddRange(line.Text.Split('\n').Select(t => t.TrimEnd('\r')).Where(t => t.Length > 0));
                break;
            case Effect.ArmTimer { Kind: TimerKind.Apart } apart:
                _background.Enqueue(() => Send(playing, new Stimulus.TimerFired(apart.Id.ToString())));
                break;
            case Effect.StartChild start:
                _background.Enqueue(() => StartChild(playing, start));
                break;
            case Effect.PublishEvent published:
                _background.Enqueue(() => Publish(playing, published));
                break;
            default:
                break;
        }
    }

    private void StartChild(Playing parent, Effect.StartChild start)
    {
        var child = Create(_definitions[start.DefinitionId], start.ChildInstanceId);
        if (start.BookmarkId is { } bookmark)
        {
            child.Waiting = new WaitingParent(parent, bookmark);
        }

        Send(child, new Stimulus.Start(null, start.Input, start.CorrelationId));
    }

    private void Publish(Playing sender, Effect.PublishEvent published)
    {
        var delivered = false;
        foreach (var playing in published.Local ? [sender] : _instances.ToArray())
        {
            delivered |= Deliver(playing, published);
        }

        if (!delivered && published.Local)
        {
            _keptLocalEvents.Add(published);
        }
    }

    private bool Deliver(Playing playing, Effect.PublishEvent published)
    {
        var delivered = false;
        foreach (var bookmark in playing.State.BookmarkRecords.Where(b => (string?)b.Payload?["eventName"] == published.Name).ToArray())
        {
            if (published.CorrelationId is null || playing.State.CorrelationId == published.CorrelationId)
            {
                delivered = true;
                Send(playing, new Stimulus.MessageArrived(bookmark.Id, published.Payload?.DeepClone()));
            }
        }

        return delivered;
    }

    private void DeliverKeptEvents()
    {
        foreach (var kept in _keptLocalEvents.ToArray())
        {
            var playing = _instances.Find(p => p.State.InstanceId == kept.Id.InstanceId)!;
            if (playing.State.BookmarkRecords.Any(b => (string?)b.Payload?["eventName"] == kept.Name))
            {
                _keptLocalEvents.Remove(kept);
                _background.Enqueue(() => Deliver(playing, kept));
            }
        }
    }

    private void DrainBackground()
    {
        while (_background.TryDequeue(out var job))
        {
            job();
        }
    }

    private static bool IsFaulted(Playing playing) => playing.State.SubStatus == InstanceSubStatus.Faulted;

    private static JsonObject OutputOf(Playing playing)
    {
        var output = new JsonObject();
        foreach (var (name, value) in playing.State.Output)
        {
            output[name] = value;
        }

        return output;
    }

    private JsonObject Answer()
    {
        var state = _main.State;

        return new JsonObject
        {
            ["status"] = state.Status.ToString(),
            ["subStatus"] = state.SubStatus.ToString(),
            ["output"] = OutputOf(_main),
            ["lines"] = new JsonArray([.. _lines.Select(l => (JsonNode)l)]),
            ["incidents"] = new JsonArray([.. state.Incidents.Select(i => (JsonNode)new JsonObject { ["activityId"] = i.ActivityId, ["message"] = i.Message })]),
            ["bookmarks"] = new JsonArray([.. state.BookmarkRecords.Select(b => (JsonNode)new JsonObject
            {
                ["activityId"] = _main.NodeOf(b).Id,
                ["name"] = _main.NodeOf(b).Type,
            })]),
            ["journal"] = _journal,
            ["variables"] = StoredVariables(),
        };
    }

    /// <summary>What the instance's storage holds: the stored variables of open containers, the outermost first, the last of a name.</summary>
    private JsonObject StoredVariables()
    {
        var variables = new JsonObject();
        foreach (var instance in _main.State.Instances.Where(i => i.Variables is not null && (i.Parent is null || i.Status is ActivityStatus.Running or ActivityStatus.Faulted)).OrderBy(i => i.Id))
        {
            var declared = _main.Definition.Node(instance.NodeId).Variables;
            foreach (var (id, value) in instance.Variables!)
            {
                var variable = declared.FirstOrDefault(v => v.Id == id) ?? LoopVariables.Find(id);
                var isStored = variable is not null && (variable.IsStored && (variable.StorageDriver is null || variable.StorageDriver.Contains("WorkflowInstanceStorageDriver", StringComparison.Ordinal)));
                var isLast = variable is null || declared.LastOrDefault(v => v.Name == variable.Name) is not { } last || last.Id == id;
                if (isStored && isLast && value is not null && !variables.ContainsKey(id))
                {
                    variables[id] = Conversion.ToJson(value);
                }
            }
        }

        return variables;
    }

    /// <summary>An instance in memory.</summary>
    private sealed class Playing(WorkflowDefinition definition, WorkflowState state)
    {
        public WorkflowDefinition Definition { get; } = definition;

        public WorkflowState State { get; set; } = state;

        public WaitingParent? Waiting { get; set; }

        public ActivityNode NodeOf(BookmarkRecord bookmark) => Definition.Node(State.Instances.First(i => i.Id == bookmark.Instance).NodeId);
    }

    private sealed record WaitingParent(Playing Parent, string BookmarkId);
}
