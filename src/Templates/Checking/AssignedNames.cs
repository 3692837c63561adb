using WorkflowEngine.Templates.Tree;

namespace WorkflowEngine.Templates.Checking;

/// <summary>The variables that a template gives a value to, wherever that stands: a function may be called before the line that assigns what it reads.</summary>
internal static class AssignedNames
{
    public static void Collect(Block? block, HashSet<string> names)
    {
        foreach (var statement in block?.Statements ?? [])
        {
            Collect(statement, names);
        }
    }

    private static void Collect(Statement statement, HashSet<string> names)
    {
        switch (statement)
        {
            case AssignStatement { Target: GlobalVariable variable }:
                names.Add(variable.Name);
                break;
            case AssignIfNullStatement { Target: GlobalVariable variable }:
                names.Add(variable.Name);
                break;
            case CaptureStatement capture:
                Add(capture.Target, names);
                Collect(capture.Body, names);
                break;
            case FunctionStatement function:
                Add(function.Target, names);
                Collect(function.Body.Block, names);
                break;
            case IfStatement @if:
                Array.ForEach(@if.Branches, b => Collect(b.Body, names));
                break;
            case CaseStatement @case:
                Array.ForEach(@case.Whens, w => Collect(w.Body, names));
                break;
            case ForStatement loop:
                Collect(loop.Body, names);
                Collect(loop.Otherwise, names);
                break;
            case WhileStatement loop:
                Collect(loop.Body, names);
                break;
            case WithStatement:
                // What is assigned in there belongs to the object.
                break;
            case WrapStatement wrap:
                Collect(wrap.Body, names);
                break;
            default:
                break;
        }
    }

    private static void Add(PathExpression target, HashSet<string> names)
    {
        if (target is GlobalVariable variable)
        {
            names.Add(variable.Name);
        }
    }
}
