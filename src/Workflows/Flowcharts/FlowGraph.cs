using System.Collections;
using System.Collections.Concurrent;
using WorkflowEngine.Workflows.Activities.Elsa;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Workflows.Flowcharts;

/// <summary>One edge, compiled: indexes of activities among the flowchart's children.</summary>
/// <param name="IsSide">Leaves a side port: opens a scope of its own and is no part of the main flow.</param>
internal sealed record FlowEdge(int Index, int Source, string? Port, int Target, bool IsSide);

/// <summary>
/// The connections of a flowchart, compiled once. What counts as forward depends on where the flow starts, so there is one <see cref="FlowPaths"/> per start.
/// </summary>
internal sealed class FlowGraph
{
    private readonly ConcurrentDictionary<int, FlowPaths> _paths = new();
    private readonly ConcurrentDictionary<(int, string), FlowPaths> _sidePaths = new();
    private readonly FlowEdge[][] _outbound;

    public FlowGraph(ActivityNode flowchart)
    {
        Flowchart = flowchart;
        var count = flowchart.Children.Count;
        var indexes = new Dictionary<string, int>(count, StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            indexes[flowchart.Children[i].Id] = i;
        }

        // Elsa draws no way out of a step of unknown type: what is behind it has no inbound connection.
        var connections = flowchart.Connections.Where(c => !flowchart.Children[indexes[c.Source]].IsOfUnknownType).ToList();
        Edges = new FlowEdge[connections.Count];
        var outbound = new List<FlowEdge>?[count];
        var hasInbound = new bool[count];
        for (var i = 0; i < Edges.Length; i++)
        {
            var connection = connections[i];
            var source = indexes[connection.Source];
            var isSide = connection.SourcePort is { } port
                && flowchart.Children[source] is { Kind: { } kind } node
                && kind.SidePortsOf(node).Contains(port, StringComparer.Ordinal);
            var edge = new FlowEdge(i, source, connection.SourcePort, indexes[connection.Target], isSide);
            Edges[i] = edge;
            (outbound[source] ??= []).Add(edge);
            hasInbound[edge.Target] = true;
        }

        _outbound = [.. outbound.Select(edges => edges?.ToArray() ?? [])];
        Start = FindStart(flowchart, hasInbound);
    }

    public ActivityNode Flowchart { get; }

    public FlowEdge[] Edges { get; }

    /// <summary>Where the flow starts unless a trigger was met; -1 for an empty flowchart.</summary>
    public int Start { get; }

    public FlowEdge[] Outbound(int activity) => _outbound[activity];

    public FlowPaths From(int start) => _paths.GetOrAdd(start, static (s, graph) => new FlowPaths(graph, s < 0 ? [] : [s]), this);

    /// <summary>The side region behind a side port.</summary>
    public FlowPaths FromSide(int activity, string port) =>
        _sidePaths.GetOrAdd((activity, port), static (key, graph) => new FlowPaths(graph, [.. graph.SideEdges(key.Item1, key.Item2).Select(e => e.Target)]), this);

    public IEnumerable<FlowEdge> SideEdges(int activity, string port) =>
        _outbound[activity].Where(e => e.IsSide && string.Equals(e.Port, port, StringComparison.Ordinal));

    private static int FindStart(ActivityNode flowchart, bool[] hasInbound)
    {
        var children = flowchart.Children;
        var start = IndexOf(children, c => c.Kind is Start);
        if (start < 0)
        {
            start = IndexOf(children, c => c.CanStartWorkflow);
        }

        if (start < 0)
        {
            start = Array.IndexOf(hasInbound, false);
        }

        return start < 0 && children.Count > 0 ? 0 : start;
    }

    private static int IndexOf(IReadOnlyList<ActivityNode> children, Func<ActivityNode, bool> match)
    {
        for (var i = 0; i < children.Count; i++)
        {
            if (match(children[i]))
            {
                return i;
            }
        }

        return -1;
    }
}

/// <summary>
/// The graph as seen from one start: forward edges are those a breadth-first walk takes without closing a cycle, all others are backward.
/// </summary>
internal sealed class FlowPaths
{
    private readonly FlowGraph _graph;
    private readonly int[] _starts;
    private readonly bool[] _isForward;
    private readonly FlowEdge[][] _inbound;
    private readonly FlowEdge[][] _allInbound;
    private readonly ConcurrentDictionary<int, BitArray> _ancestors = new();
    private readonly ConcurrentDictionary<int, bool> _validBackward = new();

    public FlowPaths(FlowGraph graph, int[] starts)
    {
        _graph = graph;
        _starts = starts;
        _isForward = new bool[graph.Edges.Length];
        Walk();
        var count = graph.Flowchart.Children.Count;
        _inbound = Group(count, e => _isForward[e.Index]);
        _allInbound = Group(count, e => !e.IsSide);
    }

    /// <summary>Forward edges into the activity.</summary>
    public FlowEdge[] Inbound(int activity) => _inbound[activity];

    /// <summary>All edges into the activity, backward ones included.</summary>
    public FlowEdge[] AllInbound(int activity) => _allInbound[activity];

    /// <summary>The activity cannot be reached from the start.</summary>
    public bool IsDangling(int activity) => activity < 0 || (!_starts.Contains(activity) && _inbound[activity].Length == 0);

    public bool IsBackward(FlowEdge edge) => !_isForward[edge.Index];

    /// <summary>A backward edge is sound when every way from its source back to the start goes through its target.</summary>
    public bool IsValidBackward(FlowEdge edge) => _validBackward.GetOrAdd(edge.Index, _ => !ReachesStartAvoiding(edge.Source, edge.Target));

    /// <summary>All activities from which forward edges lead to this one.</summary>
    public BitArray Ancestors(int activity) => _ancestors.GetOrAdd(activity, a =>
    {
        var found = new BitArray(_inbound.Length);
        var queue = new Queue<int>([a]);
        while (queue.TryDequeue(out var current))
        {
            foreach (var edge in _inbound[current])
            {
                if (!found[edge.Source])
                {
                    found[edge.Source] = true;
                    queue.Enqueue(edge.Source);
                }
            }
        }

        return found;
    });

    private void Walk()
    {
        var count = _graph.Flowchart.Children.Count;
        var taken = new List<int>?[count];
        var visited = new bool[count];
        var queue = new Queue<int>(_starts);
        var mark = new int[count];
        var round = 0;
        while (queue.TryDequeue(out var source))
        {
            if (visited[source])
            {
                continue;
            }

            visited[source] = true;
            foreach (var edge in _graph.Outbound(source))
            {
                if (edge.IsSide)
                {
                    continue;
                }

                var known = taken[source]?.Contains(edge.Target) ?? false;
                if (!known && Leads(taken, edge.Target, source, mark, ++round))
                {
                    continue;
                }

                _isForward[edge.Index] = true;
                if (!known)
                {
                    (taken[source] ??= []).Add(edge.Target);
                }

                if (!visited[edge.Target])
                {
                    queue.Enqueue(edge.Target);
                }
            }
        }
    }

    private static bool Leads(List<int>?[] taken, int from, int to, int[] mark, int round)
    {
        var stack = new Stack<int>([from]);
        while (stack.TryPop(out var current))
        {
            if (current == to)
            {
                return true;
            }

            if (mark[current] == round)
            {
                continue;
            }

            mark[current] = round;
            foreach (var next in taken[current] ?? [])
            {
                stack.Push(next);
            }
        }

        return false;
    }

    private bool ReachesStartAvoiding(int source, int avoided)
    {
        if (source == avoided)
        {
            return false;
        }

        var seen = new HashSet<int> { source };
        var stack = new Stack<int>(seen);
        while (stack.TryPop(out var current))
        {
            if (_starts.Contains(current))
            {
                return true;
            }

            foreach (var edge in _inbound[current])
            {
                if (edge.Source != avoided && seen.Add(edge.Source))
                {
                    stack.Push(edge.Source);
                }
            }
        }

        return false;
    }

    private FlowEdge[][] Group(int count, Func<FlowEdge, bool> wanted)
    {
        var grouped = new List<FlowEdge>?[count];
        foreach (var edge in _graph.Edges)
        {
            if (wanted(edge))
            {
                (grouped[edge.Target] ??= []).Add(edge);
            }
        }

        return [.. grouped.Select(edges => edges?.ToArray() ?? [])];
    }
}
