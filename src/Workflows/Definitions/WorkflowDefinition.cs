using System.Collections.Frozen;

namespace WorkflowEngine.Workflows.Definitions;

/// <summary>
/// What came of reading a definition: everything wrong with the file, and the definition itself unless the file cannot be understood at all.
/// A definition with problems of severity Error can be shown but must not be published.
/// </summary>
public sealed record DefinitionResult(WorkflowDefinition? Definition, IReadOnlyList<Problem> Problems);

/// <summary>An Elsa 3 workflow definition, compiled once. Immutable, shared by all its instances.</summary>
public sealed class WorkflowDefinition
{
    private readonly string _source;
    private string[]? _registerVariables;
    private readonly FrozenDictionary<string, ActivityNode> _byNodeId;

    internal WorkflowDefinition(string source, string path, string definitionId, ActivityNode root, IReadOnlyList<ActivityNode> activities)
    {
        _source = source;
        Path = path;
        DefinitionId = definitionId;
        Root = root;
        Activities = activities;
        _byNodeId = activities.ToFrozenDictionary(a => a.NodeId, StringComparer.Ordinal);
        ForeignDefinitions = [.. activities.Where(a => a.ForeignDefinitionId is not null).Select(a => a.ForeignDefinitionId!).Distinct(StringComparer.Ordinal)];
    }

    public string Path { get; }

    public string DefinitionId { get; }

    public string? VersionId { get; internal init; }

    public string Name { get; internal init; } = "";

    public string? Description { get; internal init; }

    public int Version { get; internal init; } = 1;

    /// <summary>The activity Elsa.Workflow that wraps the drawn root; its id is <c>Workflow1</c>.</summary>
    public ActivityNode Root { get; }

    /// <summary>All activities of the flow, containers before their content, in the order of the file. The first is <see cref="Root"/>.</summary>
    public IReadOnlyList<ActivityNode> Activities { get; }

    public IReadOnlyList<VariableDefinition> Variables { get; internal init; } = [];

    public IReadOnlyList<InputOutputDefinition> Inputs { get; internal init; } = [];

    public IReadOnlyList<InputOutputDefinition> Outputs { get; internal init; } = [];

    /// <summary>Outcomes that the definition offers when it is used as an activity.</summary>
    public IReadOnlyList<string> Outcomes { get; internal init; } = [];

    /// <summary>The definition may be used as an activity of other flows.</summary>
    public bool UsableAsActivity { get; internal init; }

    /// <summary>
    /// An activity's fault stops only its own branch. Null: the definition does not say. Then a flow ends as it does in Elsa, and a case goes on: its other
    /// branches carry people's limits.
    /// </summary>
    public bool? ContinuesWithIncidents { get; internal init; }

    /// <summary>Whether an instance may start while others run; see <see cref="ActivationExclusion"/>.</summary>
    public ActivationStrategy ActivationStrategy { get; internal init; }

    /// <summary>The flow asks for token mode (<c>customProperties["Flowchart:ExecutionMode"]</c>); counter mode is the default.</summary>
    public bool UsesTokens { get; internal init; }

    /// <summary>Definition ids of the flows that this flow uses as activities and that are not linked in yet.</summary>
    public IReadOnlyList<string> ForeignDefinitions { get; }

    /// <summary>The activity with this id; the first one in file order when containers repeat it.</summary>
    public ActivityNode? Find(string activityId)
    {
        foreach (var activity in Activities)
        {
            if (string.Equals(activity.Id, activityId, StringComparison.Ordinal))
            {
                return activity;
            }
        }

        return null;
    }

    /// <summary>Gives back exactly what was read: unknown members, designer data and order included.</summary>
    public string Write() => _source;

    /// <summary>Names of variables that take what the register of cases answered.</summary>
    internal IReadOnlyCollection<string> RegisterVariables => _registerVariables ??=
    [
        .. Activities
            .Where(activity => activity.Type == "Gov.FindCases" && activity.Outputs.ContainsKey("result"))
            .SelectMany(activity => Variables.Where(variable => variable.Id == activity.Outputs["result"]))
            .Select(variable => variable.Name)
            .Distinct(StringComparer.Ordinal),
    ];

    /// <summary>Reads Elsa 3 workflow-definition JSON. <paramref name="path"/> is the file's name, for problems.</summary>
    public static DefinitionResult Read(string json, string path) => DefinitionReader.Read(json, path, []);

    /// <summary>Reads a definition together with the definitions that it uses as activities.</summary>
    public static DefinitionResult Read(string json, string path, IReadOnlyList<WorkflowDefinition> used) =>
        DefinitionReader.Read(json, path, used);

    internal ActivityNode? FindNode(string nodeId) => _byNodeId.GetValueOrDefault(nodeId);

    internal ActivityNode Node(string nodeId) =>
        FindNode(nodeId) ?? throw new FormatException($"The state speaks of activity '{nodeId}', which definition '{DefinitionId}' version {Version} does not have.");
}

/// <summary>An input or output that a definition declares.</summary>
public sealed record InputOutputDefinition(string Name, string TypeName, string? StorageDriver);

/// <summary>A variable of the workflow or of a container. <see cref="Value"/> is the initial value as text.</summary>
public sealed record VariableDefinition(string Id, string Name, string TypeName, bool IsArray, string? Value, string? StorageDriver, int Line)
{
    internal Expressions.DataType? Type { get; init; }

    /// <summary>The value survives a suspension; without a driver the variable begins each burst with its initial value.</summary>
    internal bool IsStored { get; init; }

    /// <summary>The types that variables, inputs and outputs may be declared with.</summary>
    public static IEnumerable<string> TypeNames => Expressions.DataType.Aliases;

    /// <summary>Whether a value that is written in a file is one of the variable's type; what is not would silently become the type's default.</summary>
    public bool CanHold(System.Text.Json.Nodes.JsonNode? literal)
    {
        if (literal is null || Type is not { Clr.IsValueType: true } type || IsArray)
        {
            return true;
        }

        try
        {
            return Expressions.Conversion.To(Expressions.Conversion.Plain(literal), type.Clr, strictly: true) is not null;
        }
        catch (Expressions.ConversionException)
        {
            return false;
        }
    }
}
