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

    private readonly FlowNet _net;
    private readonly int _limit;
    private readonly bool _isCase;
    private readonly IReadOnlySet<string> _watched;
    private readonly Dictionary<UInt128, int> _known = [];
    private readonly List<Reached> _reached = [];
    private readonly Queue<(int Index, WorkflowState State)> _open = new();
    private readonly HashSet<string> _told = [];
    private readonly List<SoundnessFinding> _findings = [];

    /// <param name="isCase">It carries a case, which must be closed; and what nobody has to do is no promise of an end.</param>
    /// <param name="limit">States, at most.</param>
    /// <param name="watched">Ids of the activities of which every way between two states tells when they began and ended.</param>
    public Exploration(FlowNet net, bool isCase, int limit, IReadOnlySet<string> watched)
    {
        _net = net;
        _isCase = isCase;
        _limit = limit;
        _watched = watched;
    }

    /// <summary>The side port whose region this is; null in the main flow.</summary>
    public (ActivityNode Activity, string Port)? Side { get; private set; }

    public int States => _reached.Count;

    /// <summary>Every state was looked at.</summary>
    public bool IsExact => _reached.Count < _limit;

    /// <summary>Ids of the activities that ran in some state.</summary>
    public HashSet<string> Ran { get; } = new(StringComparer.Ordinal);

    public IReadOnlyList<SoundnessFinding> Findings => _findings;

    /// <summary>What of the watched activities happened before the first state was reached.</summary>
    public IReadOnlyList<WatchedStep> Begun { get; private set; } = [];

    /// <summary>The ways on from a state, in the order in which states were reached; the first is the one where the flow first waits.</summary>
    public IReadOnlyList<Way> WaysOn(int state) => _reached[state].On;

    /// <summary>One way from a state to another.</summary>
    public readonly record struct Way(int To, bool IsPromised, SoundnessMove? By, IReadOnlyList<WatchedStep> Steps);

    /// <summary>A watched activity began or, otherwise, ended.</summary>
    public readonly record struct WatchedStep(string ActivityId, bool Began);

    private sealed class Reached(int from, SoundnessMove? by)
    {
        public int From { get; } = from;

        public SoundnessMove? By { get; } = by;

        public List<Way> On { get; } = [];

        public bool IsEnd { get; set; }
    }

    /// <summary>From the flow's start, or from the trigger that begins it.</summary>
    public void RunFrom(string? trigger)
    {
        var state = WorkflowState.New(Anybody, _net.Definition, null);
        Go(-1, null, null, state, run => WorkflowRunner.Begin(run, new Stimulus.Start(trigger, new JsonObject(), null)));
        Drain();
    }

    /// <summary>From the firing of a side port.</summary>
    public void RunAside(ActivityNode flowchart, ActivityNode activity, string port)
    {
        Side = (_net.DrawnOf(activity.NodeId), port);
        var state = WorkflowState.New(Anybody, _net.Definition, null);
        Go(-1, null, null, state, run =>
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
        while (_reached.Count < _limit && _open.TryDequeue(out var next))
        {
            Expand(next.Index, next.State);
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
        var at = state.Instances.ToDictionary(instance => instance.Id);
        foreach (var twice in waits.GroupBy(wait => (at[wait.Instance].Parent, at[wait.Instance].NodeId)).Where(same => same.Count() > 1))
        {
            var node = _net.Definition.Node(twice.Key.NodeId);
            if (node.Parent?.Kind is Flowchart && NetActivity.Of(node).Drawn.Kind is HumanTask)
            {
                Tell(SoundnessDefect.RunsTwice, node, index);
            }
        }

        var atOnce = waits.FirstOrDefault(wait => !IsOutside(_net.Definition.Node(at[wait.Instance].NodeId), state.TriggerActivityId));
        foreach (var wait in atOnce is null ? waits : [atOnce])
        {
            var net = NetActivity.Of(_net.Definition.Node(at[wait.Instance].NodeId));
            for (var way = 0; way < net.Ways.Count; way++)
            {
                var number = way;
                Go(index, new SoundnessMove(net.Drawn, net.Ways[way]), net, state, run =>
                {
                    var bookmark = run.Bookmarks.Find(open => open.Id == wait.Id)!;
                    run.ArrivedBookmarkId = bookmark.Id;
                    run.ScheduleArrival(bookmark, number);
                });
            }
        }
    }

    private static bool IsOutside(ActivityNode node, string? trigger) => NetActivity.Of(node).Waits && node.Id != trigger;

    private void Go(int from, SoundnessMove? by, NetActivity? net, WorkflowState before, Action<BurstRun> begin)
    {
        var run = new BurstRun(_net.Definition, before, Facts.None, Anytime, _net.Definition.UsesTokens);
        begin(run);
        Burst burst;
        try
        {
            run.Drain();
            burst = run.Seal();
        }
        catch (EndlessBurst endless)
        {
            var circle = Add(from, by, net, []);
            _reached[circle].IsEnd = true;
            Tell(endless.IsCircle ? SoundnessDefect.Circles : SoundnessDefect.TooMuchAtOnce, endless.At, circle);
            return;
        }

        foreach (var entry in burst.Journal)
        {
            Ran.Add(entry.ActivityId);
        }

        List<WatchedStep> steps = [.. burst.Journal
            .Where(entry => entry.Event is "Started" or "Completed" && _watched.Contains(entry.ActivityId))
            .Select(entry => new WatchedStep(entry.ActivityId, entry.Event == "Started"))];
        if (from < 0)
        {
            Begun = steps;
        }

        var name = NetState.NameOf(_net, burst.State);
        if (_known.TryGetValue(name, out var known))
        {
            Link(from, known, by, net, steps);
            return;
        }

        var index = Add(from, by, net, steps);
        _known.Add(name, index);
        if (burst.State.Status == InstanceStatus.Finished)
        {
            _reached[index].IsEnd = true;
            Ended(index, before, burst, net);
        }
        else if (burst.State.BookmarkRecords.Count == 0)
        {
            _reached[index].IsEnd = true;
            StandsStill(index, burst.State);
        }
        else
        {
            _open.Enqueue((index, burst.State));
        }
    }

    private int Add(int from, SoundnessMove? by, NetActivity? net, IReadOnlyList<WatchedStep> steps)
    {
        _reached.Add(new Reached(from, by));
        Link(from, _reached.Count - 1, by, net, steps);
        return _reached.Count - 1;
    }

    private void Link(int from, int to, SoundnessMove? by, NetActivity? net, IReadOnlyList<WatchedStep> steps)
    {
        if (from >= 0)
        {
            _reached[from].On.Add(new Way(to, net?.IsPromised != false || !_isCase, by, steps));
        }
    }

    /// <summary>
    /// A case is closed by a step that says so; whoever still has a task then has worked for nothing, unless that is what an optional task, such as withdrawing, is for.
    /// </summary>
    private void Ended(int index, WorkflowState before, Burst burst, NetActivity? by)
    {
        var closer = by?.IsPromised == false ? null : burst.Journal.FirstOrDefault(entry => entry.Event == "Started" && _net.Definition.Find(entry.ActivityId)?.Kind!.Descriptor.IsTerminal == true);
        if (closer is not null)
        {
            var end = _net.Definition.Find(closer.ActivityId)!;
            foreach (var cut in burst.Journal.SkipWhile(entry => entry != closer).Where(entry => entry.Event == "Canceled").Select(entry => entry.ActivityId).Concat(LeftOpen(before, burst)).Distinct())
            {
                if (_net.Definition.Find(cut) is { Compiled: NetActivity { Drawn.Kind: HumanTask or RunTask, IsPromised: true } } task)
                {
                    Tell(SoundnessDefect.OpenAtEnd, task, index, closer: end);
                }
            }
        }

        var hasFailed = burst.Journal.Any(entry => _net.Definition.Find(entry.ActivityId)?.Kind is NetFault);
        if (_isCase && Side is null && burst.State.Outcome is null && !hasFailed)
        {
            var last = burst.Journal.LastOrDefault(entry => entry.Event == "Completed" && _net.Definition.Find(entry.ActivityId)?.Children.Count == 0);
            Tell(SoundnessDefect.EndsUnclosed, _net.Definition.Find(last?.ActivityId ?? "") ?? _net.Definition.Root, index);
        }
    }

    /// <summary>What was waited for before, and has neither ended nor been cancelled since: a Finish says nothing of it.</summary>
    private IEnumerable<string> LeftOpen(WorkflowState before, Burst burst)
    {
        var at = before.Instances.ToDictionary(instance => instance.Id);
        var over = burst.Journal.Where(entry => entry.Event is "Completed" or "Canceled").Select(entry => entry.ActivityId).ToHashSet(StringComparer.Ordinal);
        return before.BookmarkRecords.Select(wait => _net.Definition.Node(at[wait.Instance].NodeId).Id).Where(id => !over.Contains(id));
    }

    private void StandsStill(int index, WorkflowState state)
    {
        var isTold = false;
        foreach (var flow in state.Instances)
        {
            var flowchart = _net.Definition.Node(flow.NodeId);
            if (flowchart.Graph is null)
            {
                continue;
            }

            var paths = Flowchart.PathsOf(flowchart, flow.Side, state.TriggerActivityId);
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
            var last = _reached[index].By?.Activity;
            Tell(SoundnessDefect.StandsStill, last is null ? _net.Definition.Root : _net.Definition.Node(last.NodeId), index);
        }
    }

    private static bool HasCome(InstanceRecord flow, FlowEdge edge) => flow.Counts is { } counts
        ? counts.Edges[edge.Index] > counts.Activities[edge.Target]
        : flow.Tokens?.Any(token => !token.Blocked && token.From == edge.Source && token.To == edge.Target && token.Port == edge.Port) == true;

    /// <summary>States from which no way leads to an end; one report for each step that loses it, the nearest to the start.</summary>
    private void FindNoEnd()
    {
        var back = new List<(int From, bool IsPromised)>?[_reached.Count];
        for (var from = 0; from < _reached.Count; from++)
        {
            foreach (var way in _reached[from].On)
            {
                (back[way.To] ??= []).Add((from, way.IsPromised));
            }
        }

        var byAnything = Ending(back, promisedOnly: false);
        var byPromise = Ending(back, promisedOnly: true);
        var lost = new bool[_reached.Count];
        for (var index = 0; index < _reached.Count; index++)
        {
            var reached = _reached[index];
            var wasLost = reached.From >= 0 && lost[reached.From];
            lost[index] = wasLost || !byPromise[index];
            if (wasLost || !lost[index])
            {
                continue;
            }

            var at = reached.By?.Activity is { } drawn ? _net.Definition.Node(drawn.NodeId) : Beginning();
            Tell(byAnything[index] ? SoundnessDefect.EndsByChance : SoundnessDefect.NeverEnds, at, index);
        }
    }

    /// <summary>The step at which the flow begins, where nobody has decided anything yet.</summary>
    private ActivityNode Beginning() =>
        _net.Definition.Root.Port("root") is { Graph: { Start: >= 0 } graph } flowchart ? flowchart.Children[graph.Start] : _net.Definition.Root;

    private bool[] Ending(List<(int From, bool IsPromised)>?[] back, bool promisedOnly)
    {
        var ending = new bool[_reached.Count];
        var open = new Stack<int>();
        for (var index = 0; index < _reached.Count; index++)
        {
            if (_reached[index].IsEnd)
            {
                ending[index] = true;
                open.Push(index);
            }
        }

        while (open.TryPop(out var at))
        {
            foreach (var (from, isPromised) in back[at] ?? [])
            {
                if (!ending[from] && (isPromised || !promisedOnly))
                {
                    ending[from] = true;
                    open.Push(from);
                }
            }
        }

        return ending;
    }

    /// <summary>The first way to a defect is told, and each step is told of once.</summary>
    private void Tell(SoundnessDefect defect, ActivityNode node, int index, IReadOnlyList<ActivityNode>? missing = null, ActivityNode? closer = null)
    {
        if (!_told.Add($"{defect} {node.NodeId}"))
        {
            return;
        }

        var path = new List<SoundnessMove>();
        for (var at = index; at >= 0; at = _reached[at].From)
        {
            if (_reached[at].By is { } by)
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
