using WorkflowEngine.Templates.Tree;
using WorkflowEngine.Templates.Values;

namespace WorkflowEngine.Templates.Rendering;

/// <summary>A running loop: its variable, which hides others of the name, and what <c>for.index</c> answers.</summary>
internal sealed class LoopFrame(string stateName, LoopState state, string? variable, bool isLocal)
{
    public string StateName { get; } = stateName;

    public LoopState State { get; } = state;

    public string? Variable { get; } = variable;

    /// <summary>The variable is <c>$name</c>.</summary>
    public bool IsLocal { get; } = isLocal;

    public object? Value { get; set; }
}

/// <summary>One layer of the variables without <c>$</c>: the model, the object of a <c>with</c>, or the parameters of a function.</summary>
/// <param name="list">The list of a <c>with</c>, whose members they are.</param>
internal sealed class GlobalScope(ScriptObject members, ScriptArray? list = null)
{
    public ScriptObject Members { get; } = members;

    public ScriptArray? List { get; } = list;

    public List<LoopFrame>? Loops { get; set; }
}

/// <summary>The variables with <c>$</c> of one page or function.</summary>
internal sealed class LocalScope
{
    public Dictionary<string, object?>? Variables { get; set; }

    public HashSet<string>? ReadOnly { get; set; }

    /// <summary><c>$</c>.</summary>
    public ScriptArray? Arguments { get; init; }

    /// <summary><c>$$</c>: what <c>wrap</c> handed over.</summary>
    public Block? Wrapped { get; init; }

    public List<LoopFrame>? Loops { get; set; }
}
