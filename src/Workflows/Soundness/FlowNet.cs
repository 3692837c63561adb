using System.Globalization;
using WorkflowEngine.Workflows.Activities;
using WorkflowEngine.Workflows.Activities.Elsa;
using WorkflowEngine.Workflows.Activities.Gov;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Expressions;
using WorkflowEngine.Workflows.Flowcharts;

namespace WorkflowEngine.Workflows.Soundness;

/// <summary>
/// A definition without its data: the same containers, edges and joins, run by the same engine, with steps that may end in any of their ways.
/// What the engine does with tokens, counters, cancellation and loops is so not described a second time.
/// </summary>
internal sealed class FlowNet
{
    private const int MostCasesAtOnce = 6;

    private readonly bool _obeysConstants;
    private readonly Dictionary<string, ActivityNode> _drawn = new(StringComparer.Ordinal);
    private readonly Dictionary<ActivityNode, int> _numbers = new(ReferenceEqualityComparer.Instance);
    private readonly List<ActivityNode> _nodes = [];

    private FlowNet(WorkflowDefinition definition, bool obeysConstants)
    {
        _obeysConstants = obeysConstants;
        Drawn = definition;
        var root = Copy(definition.Root, null);
        Definition = new WorkflowDefinition("", definition.Path, definition.DefinitionId, root, _nodes) { UsesTokens = definition.UsesTokens };
    }

    public WorkflowDefinition Drawn { get; }

    public WorkflowDefinition Definition { get; }

    /// <summary>A step whose ways depend on data in a way that is not followed; null when there is none.</summary>
    public ActivityNode? Unread { get; private set; }

    /// <param name="obeysConstants">A condition that is written as true or false takes its way only.</param>
    public static FlowNet Of(WorkflowDefinition definition, bool obeysConstants) => new(definition, obeysConstants);

    /// <summary>The place of one of the net's own activities among them.</summary>
    public int NumberOf(ActivityNode node) => _numbers[node];

    public ActivityNode DrawnOf(string nodeId) => _drawn[nodeId];

    private ActivityNode Copy(ActivityNode drawn, ActivityNode? parent)
    {
        var (kind, net) = Abstract(drawn);
        var node = new ActivityNode(drawn.Id, drawn.Type, parent, drawn.Line, drawn.Column)
        {
            Kind = kind,
            DisplayName = drawn.DisplayName,
            CanStartWorkflow = drawn.CanStartWorkflow,
            MergeMode = drawn.MergeMode,
            Inputs = KeptInputs(drawn, kind),
        };
        node.NodeId = drawn.NodeId;
        node.ChildIndex = drawn.ChildIndex;
        node.Compiled = net is not null ? net : drawn.Compiled;
        _drawn.Add(drawn.NodeId, drawn);
        _numbers.Add(node, _nodes.Count);
        _nodes.Add(node);
        var copies = new Dictionary<ActivityNode, ActivityNode>(ReferenceEqualityComparer.Instance);
        foreach (var child in drawn.Children)
        {
            copies[child] = Copy(child, node);
        }

        foreach (var (port, child) in drawn.PortedChildren)
        {
            node.SetPort(port, copies[child]);
        }

        if (drawn.Graph is not null)
        {
            node.Connections = drawn.Connections;
            node.Graph = new FlowGraph(node);
            PromiseNothingBesideWork(node);
            TakeQuietStepsAtOnce(node);
        }

        if (kind is DefinitionActivity)
        {
            node.Compiled = new WorkflowDefinition("", "", "", node, []);
        }

        return node;
    }

    /// <summary>An event that is waited for beside somebody's work may never happen; one that is waited for alone is what the flow is about.</summary>
    private static void PromiseNothingBesideWork(ActivityNode flowchart)
    {
        var graph = flowchart.Graph!;
        var paths = graph.From(graph.Start);
        foreach (var child in flowchart.Children.Where(child => child.Compiled is NetActivity { Drawn.Kind: Event }))
        {
            var beside = paths.Inbound(child.ChildIndex).SelectMany(edge => graph.Outbound(edge.Source).Where(other => other.Port == edge.Port && other.Target != edge.Target));
            if (beside.Any(other => flowchart.Children[other.Target].Compiled is not NetActivity { Drawn.Kind: Event } and not NetActivity { IsPromised: false }))
            {
                child.Compiled = NetActivity.Of(child) with { IsPromised = false };
            }
        }
    }

    /// <summary>
    /// A wait with one way, that leads to another wait by steps that nothing else leads to or from: which of the two is open makes no difference to any other
    /// branch. So the first is taken at once, and branches that only follow one another are not mixed in every order.
    /// </summary>
    private static void TakeQuietStepsAtOnce(ActivityNode flowchart)
    {
        var graph = flowchart.Graph!;
        var inbound = new int[flowchart.Children.Count];
        foreach (var edge in graph.Edges.Where(edge => !edge.IsSide))
        {
            inbound[edge.Target]++;
        }

        var quiet = flowchart.Children.Where(child => child.Compiled is NetActivity { Waits: true, IsPromised: true } && inbound[child.ChildIndex] <= 1 && LeadsToWait(child)).ToList();
        foreach (var child in quiet)
        {
            child.Compiled = NetActivity.Of(child) with { Waits = false };
        }

        bool LeadsToWait(ActivityNode from)
        {
            for (var at = from; ;)
            {
                if (at.Compiled is not NetActivity { Ways: [var way] }
                    || graph.Outbound(at.ChildIndex).Where(edge => !edge.IsSide).ToList() is not [var on]
                    || !way.Contains(on.Port ?? "Done")
                    || inbound[on.Target] != 1)
                {
                    return false;
                }

                at = flowchart.Children[on.Target];
                if (ReferenceEquals(at, from) || at.Compiled is NetActivity { Waits: true })
                {
                    return !ReferenceEquals(at, from);
                }
            }
        }
    }

    /// <summary>The engine's own kind where it only joins, lists or ends; else one that may take any of the step's ways.</summary>
    private (ActivityKind Kind, NetActivity? Net) Abstract(ActivityNode drawn)
    {
        switch (drawn.Kind)
        {
            case Workflow or Flowchart or Sequence or Activities.Elsa.Parallel or Fork or DefinitionActivity or Start or End or Finish or Break:
                return (drawn.Kind, null);
            case FlowJoin when !IsConstant(drawn, "mode"):
                Unread ??= drawn;
                return (drawn.Kind, null);
            case FlowJoin:
                return (drawn.Kind, null);
            case Complete when IsConstant(drawn, "outcomes"):
                return (drawn.Kind, null);
            case Complete:
                Unread ??= drawn;
                return (drawn.Kind, null);
            case CloseCase:
                return (drawn.Kind, null);
            case Fault:
                return (new NetFault(), new NetActivity(drawn, [[], ["Done"]], false, true));
            case BulkDispatchWorkflows:
                return (new NetBranch(), new NetActivity(drawn, [[], ["childCompleted"], ["childFaulted"], ["childCompleted", "childFaulted"]], true, true) { Ends = ["Completed", "Done"] });
            case Loop:
                return (new NetLoop(), new NetActivity(drawn, LoopWays(drawn), false, true));
            case If:
                return (new NetBranch(), new NetActivity(drawn, TruthWays(drawn, "then", "else"), false, true));
            case Switch:
                return (new NetBranch(), new NetActivity(drawn, SwitchWays(drawn, index => string.Create(CultureInfo.InvariantCulture, $"case{index}"), "default"), false, true));
            case ParallelForEach:
                return (new NetBranch(), new NetActivity(drawn, [[], ["body"], ["body", "body"]], false, true));
            case SendHttpRequest:
                return (new NetBranch(), new NetActivity(drawn, [.. drawn.PortedChildren.Select(port => new[] { port.Port }), []], true, true));
            default:
                return (new NetStep(), new NetActivity(drawn, Distinct(WaysOf(drawn)), Waits(drawn), IsPromised(drawn)));
        }
    }

    private IReadOnlyList<IReadOnlyList<string>> WaysOf(ActivityNode drawn) => drawn.Kind switch
    {
        FlowDecision => TruthWays(drawn, "True", "False"),
        FlowSwitch => SwitchWays(drawn, index => SwitchCases.Of(drawn)[index].Label, "Default"),
        FlowFork => ForkWays(drawn),
        FlowSendHttpRequest => [.. drawn.Ports.Where(port => !IsFailure(port) || IsDrawn(drawn, port)).Select(port => IsFailure(port) || port == "Done" ? [port] : new[] { port, "Done" })],
        _ => Alone(Offered(drawn)),
    };

    private static IEnumerable<string> Offered(ActivityNode drawn) =>
        drawn.Kind is RaiseWarning && IsConstant(drawn, "level") && !Parties.MayBeMissing(Constant(drawn, "level") ?? "")
            ? drawn.Ports.Where(port => port != RaiseWarning.Skipped)
            : drawn.Ports;

    /// <summary>A request that nobody answers is an incident where nothing is drawn for it.</summary>
    private static bool IsFailure(string port) => port is HttpAddresses.NotConnected or HttpAddresses.TimedOut;

    private static bool IsDrawn(ActivityNode drawn, string port) => drawn.Parent?.Connections.Any(edge => edge.Source == drawn.Id && edge.SourcePort == port) == true;

    private static IReadOnlyList<IReadOnlyList<string>> Alone(IEnumerable<string> ports)
    {
        var ways = ports.Select(port => (IReadOnlyList<string>)[port]).ToList();
        return ways.Count == 0 ? [["Done"]] : ways;
    }

    private IReadOnlyList<IReadOnlyList<string>> TruthWays(ActivityNode drawn, string yes, string no) =>
        !drawn.Inputs.TryGetValue("condition", out var condition) || condition.Expression is null ? _obeysConstants ? [[no]] : [[yes], [no]]
        : _obeysConstants && Truth(condition.Expression) is { } written ? [[written ? yes : no]]
        : [[yes], [no]];

    private IReadOnlyList<IReadOnlyList<string>> LoopWays(ActivityNode drawn)
    {
        if (drawn.Port("body") is null)
        {
            return [[]];
        }

        var condition = drawn.Kind is While && drawn.Inputs.TryGetValue("condition", out var input) ? input.Expression : null;
        return _obeysConstants && condition is not null && Truth(condition) is { } goesOn ? [goesOn ? ["body"] : []] : [[], ["body"]];
    }

    private IReadOnlyList<IReadOnlyList<string>> ForkWays(ActivityNode drawn)
    {
        if (drawn.Inputs.TryGetValue("branches", out var branches) && branches.Expression is not (null or Expression.Literal or Expression.JsonText))
        {
            Unread ??= drawn;
        }

        return [drawn.Ports];
    }

    /// <summary>MatchFirst takes one case, MatchAny any of them together; the default is taken when none matches.</summary>
    private List<IReadOnlyList<string>> SwitchWays(ActivityNode drawn, Func<int, string> port, string otherwise)
    {
        var ways = new List<IReadOnlyList<string>>();
        var cases = SwitchCases.Of(drawn);
        var possible = Enumerable.Range(0, cases.Count).Where(index => cases[index].Condition is { } condition && !(_obeysConstants && Truth(condition) == false)).ToList();
        var certain = possible.Where(index => _obeysConstants && Truth(cases[index].Condition!) == true).ToList();
        if (Constant(drawn, "mode") is { } mode && string.Equals(mode, nameof(SwitchMode.MatchAny), StringComparison.OrdinalIgnoreCase))
        {
            var open = possible.Except(certain).ToList();
            if (open.Count > MostCasesAtOnce)
            {
                Unread ??= drawn;
                open = open[..MostCasesAtOnce];
            }

            for (var set = 0; set < 1 << open.Count; set++)
            {
                var chosen = possible.Where(index => certain.Contains(index) || (open.IndexOf(index) is >= 0 and var bit && (set & (1 << bit)) != 0)).Select(port).ToList();
                ways.Add(chosen.Count == 0 ? [otherwise] : chosen);
            }

            return ways;
        }

        if (drawn.Inputs.TryGetValue("mode", out var computed) && computed.Expression is not (null or Expression.Literal))
        {
            Unread ??= drawn;
        }

        foreach (var index in possible)
        {
            ways.Add([port(index)]);
            if (certain.Contains(index))
            {
                return ways;
            }
        }

        ways.Add([otherwise]);
        return ways;
    }

    /// <summary>Whether somebody or something outside is waited for. The others end in the burst that comes to them.</summary>
    private static bool Waits(ActivityNode drawn) => drawn.RunsApart
        || drawn.Kind is Event or RunTask or Delay or Activities.Elsa.Timer or Cron or StartAt or ReadLine or HttpEndpoint or FlowSendHttpRequest or DownloadHttpFile
            or ExecuteWorkflow or DispatchWorkflow or BulkDispatchWorkflows or HumanTask or AwaitConformance or DataIngest or RaiseWarning or WorkingDayTimer;

    /// <summary>An optional task may be left alone for ever.</summary>
    private static bool IsPromised(ActivityNode drawn) =>
        !(drawn.Kind is HumanTask && drawn.Inputs.TryGetValue("optional", out var optional) && optional.Expression is { } written && Truth(written) != false);

    private static Dictionary<string, InputDefinition> KeptInputs(ActivityNode drawn, ActivityKind kind) => kind switch
    {
        FlowJoin when IsConstant(drawn, "mode") => Only(drawn, "mode"),
        Complete when IsConstant(drawn, "outcomes") => Only(drawn, "outcomes"),
        CloseCase => new() { ["outcome"] = new InputDefinition("outcome", "Literal", null, drawn.Line, drawn.Column) { Expression = new Expression.Literal(drawn.Id) } },
        _ => [],
    };

    private static Dictionary<string, InputDefinition> Only(ActivityNode drawn, string name) =>
        drawn.Inputs.TryGetValue(name, out var input) ? new() { [name] = input } : [];

    private static bool IsConstant(ActivityNode drawn, string name) =>
        !drawn.Inputs.TryGetValue(name, out var input) || input.Expression is null or Expression.Literal or Expression.JsonText;

    private static string? Constant(ActivityNode drawn, string name) =>
        drawn.Inputs.TryGetValue(name, out var input) && input.Expression is Expression.Literal { Value: { } value } ? Convert.ToString(value, CultureInfo.InvariantCulture) : null;

    /// <summary>The value of a condition that is written as a constant; null where it is computed.</summary>
    private static bool? Truth(Expression condition)
    {
        if (condition is not Expression.Literal literal)
        {
            return null;
        }

        try
        {
            return Conversion.To<bool>(literal.Value);
        }
        catch (ConversionException)
        {
            return null;
        }
    }

    private static List<IReadOnlyList<string>> Distinct(IReadOnlyList<IReadOnlyList<string>> ways) =>
        [.. ways.GroupBy(way => string.Join('\n', way), StringComparer.Ordinal).Select(same => same.First())];
}
