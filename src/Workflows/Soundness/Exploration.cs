using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Activities.Elsa;
using WorkflowEngine.Workflows.Activities.Gov;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;
using WorkflowEngine.Workflows.Flowcharts;

namespace WorkflowEngine.Workflows.Soundness;

/// <summary>Every state that one start of a net can come to, breadth first, so that the first way found to a state is a shortest one.</summary>
internal sealed class Exploration
{
    private static readonly Guid Anybody = new("00000000-0000-0000-0000-000000000001");
    private static readonly DateTimeOffset Anytime = new(2022, 9, 13, 9, 0, 0, TimeSpan.FromHours(8));

    /// <summary>Tried for each state that may be looked at, on average: a bound on memory and time where very many things go on side by side.</summary>
    private const int WaysPerState = 32;

    private static readonly Step Start = new(-1, null, 0);

    private readonly FlowNet _net;
    private readonly int _limit;
    private readonly bool _isCase;
    private readonly IReadOnlySet<string> _watched;
    private readonly NetState _netState;
    private readonly KnownStates _known = new();
    private readonly StateQueue _open = new();
    private readonly ReachedStates _reached = new();
    private readonly WorkflowState _unbegun;
    private readonly Dictionary<(ActivityNode, int), SoundnessMove> _moves = [];
    private readonly HashSet<string> _told = [];
    private readonly List<SoundnessFinding> _findings = [];
    private string? _trigger;
    private long _tried;

    /// <param name="From">The state; -1 before the first.</param>
    /// <param name="Node">The activity of the net that is decided about; null where the flow begins.</param>
    /// <param name="Way">The number of the way it takes.</param>
    private readonly record struct Step(int From, ActivityNode? Node, int Way);

    /// <param name="isCase">It carries a case, which must be closed; and what nobody has to do is no promise of an end.</param>
    /// <param name="limit">States, at most.</param>
    /// <param name="watched">Ids of the activities of which every way between two states tells when they began and ended.</param>
    public Exploration(FlowNet net, bool isCase, int limit, IReadOnlySet<string> watched)
    {
        _net = net;
        _isCase = isCase;
        _limit = limit;
        _watched = watched;
        _netState = new NetState(net);
        _unbegun = WorkflowState.New(Anybody, net.Definition, null);
    }

    /// <summary>The side port whose region this is; null in the main flow.</summary>
    public (ActivityNode Activity, string Port)? Side { get; private set; }

    public int States => _reached.Count;

    /// <summary>Every state was looked at.</summary>
    public bool IsExact => _reached.Count < _limit && _tried < (long)WaysPerState * _limit;

    /// <summary>Ids of the activities that ran in some state.</summary>
    public HashSet<string> Ran { get; } = new(StringComparer.Ordinal);

    public IReadOnlyList<SoundnessFinding> Findings => _findings;

    /// <summary>What of the watched activities happened before the first state was reached.</summary>
    public IReadOnlyList<WatchedStep> Begun { get; private set; } = [];

    /// <summary>The ways on from a state, in the order in which states were reached; the first is the one where the flow first waits.</summary>
    public IEnumerable<(int To, Way Way)> WaysOn(int state) => _reached.WaysOn(state);

    /// <summary>From the flow's start, or from the trigger that begins it.</summary>
    public void RunFrom(string? trigger)
    {
        _trigger = trigger;
        Go(Start, _unbegun, run => WorkflowRunner.Begin(run, new Stimulus.Start(trigger, new JsonObject(), null)));
        Drain();
    }

    /// <summary>From the firing of a side port.</summary>
    public void RunAside(ActivityNode flowchart, ActivityNode activity, string port)
    {
        Side = (_net.DrawnOf(activity.NodeId), port);
        Go(Start, _unbegun, run =>
        {
            var scope = run.Open(flowchart, new SideKey(0, activity.ChildIndex, port, 1), null);
            foreach (var edge in flowchart.Graph!.SideEdges(activity.ChildIndex, port))
            {
                run.Schedule(flowchart.Children[edge.Target], scope, null);
            }
        });
        Drain();
    }

    private void Drain()
    {
        while (IsExact && _open.TryDequeue(out var index, out var packed))
        {
            Expand(index, _netState.Unpack(packed, _unbegun, _trigger));
        }

        if (IsExact)
        {
            FindNoEnd();
        }
    }

    /// <summary>What is decided without waiting is decided first; then anybody may act.</summary>
    private void Expand(int index, WorkflowState state)
    {
        var waits = state.BookmarkRecords;
        var at = state.Instances.ToDictionary(instance => instance.Id, instance => _net.Definition.Node(instance.NodeId));
        TellOfTwice(index, state, at);
        var atOnce = waits.FirstOrDefault(wait => !IsOutside(at[wait.Instance], state.TriggerActivityId));
        foreach (var wait in atOnce is null ? waits : [atOnce])
        {
            var node = at[wait.Instance];
            var ways = NetActivity.Of(node).Ways;
            for (var way = 0; way < ways.Count; way++)
            {
                var number = way;
                Go(new Step(index, node, way), state, run =>
                {
                    var bookmark = run.Bookmarks.Find(open => open.Id == wait.Id)!;
                    run.ArrivedBookmarkId = bookmark.Id;
                    run.ScheduleArrival(bookmark, number);
                });
            }
        }
    }

    private void TellOfTwice(int index, WorkflowState state, Dictionary<int, ActivityNode> at)
    {
        var open = new HashSet<(int?, ActivityNode)>();
        var parents = state.Instances.ToDictionary(instance => instance.Id, instance => instance.Parent);
        foreach (var wait in state.BookmarkRecords)
        {
            var node = at[wait.Instance];
            if (!open.Add((parents[wait.Instance], node)) && node.Parent?.Kind is Flowchart && NetActivity.Of(node).Drawn.Kind is HumanTask)
            {
                Tell(SoundnessDefect.RunsTwice, node, index);
            }
        }
    }

    private static bool IsOutside(ActivityNode node, string? trigger) => NetActivity.Of(node).Waits && node.Id != trigger;

    private void Go(Step step, WorkflowState before, Action<BurstRun> begin)
    {
        _tried++;
        var run = new BurstRun(_net.Definition, before, Facts.None, Anytime, _net.Definition.UsesTokens);
        begin(run);
        try
        {
            run.Drain();
        }
        catch (EndlessBurst endless)
        {
            var circle = _reached.Add(step.From, WayOf(step, []));
            _reached.MarkEnd(circle);
            Tell(endless.IsCircle ? SoundnessDefect.Circles : SoundnessDefect.TooMuchAtOnce, endless.At, circle);
            return;
        }

        foreach (var entry in run.Journal)
        {
            Ran.Add(entry.ActivityId);
        }

        var steps = _watched.Count == 0 ? [] : WatchedOf(run.Journal);
        if (step.Node is null)
        {
            Begun = steps;
        }

        var way = WayOf(step, steps);
        var name = _netState.NameOf(run);
        if (_known.Find(name) is { } known)
        {
            if (step.From >= 0)
            {
                _reached.Join(step.From, known, way);
            }

            return;
        }

        var index = _reached.Add(step.From, way);
        _known.Add(name, index);
        if (run.IsFinished)
        {
            _reached.MarkEnd(index);
            Ended(index, before, run, step);
        }
        else if (run.Bookmarks.Count == 0)
        {
            _reached.MarkEnd(index);
            StandsStill(index, run);
        }
        else
        {
            _open.Enqueue(index, _netState.Pack(run));
        }
    }

    private WatchedStep[] WatchedOf(IReadOnlyList<JournalEntry> journal) =>
        [.. journal
            .Where(entry => entry.Event is "Started" or "Completed" && _watched.Contains(entry.ActivityId))
            .Select(entry => new WatchedStep(entry.ActivityId, entry.Event == "Started"))];

    private int WayOf(Step step, IReadOnlyList<WatchedStep> steps) => step.Node is null
        ? _reached.WayOf(-1, 0, null, true, steps)
        : _reached.WayOf(_net.NumberOf(step.Node), step.Way, MoveOf(step.Node, step.Way), NetActivity.Of(step.Node).IsPromised || !_isCase, steps);

    private SoundnessMove MoveOf(ActivityNode node, int way)
    {
        if (!_moves.TryGetValue((node, way), out var move))
        {
            var net = NetActivity.Of(node);
            move = new SoundnessMove(net.Drawn, net.Ways[way]);
            _moves.Add((node, way), move);
        }

        return move;
    }

    /// <summary>
    /// A case is closed by a step that says so; whoever still has a task then has worked for nothing, unless that is what an optional task, such as withdrawing, is for.
    /// </summary>
    private void Ended(int index, WorkflowState before, BurstRun run, Step step)
    {
        var closer = step.Node is { } decided && !NetActivity.Of(decided).IsPromised ? null : run.Journal.FirstOrDefault(entry => entry.Event == "Started" && _net.Definition.Find(entry.ActivityId)?.Kind!.Descriptor.IsTerminal == true);
        if (closer is not null)
        {
            var end = _net.Definition.Find(closer.ActivityId)!;
            foreach (var cut in run.Journal.SkipWhile(entry => entry != closer).Where(entry => entry.Event == "Canceled").Select(entry => entry.ActivityId).Concat(LeftOpen(before, run)).Distinct())
            {
                if (_net.Definition.Find(cut) is { Compiled: NetActivity { Drawn.Kind: HumanTask or RunTask, IsPromised: true } } task)
                {
                    Tell(SoundnessDefect.OpenAtEnd, task, index, closer: end);
                }
            }
        }

        var hasFailed = run.Journal.Any(entry => _net.Definition.Find(entry.ActivityId)?.Kind is NetFault);
        if (_isCase && Side is null && run.Outcome is null && !hasFailed)
        {
            var last = run.Journal.LastOrDefault(entry => entry.Event == "Completed" && _net.Definition.Find(entry.ActivityId)?.Children.Count == 0);
            Tell(SoundnessDefect.EndsUnclosed, _net.Definition.Find(last?.ActivityId ?? "") ?? _net.Definition.Root, index);
        }
    }

    /// <summary>What was waited for before, and has neither ended nor been cancelled since: a Finish says nothing of it.</summary>
    private IEnumerable<string> LeftOpen(WorkflowState before, BurstRun run)
    {
        var at = before.Instances.ToDictionary(instance => instance.Id);
        var over = run.Journal.Where(entry => entry.Event is "Completed" or "Canceled").Select(entry => entry.ActivityId).ToHashSet(StringComparer.Ordinal);
        return before.BookmarkRecords.Select(wait => _net.Definition.Node(at[wait.Instance].NodeId).Id).Where(id => !over.Contains(id));
    }

    private void StandsStill(int index, BurstRun run)
    {
        var isTold = false;
        foreach (var flow in StateCopy.Kept(run))
        {
            var flowchart = flow.Node;
            if (flowchart.Graph is null)
            {
                continue;
            }

            var paths = Flowchart.PathsOf(flowchart, flow.Side, run.TriggerActivityId);
            for (var activity = 0; activity < flowchart.Children.Count; activity++)
            {
                var inbound = paths.AllInbound(activity);
                var came = inbound.Where(edge => HasCome(flow, edge)).ToList();
                if (came.Count == 0 || (flow.Tokens is null && paths.Inbound(activity).All(edge => HasCome(flow, edge))))
                {
                    continue;
                }

                isTold = true;
                var missing = inbound.Except(came).Select(edge => _net.DrawnOf(flowchart.Children[edge.Source].NodeId)).Distinct().ToList();
                Tell(SoundnessDefect.StandsStill, flowchart.Children[activity], index, missing);
            }
        }

        if (!isTold)
        {
            var last = _reached.ByOf(index)?.Activity;
            Tell(SoundnessDefect.StandsStill, last is null ? _net.Definition.Root : _net.Definition.Node(last.NodeId), index);
        }
    }

    private static bool HasCome(ActivityInstance flow, FlowEdge edge) => flow.Counts is { } counts
        ? counts.Edges[edge.Index] > counts.Activities[edge.Target]
        : flow.Tokens?.Exists(token => !token.Blocked && token.From == edge.Source && token.To == edge.Target && token.Port == edge.Port) == true;

    /// <summary>States from which no way leads to an end; one report for each step that loses it, the nearest to the start.</summary>
    private void FindNoEnd()
    {
        var byAnything = _reached.Ending(promisedOnly: false);
        var byPromise = _reached.Ending(promisedOnly: true);
        var lost = new bool[_reached.Count];
        for (var index = 0; index < _reached.Count; index++)
        {
            var wasLost = _reached.FromOf(index) is >= 0 and var from && lost[from];
            lost[index] = wasLost || !byPromise[index];
            if (wasLost || !lost[index])
            {
                continue;
            }

            var at = _reached.ByOf(index)?.Activity is { } drawn ? _net.Definition.Node(drawn.NodeId) : Beginning();
            Tell(byAnything[index] ? SoundnessDefect.EndsByChance : SoundnessDefect.NeverEnds, at, index);
        }
    }

    /// <summary>The step at which the flow begins, where nobody has decided anything yet.</summary>
    private ActivityNode Beginning() =>
        _net.Definition.Root.Port("root") is { Graph: { Start: >= 0 } graph } flowchart ? flowchart.Children[graph.Start] : _net.Definition.Root;

    /// <summary>The first way to a defect is told, and each step is told of once.</summary>
    private void Tell(SoundnessDefect defect, ActivityNode node, int index, IReadOnlyList<ActivityNode>? missing = null, ActivityNode? closer = null)
    {
        if (!_told.Add($"{defect} {node.NodeId}"))
        {
            return;
        }

        var path = new List<SoundnessMove>();
        for (var at = index; at >= 0; at = _reached.FromOf(at))
        {
            if (_reached.ByOf(at) is { } by)
            {
                path.Add(by);
            }
        }

        path.Reverse();
        _findings.Add(new SoundnessFinding(defect, _net.DrawnOf(node.NodeId), path)
        {
            Missing = missing ?? [],
            Side = Side,
            Closer = closer is null ? null : _net.DrawnOf(closer.NodeId),
        });
    }
}
