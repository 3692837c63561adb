namespace WorkflowEngine.Workflows.Definitions;

/// <summary>What came of reading a definition: the definition when it can be run or shown, and everything wrong with the file.</summary>
public sealed record DefinitionResult(WorkflowDefinition? Definition, IReadOnlyList<Problem> Problems);

/// <summary>An Elsa 3 workflow definition. Immutable, shared by all its instances.</summary>
public sealed class WorkflowDefinition
{
    private readonly string _source;

    private WorkflowDefinition(string source, string path, string definitionId)
    {
        _source = source;
        Path = path;
        DefinitionId = definitionId;
    }

    public string Path { get; }

    public string DefinitionId { get; }

    public string? VersionId { get; private init; }

    public string Name { get; private init; } = "";

    public int Version { get; private init; } = 1;

    /// <summary>All activities of the flow, containers before their content, in the order of the file.</summary>
    public IReadOnlyList<ActivityNode> Activities { get; private init; } = [];

    public IReadOnlyList<VariableDefinition> Variables { get; private init; } = [];

    /// <summary>The activity with this id; the first one in file order when containers repeat it.</summary>
    public ActivityNode? Find(string activityId) => Activities.FirstOrDefault(a => a.Id == activityId);

    /// <summary>Gives back exactly what was read: unknown members, designer data and order included.</summary>
    public string Write() => _source;

    /// <summary>Reads Elsa 3 workflow-definition JSON.</summary>
    /// <param name="path">The file's name, for problems.</param>
    public static DefinitionResult Read(string json, string path) => throw new NotSupportedException("The reader follows.");
}

/// <summary>One activity of a definition with its place in the file.</summary>
public sealed record ActivityNode(string Id, string Type, string DisplayName, int Line, int Column)
{
    /// <summary>The container's activity; null for the root.</summary>
    public ActivityNode? Parent { get; init; }

    public string? Name { get; init; }

    /// <summary>Position in the designer, when drawn.</summary>
    public DesignerPosition? Position { get; init; }

    /// <summary>The inputs as written, by camel-case name.</summary>
    public IReadOnlyDictionary<string, InputDefinition> Inputs { get; init; } = new Dictionary<string, InputDefinition>();

    /// <summary>Activities directly inside this one.</summary>
    public IReadOnlyList<ActivityNode> Children { get; init; } = [];

    /// <summary>Connections of a flowchart between its children.</summary>
    public IReadOnlyList<Connection> Connections { get; init; } = [];
}

/// <summary>Centre or corner of an activity on the designer's canvas, in pixels.</summary>
public sealed record DesignerPosition(double X, double Y, double? Width, double? Height);

/// <summary>An input as written: the expression's type (Literal, Variable, Lambda, …) and its raw JSON value.</summary>
public sealed record InputDefinition(string Name, string? ExpressionType, string? RawValue, int Line, int Column);

/// <summary>An edge of a flowchart from an outcome of one activity to another activity.</summary>
public sealed record Connection(string Source, string? SourcePort, string Target, string? TargetPort, int Line);

/// <summary>A variable of the workflow or of a container.</summary>
public sealed record VariableDefinition(string Id, string Name, string TypeName, bool IsArray, string? Value, string? StorageDriver, int Line);
