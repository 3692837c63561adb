using System.Globalization;
using System.Text;
using System.Text.Json;
using WorkflowEngine.Rules;
using WorkflowEngine.Workflows.Activities;
using WorkflowEngine.Workflows.Expressions;
using WorkflowEngine.Workflows.Flowcharts;

namespace WorkflowEngine.Workflows.Definitions;

/// <summary>
/// Reads Elsa 3 definition JSON into nodes. What Elsa refuses to load is refused; what Elsa reads and silently drops or defaults is read the same way
/// and told as a problem, because a published flow must not rely on it.
/// </summary>
internal sealed class DefinitionReader
{
    private const int MaxLength = 8 * 1024 * 1024;
    private const int MaxActivities = 5_000;
    private const int MaxConnections = 10_000;

    private readonly JsonSource _source;
    private readonly List<Problem> _problems;
    private readonly IReadOnlyList<WorkflowDefinition> _used;
    private readonly List<ActivityNode> _activities = [];
    private readonly Dictionary<string, int> _counters = new(StringComparer.Ordinal);
    private readonly HashSet<string> _nodeIds = new(StringComparer.Ordinal);
    private readonly InputReader _inputs;
    private int _connections;
    private int _linkDepth;

    private DefinitionReader(JsonSource source, List<Problem> problems, IReadOnlyList<WorkflowDefinition> used)
    {
        _source = source;
        _problems = problems;
        _used = used;
        _inputs = new InputReader(source, problems);
    }

    public static DefinitionResult Read(string json, string path, IReadOnlyList<WorkflowDefinition> used)
    {
        var problems = new List<Problem>();
        if (json.Length > MaxLength)
        {
            problems.Add(new Problem("definition-too-large", ProblemSeverity.Error, path, 1, 1, null, "the definition is larger than 8 MB"));
            return new DefinitionResult(null, problems);
        }

        using var source = JsonSource.Parse(json, path, problems);
        if (source is null)
        {
            return new DefinitionResult(null, problems);
        }

        try
        {
            return new DefinitionResult(new DefinitionReader(source, problems, used).Read(json, path), problems);
        }
        catch (UnreadableDefinition unreadable)
        {
            problems.Add(unreadable.Problem);
            return new DefinitionResult(null, problems);
        }
    }

    private WorkflowDefinition Read(string json, string path)
    {
        var root = _source.Root;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw Unreadable("definition-shape", root, null, "a workflow definition is a JSON object");
        }

        var variables = ReadVariables(root, isWorkflow: true);
        var wrapper = ReadWorkflow(root, null, variables, out var outcomes);
        var options = Json.Object(root, "options");
        var strategy = SimpleTypeName(Json.Text(options, "incidentStrategyType"));
        var mode = Json.Text(Json.Object(root, "customProperties"), "Flowchart:ExecutionMode");
        return new WorkflowDefinition(json, path, Json.Text(root, "definitionId") ?? Json.Text(root, "id") ?? "", wrapper, _activities)
        {
            VersionId = Json.Text(root, "id"),
            Name = Json.Text(root, "name") ?? "",
            Description = Json.Text(root, "description"),
            Version = Json.Member(root, "version") is { ValueKind: JsonValueKind.Number } v && v.TryGetInt32(out var version) ? version : 1,
            Variables = variables,
            Inputs = ReadDeclarations(root, "inputs"),
            Outputs = ReadDeclarations(root, "outputs"),
            Outcomes = outcomes,
            UsableAsActivity = Json.Flag(options, "usableAsActivity") ?? Json.Flag(root, "usableAsActivity") ?? false,
            ContinuesWithIncidents = strategy == "ContinueWithIncidentsStrategy" && Json.Text(options, "incidentStrategyType")!.Contains("Elsa.", StringComparison.Ordinal),
            ActivationStrategy = SimpleTypeName(Json.Text(options, "activationStrategyType")),
            UsesTokens = mode is "TokenBased" or "Token",
        };
    }

    /// <summary>Wraps a definition's root activity as Elsa.Workflow; children that are flows themselves are numbered before their user.</summary>
    private ActivityNode ReadWorkflow(JsonElement root, ActivityNode? parent, IReadOnlyList<VariableDefinition> variables, out IReadOnlyList<string> outcomes)
    {
        outcomes = Json.Texts(root, "outcomes");
        var (line, column) = _source.PlaceOf(root);
        var number = parent is null ? CountForeign() + 1 : 1;
        var wrapper = new ActivityNode(string.Create(CultureInfo.InvariantCulture, $"Workflow{number}"), "Elsa.Workflow", parent, line, column)
        {
            Kind = ActivityRegistry.Workflow,
            DisplayName = Json.Text(root, "name") ?? "",
        };
        wrapper.Variables = variables;
        Add(wrapper, root);
        if (Json.Member(root, "root") is { ValueKind: JsonValueKind.Object } drawn)
        {
            wrapper.SetPort("root", ReadActivity(drawn, wrapper, inFlowchart: false));
        }
        else
        {
            var empty = new ActivityNode("Sequence1", "Elsa.Sequence", wrapper, line, column) { Kind = ActivityRegistry.Find("Elsa.Sequence") };
            Add(empty, root);
            wrapper.SetPort("root", empty);
        }

        return wrapper;
    }

    private int CountForeign() => _used.Count > 0 && UsesForeign(_source.Root) ? 1 : 0;

    private bool UsesForeign(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => (Json.Text(element, "workflowDefinitionVersionId") is not null && Json.Text(element, "type") is { } type && FindUsed(element, type) is not null)
            || element.EnumerateObject().Any(m => UsesForeign(m.Value)),
        JsonValueKind.Array => element.EnumerateArray().Any(UsesForeign),
        _ => false,
    };

    private ActivityNode ReadActivity(JsonElement element, ActivityNode parent, bool inFlowchart)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Unreadable("activity-shape", element, null, "an activity is a JSON object with id and type");
        }

        if (!element.TryGetProperty("type", out var typeMember) || typeMember.ValueKind != JsonValueKind.String)
        {
            throw Unreadable("activity-without-type", element, Json.Text(element, "id"), "an activity needs a lower-case member 'type'");
        }

        var type = typeMember.GetString()!;
        var id = Json.Text(element, "id");
        if (string.IsNullOrEmpty(id))
        {
            if (inFlowchart)
            {
                throw Unreadable("activity-without-id", element, null, $"an activity of type '{type}' in a flowchart needs an id");
            }

            id = NextId(type);
        }

        var custom = Json.Object(element, "customProperties");
        var metadata = Json.Object(element, "metadata");
        var version = Json.Member(element, "version") is { ValueKind: JsonValueKind.Number } v && v.TryGetInt32(out var number) ? number : 0;
        var kind = ActivityRegistry.Find(type);
        var foreign = kind is null ? FindUsed(element, type) : null;
        if (foreign is not null)
        {
            kind = ActivityRegistry.DefinitionActivity;
        }

        if (kind is not null && foreign is null && version > kind.Descriptor.Version)
        {
            kind = null;
        }

        if (kind is null)
        {
            ReportUnknownType(element, id, type);
        }

        var (line, column) = _source.PlaceOf(element);
        var name = Json.Text(element, "name");
        var inputs = foreign is null ? _inputs.Read(element, id, kind?.Descriptor) : _inputs.ReadForeign(element, id, foreign);
        var node = new ActivityNode(id, type, parent, line, column)
        {
            Name = name,
            DisplayName = Json.Text(metadata, "displayText") ?? name ?? id,
            Kind = kind,
            Inputs = inputs,
            Outputs = foreign is null ? InputReader.ReadOutputs(element, kind?.Descriptor) : InputReader.ReadForeignOutputs(element, foreign),
            Plain = InputReader.ReadPlain(element, kind?.Descriptor),
            CanStartWorkflow = Json.Flag(custom, "canStartWorkflow") ?? false,
            MergeMode = Json.Text(custom, "mergeMode"),
            Position = ReadPosition(metadata),
            ForeignDefinitionId = kind is null ? Json.Text(element, "workflowDefinitionId") : null,
        };
        node.TypeVersion = version;
        Add(node, element);
        ReadContent(element, node, foreign);
        kind?.Compile(node, _inputs);
        return node;
    }

    private void ReadContent(JsonElement element, ActivityNode node, WorkflowDefinition? foreign)
    {
        if (foreign is not null)
        {
            LinkForeign(node, foreign);
            return;
        }

        if (node.Kind is not { } kind)
        {
            return;
        }

        foreach (var port in kind.Descriptor.EmbeddedPorts)
        {
            if (Json.Member(element, port) is { ValueKind: JsonValueKind.Object } embedded)
            {
                node.SetPort(port, ReadActivity(embedded, node, inFlowchart: false));
            }
        }

        if (kind.Descriptor.IsContainer)
        {
            node.Variables = ReadVariables(element, isWorkflow: false);
            var isFlowchart = kind is Flowchart;
            var ids = new HashSet<string>(StringComparer.Ordinal);
            foreach (var child in Json.Items(element, kind.ContentMember))
            {
                var read = ReadActivity(child, node, isFlowchart);
                read.ChildIndex = node.Children.Count - 1;
                if (isFlowchart && !ids.Add(read.Id))
                {
                    throw Unreadable("duplicate-id", child, read.Id, $"the id '{read.Id}' is used twice in '{node.Id}'");
                }
            }

            if (isFlowchart)
            {
                ReadConnections(element, node);
                node.Graph = new FlowGraph(node);
            }
        }

        foreach (var (index, child) in kind.ListedContent(element))
        {
            node.SetPort(index, ReadActivity(child, node, inFlowchart: false));
        }
    }

    private void LinkForeign(ActivityNode node, WorkflowDefinition foreign)
    {
        if (++_linkDepth > 16)
        {
            throw Unreadable("cyclic-definition", _source.Root, node.Id, $"'{foreign.DefinitionId}' uses itself as an activity, directly or through others");
        }

        using var source = JsonSource.Parse(foreign.Write(), foreign.Path, _problems)
            ?? throw new InvalidOperationException("A definition that was read can be read again.");
        var reader = new DefinitionReader(source, _problems, _used) { _linkDepth = _linkDepth };
        reader._activities.AddRange(_activities);
        reader._nodeIds.UnionWith(_nodeIds);
        var wrapper = reader.ReadWorkflow(source.Root, node, foreign.Variables, out _);
        _activities.Clear();
        _activities.AddRange(reader._activities);
        _nodeIds.UnionWith(reader._nodeIds);
        node.SetPort("root", wrapper);
        node.Compiled = foreign;
        _linkDepth--;
    }

    private void Add(ActivityNode node, JsonElement at)
    {
        _activities.Add(node);
        if (_activities.Count > MaxActivities)
        {
            throw Unreadable("too-many-activities", at, node.Id, $"a definition may have {MaxActivities} activities at most");
        }

        if (!_nodeIds.Add(node.NodeId))
        {
            node.NodeId += string.Create(CultureInfo.InvariantCulture, $"#{_activities.Count}");
            _nodeIds.Add(node.NodeId);
        }
    }

    private WorkflowDefinition? FindUsed(JsonElement element, string type)
    {
        var id = Json.Text(element, "workflowDefinitionId");
        var version = Json.Text(element, "workflowDefinitionVersionId");
        return id is null ? null : _used.FirstOrDefault(d => d.UsableAsActivity
            && d.DefinitionId == id
            && (version is null || d.VersionId == version)
            && Pascal(d.Name) == type);
    }

    private void ReportUnknownType(JsonElement element, string id, string type)
    {
        if (type is "Elsa.RunJavaScript" or "Elsa.RunCSharp" or "Elsa.RunPython")
        {
            _problems.Add(_source.Problem(
                InputReader.ScriptCode, element, id, $"activity '{id}' is of type {type}: scripts are not run here; use Lambda expressions and our activities"));
            return;
        }

        var near = DidYouMean.Of(type, ActivityRegistry.Types);
        _problems.Add(_source.Problem("unknown-activity-type", element, id, $"activity '{id}' is of the unknown type '{type}'{near}"));
    }

    private void ReadConnections(JsonElement element, ActivityNode flowchart)
    {
        if (Json.Member(element, "connections") is not { } member || member.ValueKind is JsonValueKind.Null)
        {
            return;
        }

        if (member.ValueKind == JsonValueKind.Object && Json.Member(member, "$values") is null)
        {
            throw Unreadable("connections-shape", member, flowchart.Id, "connections must be a list");
        }

        var known = flowchart.Children.Select(c => c.Id).ToHashSet(StringComparer.Ordinal);
        var connections = new List<Connection>();
        var seen = new HashSet<(string, string?, string, string?)>();
        bool? flat = null;
        foreach (var item in Json.Items(element, "connections"))
        {
            if (++_connections > MaxConnections)
            {
                throw Unreadable("too-many-connections", item, flowchart.Id, $"a definition may have {MaxConnections} connections at most");
            }

            var isFlat = Json.Member(item, "source") is { ValueKind: JsonValueKind.String };
            if (flat is { } before && before != isFlat)
            {
                throw Unreadable("connections-mixed", item, flowchart.Id, "nested and flat connections must not be mixed");
            }

            flat = isFlat;
            var connection = isFlat ? ReadFlat(item) : ReadNested(item);
            if (connection is null || !known.Contains(connection.Source) || !known.Contains(connection.Target))
            {
                ReportLostConnection(item, flowchart, connection, known, isFlat);
                continue;
            }

            if (seen.Add((connection.Source, connection.SourcePort, connection.Target, connection.TargetPort)))
            {
                connections.Add(connection);
            }
        }

        flowchart.Connections = connections;
    }

    private Connection? ReadNested(JsonElement item)
    {
        var source = Json.Object(item, "source");
        var target = Json.Object(item, "target");
        return Json.Text(source, "activity") is { } from && Json.Text(target, "activity") is { } to
            ? new Connection(from, Json.Text(source, "port"), to, Json.Text(target, "port"), _source.PlaceOf(item).Line)
            : null;
    }

    private Connection? ReadFlat(JsonElement item) =>
        Json.Text(item, "source") is { } from && Json.Text(item, "target") is { } to
            ? new Connection(from, Json.Text(item, "sourcePort"), to, Json.Text(item, "targetPort"), _source.PlaceOf(item).Line)
            : null;

    private void ReportLostConnection(JsonElement item, ActivityNode flowchart, Connection? connection, HashSet<string> known, bool isFlat)
    {
        if (connection is null)
        {
            _problems.Add(_source.Problem("connection-shape", item, flowchart.Id, "a connection needs source.activity and target.activity"));
            return;
        }

        var lost = known.Contains(connection.Source) ? connection.Target : connection.Source;
        var message = known.Contains(connection.Source)
            ? $"step '{connection.Source}' goes to '{lost}', which is not a step{DidYouMean.Of(lost, known)}"
            : $"a connection to '{connection.Target}' begins at '{lost}', which is not a step{DidYouMean.Of(lost, known)}";
        if (isFlat)
        {
            throw Unreadable("unknown-step", item, flowchart.Id, message);
        }

        _problems.Add(_source.Problem("unknown-step", item, flowchart.Id, message));
    }

    private List<VariableDefinition> ReadVariables(JsonElement owner, bool isWorkflow)
    {
        var variables = new List<VariableDefinition>();
        foreach (var item in Json.Items(owner, "variables"))
        {
            var name = Json.Text(item, "name") ?? "";
            var id = Json.Text(item, "id") ?? name;
            if (Json.Text(item, "typeName") is not { } typeName)
            {
                throw Unreadable("variable-without-type", item, null, $"variable '{name}' needs a typeName");
            }

            var value = Json.Member(item, "value");
            if (isWorkflow && value is { ValueKind: not (JsonValueKind.String or JsonValueKind.Null) })
            {
                throw Unreadable("variable-value", value.Value, null, $"the initial value of variable '{name}' must be a text, e.g. \"5\" instead of 5");
            }

            var isArray = Json.Flag(item, "isArray") ?? false;
            var driver = Json.Text(item, "storageDriverTypeName");
            var type = DataType.Find(typeName);
            if (type is null)
            {
                _problems.Add(_source.Problem(
                    "unknown-variable-type", item, null, $"variable '{name}' is of the unknown type '{typeName}'{DidYouMean.Of(typeName, DataType.Aliases)}"));
                continue;
            }

            variables.Add(new VariableDefinition(id, name, typeName, isArray, AsText(value), driver, _source.PlaceOf(item).Line)
            {
                Type = isArray ? type.ArrayOf() : type,
                IsStored = isWorkflow
                    ? SimpleTypeName(driver) is "WorkflowInstanceStorageDriver" or "WorkflowStorageDriver" or "MemoryStorageDriver"
                    : driver == "Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core",
            });
        }

        return variables;
    }

    private static string? AsText(JsonElement? value) => value switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { ValueKind: JsonValueKind.True } => "True",
        { ValueKind: JsonValueKind.False } => "False",
        { } other => other.GetRawText(),
    };

    private static List<InputOutputDefinition> ReadDeclarations(JsonElement root, string member) =>
        [.. Json.Items(root, member).Select(i => new InputOutputDefinition(
            Json.Text(i, "name") ?? "", Json.Text(i, "type") ?? "Object", Json.Text(i, "storageDriverType")))];

    private static DesignerPosition? ReadPosition(JsonElement? metadata)
    {
        var designer = Json.Object(metadata, "designer");
        var size = Json.Object(designer, "size");
        return Json.Object(designer, "position") is { } position && Json.Number(position, "x") is { } x && Json.Number(position, "y") is { } y
            ? new DesignerPosition(x, y, Json.Number(size, "width"), Json.Number(size, "height"))
            : null;
    }

    private string NextId(string type)
    {
        var simple = type[(type.LastIndexOf('.') + 1)..];
        var next = _counters.GetValueOrDefault(simple) + 1;
        _counters[simple] = next;
        return string.Create(CultureInfo.InvariantCulture, $"{simple}{next}");
    }

    private static string? SimpleTypeName(string? assemblyQualified)
    {
        var name = assemblyQualified?.Split(',')[0].Trim();
        return name?[(name.LastIndexOf('.') + 1)..];
    }

    /// <summary>The type name of a definition used as an activity: the words of its name, joined.</summary>
    internal static string Pascal(string name)
    {
        var text = new StringBuilder();
        var start = true;
        foreach (var c in name)
        {
            if (!char.IsLetterOrDigit(c))
            {
                start = true;
                continue;
            }

            text.Append(start ? char.ToUpperInvariant(c) : c);
            start = false;
        }

        return text.ToString();
    }

    private UnreadableDefinition Unreadable(string code, JsonElement at, string? activityId, string message) =>
        new(_source.Problem(code, at, activityId, message));

    /// <summary>Unwinds the reader when the file cannot be understood; never leaves <see cref="Read(string, string, IReadOnlyList{WorkflowDefinition})"/>.</summary>
    private sealed class UnreadableDefinition(Problem problem) : Exception(problem.Message)
    {
        public Problem Problem { get; } = problem;
    }
}
