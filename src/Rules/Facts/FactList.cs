namespace WorkflowEngine.Rules;

/// <summary>A list whose elements have a known type also when it is empty or its first elements lack a member, so that a Lambda over it holds for every case.</summary>
/// <param name="Element">Members of type <see cref="FactType.Any"/> take theirs from the values.</param>
/// <param name="Items">The elements in any form that facts have.</param>
public sealed record FactList(FactType Element, object? Items);

/// <summary>A <see cref="FactList"/> in plain form.</summary>
internal sealed class TypedList(FactType element, List<object?> items) : List<object?>(items)
{
    public FactType Element { get; } = element;
}
