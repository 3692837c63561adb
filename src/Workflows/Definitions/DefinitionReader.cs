using System.Globalization;
using System.Text.Json;
using WorkflowEngine.Rules;
using WorkflowEngine.Workflows.Activities;
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
    private const long MaxLinkedLength = 64 * 1024 * 1024;

    private readonly JsonSource _source;
    private readonly List<Problem> _problems;
    private readonly ForeignActivities _foreign;
    private readonly List<ActivityNode> _activities;
    private readonly Dictionary<string, int> _counters = new(StringComparer.Ordinal);
    private readonly HashSet<string> _nodeIds;
    private readonly InputReader _inputs;
    private readonly VariableReader _variables;
    private readonly ConnectionReader _connections;
    private HashSet<string>? _written;
    private int _linkDepth;
    private long _linkedLength;

    /// <param name="activities">All that were read so far, with those of the flow that uses this one.</param>
    private DefinitionReader(JsonSource source, List<Problem> problems, ForeignActivities foreign, List<ActivityNode> activities, HashSet<string> nodeIds)
    {
        _activities = activities;
        _nodeIds = nodeIds;
        _source = source;
        _problems = problems;
        _foreign = foreign;
        _inputs = new InputReader(source, problems);
        _variables = new VariableReader(source, problems);
        _connections = new ConnectionReader(source, problems);
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
            return new DefinitionResult(new DefinitionReader(source, problems, new ForeignActivities(used), [], new HashSet<string>(StringComparer.Ordinal)).Read(json, path), problems);
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

        var variables = _variables.Read(root, isWorkflow: true);
        var wrapper = ReadWorkflow(root, null, variables, out var outcomes);
        var options = Json.Object(root, "options");
        var strategies = new OptionsReader(_source, _problems);
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
            ContinuesWithIncidents = strategies.ReadContinuesWithIncidents(options),
            ActivationStrategy = strategies.ReadActivation(options),
            UsesTokens = mode is "TokenBased" or "Token",
        };
    }

    /// <summary>Wraps a definition's root activity as Elsa.Workflow; children that are flows themselves are numbered before their user.</summary>
    private ActivityNode ReadWorkflow(JsonElement root, ActivityNode? parent, IReadOnlyList<VariableDefinition> variables, out IReadOnlyList<string> outcomes)
    {
        outcomes = Json.Texts(root, "outcomes");
        var (line, column) = _source.PlaceOf(root);
        var number = _foreign.NumberOf(root);
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
        if (type == "Elsa.NotFoundActivity" && ReadOriginal(element) is { } original)
        {
            return ReadActivity(original, parent, inFlowchart);
        }

        var id = Json.Text(element, "id");
        if (string.IsNullOrEmpty(id))
        {
            if (inFlowchart)
            {
                throw Unreadable("activity-without-id", element, null, $"an activity of type '{type}' in a flowchart needs an id");
            }

            id = NextId(type);
        }

        RequireShape(element, id);
        var custom = Json.Object(element, "customProperties");
        var metadata = Json.Object(element, "metadata");
        var version = Json.Member(element, "version") is { ValueKind: JsonValueKind.Number } v && v.TryGetInt32(out var number) ? number : 0;
        var kind = ActivityRegistry.Find(type);
        var foreign = kind is null ? _foreign.Find(element, type) : null;
        if (foreign is not null)
        {
            kind = ActivityRegistry.DefinitionActivity;
            RequireUseShape(element, id);
        }

        if (kind is not null && foreign is null && version > kind.Descriptor.Version)
        {
            kind = null;
        }

        if (kind is null)
        {
            ReportUnknownType(element, id, type, version);
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
            Outputs = foreign is null ? _inputs.ReadOutputs(element, id, kind?.Descriptor) : _inputs.ReadForeignOutputs(element, id, foreign),
            Plain = InputReader.ReadPlain(element, kind?.Descriptor),
            CanStartWorkflow = Json.Flag(custom, "canStartWorkflow") ?? Json.Flag(element, "canStartWorkflow") ?? false,
            RunsApart = ReadRunsApart(element, custom, id, kind),
            MergeMode = ReadMergeMode(custom, id),
            Position = ReadPosition(metadata),
            ForeignDefinitionId = kind is null ? Json.Text(element, "workflowDefinitionId") : null,
        };
        node.TypeVersion = version;
        Add(node, element);
        ReadContent(element, node, foreign);
        kind?.Compile(node, _inputs);
        return node;
    }

    /// <summary>Members that every activity has; where they are of another kind, as when an input has such a name, Elsa does not load the file.</summary>
    private void RequireShape(JsonElement element, string id)
    {
        if (Json.Member(element, "name") is { ValueKind: not (JsonValueKind.String or JsonValueKind.Null) } name)
        {
            throw Unreadable("activity-shape", name, id, $"'name' of '{id}' must be a text");
        }

        if (Json.Member(element, "version") is { } version && !(version.ValueKind == JsonValueKind.Number && version.TryGetInt32(out _)))
        {
            throw Unreadable("activity-shape", version, id, $"'version' of '{id}' must be a whole number");
        }

        if (Json.Member(element, "customProperties") is { ValueKind: not JsonValueKind.Object } custom)
        {
            throw Unreadable("activity-shape", custom, id, $"'customProperties' of '{id}' must be an object");
        }
    }

    /// <summary>The same of members that only the use of another flow has: an input of that flow may not have such a name.</summary>
    private void RequireUseShape(JsonElement element, string id)
    {
        foreach (var name in (string[])["nodeId", "workflowDefinitionId", "workflowDefinitionVersionId", "latestAvailablePublishedVersionId"])
        {
            if (Json.Member(element, name) is { ValueKind: not (JsonValueKind.String or JsonValueKind.Null) } written)
            {
                throw Unreadable("activity-shape", written, id, $"'{name}' of '{id}' must be a text");
            }
        }

        if (Json.Member(element, "latestAvailablePublishedVersion") is { ValueKind: not JsonValueKind.Null } version
            && !(version.ValueKind == JsonValueKind.Number && version.TryGetInt32(out _)))
        {
            throw Unreadable("activity-shape", version, id, $"'latestAvailablePublishedVersion' of '{id}' must be a whole number");
        }

        foreach (var name in (string[])["canStartWorkflow", "runAsynchronously"])
        {
            if (Json.Member(element, name) is { ValueKind: JsonValueKind.Object or JsonValueKind.Array } written)
            {
                throw Unreadable("activity-shape", written, id, $"'{name}' of '{id}' must be true or false");
            }
        }
    }

    /// <summary>What a studio that did not know an activity's type wrote in its place holds the activity as it was.</summary>
    private static JsonElement? ReadOriginal(JsonElement element)
    {
        if (Json.Text(element, "originalActivityJson") is not { } written)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(written, new JsonDocumentOptions { MaxDepth = JsonSource.MaxDepth });
            var original = document.RootElement;
            return original.ValueKind == JsonValueKind.Object && Json.Text(original, "type") is { } type && type != "Elsa.NotFoundActivity" ? original.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
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
            node.Variables = _variables.Read(element, isWorkflow: false);
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
                _connections.Read(element, node);
                node.Graph = new FlowGraph(node);
                ReportStart(element, node);
            }
        }

        foreach (var (index, child) in kind.ListedContent(element))
        {
            node.SetPort(index, ReadActivity(child, node, inFlowchart: false));
        }
    }

    /// <summary>Elsa does not read <c>start</c>; a flow whose author relies on it would begin elsewhere.</summary>
    private void ReportStart(JsonElement element, ActivityNode flowchart)
    {
        if (Json.Member(element, "start") is not { ValueKind: JsonValueKind.String or JsonValueKind.Object } start)
        {
            return;
        }

        var wanted = start.ValueKind == JsonValueKind.String ? start.GetString() : Json.Text(start, "id");
        var real = flowchart.Graph!.Start < 0 ? null : flowchart.Children[flowchart.Graph.Start].Id;
        if (wanted != real)
        {
            _problems.Add(_source.Problem(
                "start-not-read", start, flowchart.Id, $"'start' of '{flowchart.Id}' names '{wanted}', but is not read: the flow begins at '{real}'; draw an Elsa.Start before '{wanted}'"));
        }
    }

    private void LinkForeign(ActivityNode node, WorkflowDefinition foreign)
    {
        _linkedLength += foreign.Write().Length;
        if (_linkedLength > MaxLinkedLength)
        {
            throw Unreadable("too-many-activities", _source.Root, node.Id, "the flows that are used as activities are larger than 64 MB together, each use counted");
        }

        if (++_linkDepth > 16)
        {
            throw Unreadable("cyclic-definition", _source.Root, node.Id, $"'{foreign.DefinitionId}' uses itself as an activity, directly or through others");
        }

        using var source = JsonSource.Parse(foreign.Write(), foreign.Path, _problems)
            ?? throw new InvalidOperationException("A definition that was read can be read again.");
        var reader = new DefinitionReader(source, _problems, _foreign, _activities, _nodeIds) { _linkDepth = _linkDepth, _linkedLength = _linkedLength };
        var wrapper = reader.ReadWorkflow(source.Root, node, foreign.Variables, out _);
        _linkedLength = reader._linkedLength;
        node.SetPort("root", wrapper);
        node.Compiled = foreign;
        node.Variables = [.. VariableReader.OfUse(foreign)];
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

    private void ReportUnknownType(JsonElement element, string id, string type, int version)
    {
        if (ActivityRegistry.Find(type) is { } newest)
        {
            _problems.Add(_source.Problem(
                "unknown-activity-version", element, id, $"activity '{id}' is of version {version} of {type}; the newest one here is {newest.Descriptor.Version}"));
            return;
        }

        if (type is "Elsa.RunJavaScript" or "Elsa.RunCSharp" or "Elsa.RunPython")
        {
            _problems.Add(_source.Problem(
                InputReader.ScriptCode, element, id, $"activity '{id}' is of type {type}: scripts are not run here; use Lambda expressions and our activities"));
            return;
        }

        var near = DidYouMean.Of(type, ActivityRegistry.Types);
        _problems.Add(_source.Problem("unknown-activity-type", element, id, $"activity '{id}' is of the unknown type '{type}'{near}"));
    }

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

    /// <summary>Elsa runs its tasks apart when they say so, and says nothing to any other activity that does.</summary>
    private bool ReadRunsApart(JsonElement element, JsonElement? custom, string id, ActivityKind? kind)
    {
        const string Name = "runAsynchronously";
        var holder = Json.Flag(custom, Name) is null ? element : custom!.Value;
        var wanted = Json.Flag(holder, Name) ?? false;
        if (wanted && kind is { Descriptor.IsTask: false })
        {
            _problems.Add(_source.Problem(
                "runs-apart", Json.Member(holder, Name)!.Value, id,
                $"'{Name}' has no effect on '{id}': a '{kind.Descriptor.Type}' runs at once. Only {string.Join(", ", ActivityRegistry.Tasks)} run apart"));
            return false;
        }

        return wanted;
    }

    private string? ReadMergeMode(JsonElement? custom, string id)
    {
        var written = Json.Text(custom, "mergeMode");
        if (!string.IsNullOrEmpty(written) && !Enum.TryParse<MergeMode>(written, ignoreCase: true, out _))
        {
            var known = Enum.GetNames<MergeMode>();
            _problems.Add(_source.Problem(
                "unknown-option", Json.Member(custom, "mergeMode")!.Value, id, $"'{written}' is no mergeMode ({string.Join(", ", known)}) and would be read as None{DidYouMean.Of(written, known)}"));
        }

        return written;
    }

    private string NextId(string type)
    {
        var simple = type[(type.LastIndexOf('.') + 1)..];
        _written ??= ForeignActivities.IdsIn(_source.Root).ToHashSet(StringComparer.Ordinal);
        while (true)
        {
            var next = _counters.GetValueOrDefault(simple) + 1;
            _counters[simple] = next;
            var id = string.Create(CultureInfo.InvariantCulture, $"{simple}{next}");
            if (!_written.Contains(id))
            {
                return id;
            }
        }
    }

    private UnreadableDefinition Unreadable(string code, JsonElement at, string? activityId, string message) =>
        new(_source.Problem(code, at, activityId, message));
}

/// <summary>Unwinds the reader when the file cannot be understood; never leaves <see cref="DefinitionReader"/>.</summary>
internal sealed class UnreadableDefinition(Problem problem) : Exception(problem.Message)
{
    public Problem Problem { get; } = problem;
}
