using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Expressions;

namespace WorkflowEngine.Workflows.Execution;

/// <summary>
/// The variables that loops hand to their body. They have fixed ids, so nested loops share them, and they live both in the body itself and in the
/// nearest container at or above it, which is what flows drawn for Elsa observe.
/// </summary>
internal static class LoopVariables
{
    public const string ValueId = "currentValueVariable";
    public const string IndexId = "currentIndexVariable";

    private static readonly VariableDefinition Value = new(ValueId, "CurrentValue", "Object", false, null, null, 0) { Type = DataType.Any, IsStored = true };
    private static readonly VariableDefinition Index = new(IndexId, "CurrentIndex", "Int32", false, null, null, 0) { Type = DataType.Find("Int32"), IsStored = true };

    public static VariableDefinition? Find(string id) => id switch
    {
        ValueId => Value,
        IndexId => Index,
        _ => null,
    };

    public static void Declare(ActivityInstance body, LoopValue loop)
    {
        DeclareIn(body, loop);
        for (var at = body; at is not null; at = at.Parent)
        {
            if (at.Node.Kind is { HoldsVariables: true })
            {
                DeclareIn(at, loop);
                return;
            }
        }
    }

    private static void DeclareIn(ActivityInstance instance, LoopValue loop)
    {
        instance.Declare(Value, loop.Value);
        if (loop.Index is { } index)
        {
            instance.Declare(Index, index);
        }
    }
}
