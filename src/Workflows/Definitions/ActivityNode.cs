using WorkflowEngine.Workflows.Activities;
using WorkflowEngine.Workflows.Flowcharts;

namespace WorkflowEngine.Workflows.Definitions;

/// <summary>One activity of a definition with its place in the file. Immutable once the definition is read.</summary>
public sealed class ActivityNode
{
    private readonly List<ActivityNode> _children = [];
    private readonly Dictionary<string, ActivityNode> _ports = new(StringComparer.OrdinalIgnoreCase);

    internal ActivityNode(string id, string type, ActivityNode? parent, int line, int column)
    {
        Id = id;
        Type = type;
        Parent = parent;
        Line = line;
        Column = column;
        NodeId = parent is null ? id : $"{parent.NodeId}:{id}";
        parent?._children.Add(this);
    }

    public string Id { get; }

    /// <summary>The ids of all containers down to this activity, joined by colons; unique in the definition.</summary>
    public string NodeId { get; internal set; }

    public string Type { get; }

    public int TypeVersion { get; internal set; }

    public string? Name { get; internal init; }

    /// <summary>What designers and people see: <c>metadata.displayText</c>, else the name, else the id.</summary>
    public string DisplayName { get; internal init; } = "";

    public int Line { get; }

    public int Column { get; }

    /// <summary>The activity that contains this one; null for the root.</summary>
    public ActivityNode? Parent { get; }

    /// <summary>Position in the designer, when drawn.</summary>
    public DesignerPosition? Position { get; internal init; }

    /// <summary>The inputs as written, by camel-case name; any case finds them.</summary>
    public IReadOnlyDictionary<string, InputDefinition> Inputs { get; internal init; } = new Dictionary<string, InputDefinition>();

    /// <summary>Variable id by output name.</summary>
    public IReadOnlyDictionary<string, string> Outputs { get; internal init; } = new Dictionary<string, string>();

    /// <summary>Variables that a container declares.</summary>
    public IReadOnlyList<VariableDefinition> Variables { get; internal set; } = [];

    /// <summary>Activities directly inside this one.</summary>
    public IReadOnlyList<ActivityNode> Children => _children;

    /// <summary>Connections of a flowchart between its children.</summary>
    public IReadOnlyList<Connection> Connections { get; internal set; } = [];

    /// <summary>The description of the activity's type; <c>null</c> for an unknown type.</summary>
    public ActivityDescriptor? Descriptor => Kind?.Descriptor;

    /// <summary>Outcomes through which this activity may end, those of its own making (cases, task outcomes) included.</summary>
    public IReadOnlyList<string> Ports => Kind?.PortsOf(this) ?? [];

    /// <summary>Ports that fire while this activity stays open.</summary>
    public IReadOnlyList<string> SidePorts => Kind?.SidePortsOf(this) ?? [];

    internal ActivityKind? Kind { get; init; }

    /// <summary>Neither a type of ours nor a flow that is used as an activity; a version that is too new is another thing.</summary>
    internal bool IsOfUnknownType => Kind is null && Activities.ActivityRegistry.Find(Type) is null;

    /// <summary>A trigger that may begin an instance.</summary>
    public bool CanStartWorkflow { get; internal init; }

    /// <summary><c>runAsynchronously</c>: runs in a burst of its own, after the one that came to it is committed.</summary>
    internal bool RunsApart { get; init; }

    /// <summary><c>customProperties.mergeMode</c>, for token mode.</summary>
    internal string? MergeMode { get; init; }

    /// <summary>Raw JSON of members that an activity reads plainly (SetVariable.variable, FlowSwitch.cases …), by camel-case name.</summary>
    internal IReadOnlyDictionary<string, string> Plain { get; init; } = new Dictionary<string, string>();

    /// <summary>Set on a flow used as an activity until it is linked.</summary>
    internal string? ForeignDefinitionId { get; init; }

    /// <summary>What the activity's kind compiled from the node, once: cases, flow graph, variable reference.</summary>
    internal object? Compiled { get; set; }

    /// <summary>The compiled graph of a flowchart.</summary>
    internal FlowGraph? Graph { get; set; }

    /// <summary>Place among the children of the container.</summary>
    internal int ChildIndex { get; set; }

    /// <summary>The activity in a port such as <c>then</c>, <c>body</c>, <c>root</c>.</summary>
    public ActivityNode? Port(string name) => _ports.GetValueOrDefault(name);

    /// <summary>The activities in ports, each with its port.</summary>
    internal IEnumerable<(string Port, ActivityNode Child)> PortedChildren => _ports.Select(port => (port.Key, port.Value));

    internal void SetPort(string name, ActivityNode child) => _ports[name] = child;

    public override string ToString() => $"{Id} ({Type})";
}

/// <summary>Corner of an activity on the designer's canvas and its size, in pixels.</summary>
public sealed record DesignerPosition(double X, double Y, double? Width, double? Height);

/// <summary>An input as written: the expression's type (Literal, Variable, Lambda, …) and its raw JSON value.</summary>
public sealed record InputDefinition(string Name, string? ExpressionType, string? RawValue, int Line, int Column)
{
    internal Expressions.Expression? Expression { get; init; }
}

/// <summary>An edge of a flowchart from an outcome of one activity to another activity. A missing source port means Done.</summary>
public sealed record Connection(string Source, string? SourcePort, string Target, string? TargetPort, int Line);
