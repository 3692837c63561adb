namespace WorkflowEngine.Workflows.Activities;

/// <summary>What designers and checks know about a kind of activity.</summary>
/// <param name="Type">Full name in files: <c>Elsa.If</c>, <c>Gov.HumanTask</c>.</param>
/// <param name="DisplayName">zh-CN.</param>
/// <param name="Category">zh-CN group in the palette.</param>
/// <param name="Description">zh-CN, one sentence.</param>
public sealed record ActivityDescriptor(string Type, string DisplayName, string Category, string Description)
{
    public int Version { get; init; } = 1;

    public IReadOnlyList<InputDescriptor> Inputs { get; init; } = [];

    public IReadOnlyList<OutputDescriptor> Outputs { get; init; } = [];

    /// <summary>Outcome ports that are always there. Activities with ports of their own making (cases, task outcomes) add theirs.</summary>
    public IReadOnlyList<string> Ports { get; init; } = ["Done"];

    /// <summary>Ports that fire while the activity stays open.</summary>
    public IReadOnlyList<string> SidePorts { get; init; } = [];

    /// <summary>Properties that hold an activity: then, else, body.</summary>
    public IReadOnlyList<string> EmbeddedPorts { get; init; } = [];

    /// <summary>Further outcome ports come from the activity's own inputs.</summary>
    public bool HasDynamicPorts { get; init; }

    /// <summary>May begin an instance.</summary>
    public bool IsTrigger { get; init; }

    /// <summary>Of Elsa's kind Task: with <c>runAsynchronously</c> it runs apart, in a burst of its own.</summary>
    public bool IsTask { get; init; }

    /// <summary>Ends its flowchart.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>Holds a list of activities.</summary>
    public bool IsContainer { get; init; }

    /// <summary>Offered in palettes.</summary>
    public bool IsBrowsable { get; init; } = true;
}

/// <summary>An input of an activity. <paramref name="TypeName"/> is an Elsa type alias; <paramref name="DisplayName"/> is zh-CN.</summary>
public sealed record InputDescriptor(string Name, string TypeName, string DisplayName)
{
    public string? Default { get; init; }

    public bool IsRequired { get; init; }

    /// <summary>Written as plain JSON, without the wrapper of an expression.</summary>
    public bool IsPlain { get; init; }

    /// <summary>Choices of an enumeration.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];
}

/// <summary>An output that may be bound to a variable.</summary>
public sealed record OutputDescriptor(string Name, string TypeName, string DisplayName);
