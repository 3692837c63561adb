using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkflowEngine.Rules;

/// <summary>
/// What an expression can read of objects whose types are taken from their values: the names that are written in it, and beneath each the members that are. Facts of a
/// case are large and most expressions ask for one of them; what is not asked for is neither typed nor copied, and another shape of it is no other expression.
/// </summary>
internal sealed class NamesUsed
{
    /// <summary>By name; names that differ in letter case may be the same.</summary>
    private readonly Dictionary<string, NamesUsed> _members = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The value itself is used, not only members of it.</summary>
    private bool _isWhole;

    public static NamesUsed In(Syntax expression)
    {
        var used = new NamesUsed();
        used.Add(expression);
        return used;
    }

    public bool Has(string name) => _members.ContainsKey(name);

    /// <summary>As much of a value as can be read of it by this name.</summary>
    public object? Of(string name, object? value) => _members.TryGetValue(name, out var used) ? used.Of(value) : null;

    private object? Of(object? value) => _isWhole ? value : value switch
    {
        JsonElement { ValueKind: JsonValueKind.Object } json => Chosen(json.EnumerateObject().Select(member => new KeyValuePair<string, object?>(member.Name, member.Value))),
        JsonObject json => Chosen(json.Select(member => new KeyValuePair<string, object?>(member.Key, member.Value))),
        IEnumerable<KeyValuePair<string, object?>> members => Chosen(members),
        _ => value,
    };

    private Dictionary<string, object?> Chosen(IEnumerable<KeyValuePair<string, object?>> members)
    {
        var chosen = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, value) in members)
        {
            if (_members.TryGetValue(name, out var used)) chosen[name] = used.Of(value);
        }

        return chosen;
    }

    private void Add(Syntax expression)
    {
        Descend(expression);
        switch (expression)
        {
            case Syntax.Literal:
                break;
            case Syntax.Name or Syntax.Member when Path(expression) is { } path:
                path._isWhole = true;
                break;
            case Syntax.Member member:
                Add(member.Target);
                break;
            case Syntax.Call call:
                if (call.Target is not null) Add(call.Target);
                AddAll(call.Arguments);
                break;
            case Syntax.NullableCast cast:
                AddAll(cast.Arguments);
                break;
            case Syntax.Index index:
                Add(index.Target);
                AddAll(index.Arguments);
                break;
            case Syntax.Unary unary:
                Add(unary.Operand);
                break;
            case Syntax.Binary binary:
                AddAll([binary.Left, binary.Right]);
                break;
            case Syntax.InList list:
                AddAll([list.Value, .. list.Items]);
                break;
            case Syntax.InSequence sequence:
                AddAll([sequence.Value, sequence.Sequence]);
                break;
            case Syntax.Conditional conditional:
                AddAll([conditional.Test, conditional.Then, conditional.Else]);
                break;
            case Syntax.Coalesce coalesce:
                AddAll([coalesce.Left, coalesce.Right]);
                break;
            case Syntax.Lambda lambda:
                Add(lambda.Body);
                break;
            case Syntax.New made:
                AddAll(made.Members.Select(member => member.Value));
                break;
            case Syntax.NewArray array:
                AddAll(array.Items);
                break;
            default:
                throw new InvalidOperationException($"Unknown syntax {expression.GetType().Name}.");
        }
    }

    private void AddAll(IEnumerable<Syntax> expressions)
    {
        foreach (var expression in expressions) Add(expression);
    }

    /// <summary><c>a.b.c</c>; null for a member of anything but names.</summary>
    private NamesUsed? Path(Syntax expression)
    {
        Descend(expression);
        return expression switch
        {
            Syntax.Name name => Member(name.Text),
            Syntax.Member member => Path(member.Target)?.Member(member.Text),
            _ => null,
        };
    }

    private static void Descend(Syntax into)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw new ExpressionException("the expression is too long to be understood, split it into parameters", into.Position);
    }

    private NamesUsed Member(string name) => _members.TryGetValue(name, out var known) ? known : _members[name] = new NamesUsed();
}
