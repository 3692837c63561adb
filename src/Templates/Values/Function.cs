using WorkflowEngine.Templates.Rendering;
using WorkflowEngine.Templates.Tree;

namespace WorkflowEngine.Templates.Values;

/// <summary>Arguments by name, in the order written.</summary>
internal readonly record struct NamedArgument(string Name, object? Value);

/// <summary>Something that can be called.</summary>
internal abstract class Function
{
    public abstract string Name { get; }

    /// <param name="position">Where the call stands, for errors.</param>
    /// <param name="block">The statements that <c>wrap</c> hands over, which the function runs as <c>$$</c>.</param>
    public abstract object? Invoke(RenderContext context, int position, object?[] arguments, NamedArgument[]? named, Block? block);
}
