using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace WorkflowEngine.Rules;

/// <summary>
/// Gives names and types to an expression: from what is written to what can be run. One binder per expression.
/// </summary>
internal sealed partial class Binder
{
    public static readonly ParameterExpression FrameParameter = Expression.Parameter(typeof(Frame), "frame");

    private const int DeepestTypes = 6;
    private const int DeepestFunctions = 6;
    private const int TallestTree = 1_500;

    private static readonly PropertyInfo SlotsProperty = typeof(Frame).GetProperty(nameof(Frame.Slots))!;
    private static readonly PropertyInfo ValuesProperty = typeof(FactRecord).GetProperty(nameof(FactRecord.Values))!;
    private static readonly ConstructorInfo NewRecord = typeof(FactRecord).GetConstructors()[0];
    private static readonly MethodInfo StepMethod = typeof(Frame).GetMethod(nameof(Frame.Step))!;
    private static readonly MethodInfo ReadMemberMethod = typeof(ExpressionRuntime).GetMethod(nameof(ExpressionRuntime.Member))!;
    private static readonly Expression SlotsNode = Expression.Property(FrameParameter, SlotsProperty);

    private readonly RuleSettings _settings;
    private readonly Scope _scope;
    private readonly bool _declared;
    private readonly List<(string Name, Bound Value)> _lambdas = [];
    private readonly List<FactPath> _readings = [];
    private Bound? _it;
    private Bound? _parent;
    private readonly Bound? _root;
    private bool _nullSafe;
    private int _height;
    private int _nodes;

    private Binder(Scope scope, RuleSettings settings, bool declared)
    {
        (_scope, _settings, _declared) = (scope, settings, declared);
        _it = scope.Single(ofInputs: !settings.Compat);
        _root = _it;
    }

    private bool Compat => _settings.Compat;

    /// <summary>Binds an expression.</summary>
    /// <param name="syntax">What is written.</param>
    /// <param name="scope">The names it may use.</param>
    /// <param name="settings">The dialect.</param>
    /// <param name="declared">True when the types were declared, false when they were taken from values.</param>
    /// <exception cref="ExpressionException">Names or types do not fit.</exception>
    public static BoundExpression Bind(Syntax syntax, Scope scope, RuleSettings settings, bool declared)
    {
        var binder = new Binder(scope, settings, declared);
        var bound = binder.Bind(syntax);
        return new BoundExpression(bound, [.. binder._readings.DistinctBy(path => path.Text)], binder._nodes);
    }

    public static Expression ReadSlot(int slot, Type clr) => Unboxed(Expression.ArrayIndex(SlotsNode, Expression.Constant(slot)), clr);

    private static Expression Unboxed(Expression node, Type clr) => clr == typeof(object) ? node : Expression.Convert(node, clr);

    private Bound Bind(Syntax syntax)
    {
        _nodes++;
        if (++_height > TallestTree || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw Error("the expression is too long to be understood, split it into parameters", syntax);
        }

        try
        {
            var bound = syntax switch
            {
                Syntax.Literal literal => new Bound(Expression.Constant(literal.Value)),
                Syntax.Name name => BindName(name),
                Syntax.Member member => BindMember(member),
                Syntax.Call call => BindCall(call),
                Syntax.NullableCast cast => BindNullableCast(cast),
                Syntax.Index index => BindIndex(index),
                Syntax.Unary unary => BindUnary(unary),
                Syntax.Binary binary => BindBinary(binary),
                Syntax.InList list => BindInList(list),
                Syntax.InSequence sequence => BindInSequence(sequence),
                Syntax.Conditional conditional => BindConditional(Bind(conditional.Test), Bind(conditional.Then), Bind(conditional.Else), conditional),
                Syntax.Coalesce coalesce => BindCoalesce(Bind(coalesce.Left), Bind(coalesce.Right), coalesce),
                Syntax.New @new => BindNew(@new),
                Syntax.NewArray array => BindNewArray(array),
                _ => throw Error("'=>' is only possible as an argument of a list's method", syntax),
            };
            return bound;
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            throw Error(exception.Message, syntax);
        }
        finally
        {
            _height--;
        }
    }

    private Bound BindName(Syntax.Name name)
    {
        if (FindVariable(name.Text) is { } variable)
        {
            return Reading(variable);
        }

        switch (Word(name.Text))
        {
            case "it" or "$":
                return _it ?? throw Error("there is no 'it' here: 'it' is the element inside a list's method, or the only input", name);
            case "parent" or "^":
                return _parent ?? throw Error("there is no 'parent' here", name);
            case "root" or "~":
                return _root ?? throw Error("there is no 'root' here", name);
            default:
                break;
        }

        if (_it is { } it && TryMember(it, name.Text, name) is { } member)
        {
            return member;
        }

        throw Error($"'{name.Text}' is not known here{DidYouMean.Of(name.Text, KnownNames())}", name);
    }

    private Bound? FindVariable(string name)
    {
        for (var i = _lambdas.Count - 1; i >= 0; i--)
        {
            if (_lambdas[i].Name.Equals(name, _scope.CaseSensitive ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase))
            {
                return _lambdas[i].Value;
            }
        }

        return _scope.Find(name);
    }

    private IEnumerable<string> KnownNames() =>
    [
        .. _scope.Names,
        .. _lambdas.Select(lambda => lambda.Name),
        .. (_it?.Shape as Shape.Record)?.Members.Select(member => member.Name) ?? [],
        .. Catalog.Names,
        .. _settings.Functions.Groups,
    ];

    /// <summary>The type or group of functions that a name stands for, unless the name is something nearer.</summary>
    private CatalogType? TypeNamed(Syntax syntax) =>
        syntax is Syntax.Name name && FindVariable(name.Text) is null ? Catalog.Find(name.Text, _settings) : null;

    private Bound BindMember(Syntax.Member member)
    {
        if (TypeNamed(member.Target) is { } type)
        {
            return BindStaticMember(type, member);
        }

        var target = Bind(member.Target);
        if (TryMember(target, member.Text, member) is { } found)
        {
            return found;
        }

        throw Error($"'{member.Text}' is not a member of {Described(target)}{DidYouMean.Of(member.Text, MemberNames(target))}", member);
    }

    private Bound BindStaticMember(CatalogType type, Syntax.Member member)
    {
        if (type.Clr is { IsEnum: true } enumeration)
        {
            return Enum.TryParse(enumeration, member.Text, ignoreCase: !_settings.IsExpressionCaseSensitive, out var value) && !char.IsAsciiDigit(member.Text[0])
                ? new Bound(Expression.Constant(value, enumeration))
                : throw Error($"'{member.Text}' is not a {type.Name}{DidYouMean.Of(member.Text, Enum.GetNames(enumeration))}", member);
        }

        var found = Callables(type.Members.Static, member.Text).FirstOrDefault(callable => callable.Parameters.Length == 0);
        return found is not null
            ? new Bound(found.Emit(FrameParameter, null, []))
            : throw Error($"'{member.Text}' is not a member of {type.Name}{DidYouMean.Of(member.Text, type.Members.Static.Keys)}", member);
    }

    private Bound? TryMember(Bound target, string name, Syntax at)
    {
        if (target.IsNullLiteral)
        {
            return _nullSafe
                ? target
                : throw Error($"'{name}' cannot be read: {target.Path?.Text ?? "the value before it"} is null, use np(…) if that may be", at);
        }

        if (target.Shape is Shape.Record record && target.Type == typeof(FactRecord))
        {
            return RecordMember(target, record, name, at);
        }

        if (target.Type == typeof(object))
        {
            return Compat
                ? Access(target, node => new Bound(Expression.Call(ReadMemberMethod, node, Expression.Constant(name))))
                : null;
        }

        if (TypeRules.IsNullable(target.Type) && Word(name) is "value" or "hasvalue")
        {
            return new Bound(Expression.Property(target.Node, Word(name) == "value" ? "Value" : "HasValue"));
        }

        if (SequenceMember(target, name) is { } sequenceMember)
        {
            return sequenceMember;
        }

        if (Catalog.Find(target.Type) is not { } type || Callables(type.Members.Properties, name).FirstOrDefault() is not { } property)
        {
            return null;
        }

        if (Compat && TypeRules.IsNullable(target.Type) && !_nullSafe)
        {
            return null;
        }

        return Access(target, node => new Bound(property.Emit(FrameParameter, node, [])));
    }

    private Bound? RecordMember(Bound target, Shape.Record record, string name, Syntax at)
    {
        var index = record.Find(name, _scope.CaseSensitive);
        if (index < 0)
        {
            if (Compat)
            {
                // The original asks the generated class's indexer, which answers null for whatever is not there.
                return new Bound(Expression.Default(typeof(object)));
            }

            return _nullSafe && !_declared && FindVariable(name) is null && at is Syntax.Member
                ? new Bound(Expression.Constant(null))
                : null;
        }

        if (target.Path is not null)
        {
            _readings.Remove(target.Path);
        }

        return Reading(target.Path is null || _nullSafe ? Read(target, record, index) : _scope.Member(target, record.Members.Count, index, () => Read(target, record, index)));
    }

    private Bound Read(Bound target, Shape.Record record, int index)
    {
        var member = record.Members[index];
        var path = target.Path?.Then(member.Name, index);
        return member.IsNothing && !Compat
            ? new Bound(Expression.Constant(null), null, path)
            : Access(target, node => new Bound(
                Unboxed(Expression.ArrayIndex(Expression.Property(node, ValuesProperty), Expression.Constant(index)), member.Clr),
                member.Shape)) with { Path = path };
    }

    private Bound? SequenceMember(Bound target, string name)
    {
        if (target.Type.IsArray && Word(name) == "length")
        {
            return Access(target, node => new Bound(Expression.ArrayLength(node)));
        }

        if (target.Type.IsGenericType && target.Type.GetGenericTypeDefinition() == typeof(List<>) && Word(name) == "count")
        {
            return Access(target, node => new Bound(Expression.Property(node, "Count")));
        }

        if (target.Type.IsGenericType && target.Type.GetGenericTypeDefinition() == typeof(IGrouping<,>) && Word(name) == "key")
        {
            return Access(target, node => new Bound(Expression.Property(node, "Key"), (target.Shape as Shape.Grouping)?.Key));
        }

        return null;
    }

    /// <summary>Reads from a value that may be null: inside np, and from nullable scalars, null goes through.</summary>
    private Bound Access(Bound target, Func<Expression, Bound> access)
    {
        var nullable = TypeRules.IsNullable(target.Type);
        if (!nullable && (!_nullSafe || target.Type.IsValueType))
        {
            return access(target.Node);
        }

        var held = Expression.Variable(target.Type);
        var inner = access(nullable ? Expression.Property(held, "Value") : held);
        var type = TypeRules.Lifted(inner.Type);
        var node = Expression.Block(
            [held],
            Expression.Assign(held, target.Node),
            Expression.Condition(
                Expression.Equal(held, Expression.Constant(null, target.Type)),
                Expression.Default(type),
                inner.Type == type ? inner.Node : Expression.Convert(inner.Node, type)));
        return inner with { Node = node };
    }

    private Bound BindIndex(Syntax.Index index)
    {
        var target = Bind(index.Target);
        var arguments = Arguments(index.Arguments);
        if (arguments.Length != 1)
        {
            throw Error("an index has one part", index);
        }

        if (target.IsNullLiteral)
        {
            return _nullSafe ? target : throw Error("the value before '[' is null, use np(…) if that may be", index);
        }

        if (target.Shape is Shape.Record && target.Type == typeof(FactRecord) && arguments[0] is ConstantExpression { Value: string name })
        {
            var member = TryMember(target, name, index)
                ?? throw Error($"'{name}' is not a member of {Described(target)}{DidYouMean.Of(name, MemberNames(target))}", index);

            // The indexer of the original's generated class answers an object, whatever the member is.
            return Compat ? new Bound(Boxed(member.Node)) : member;
        }

        var at = TypeRules.Promote(arguments[0], typeof(int), exact: true)
            ?? (TypeRules.NonNullable(arguments[0].Type) == typeof(int) && !Compat ? Expression.Convert(arguments[0], typeof(int)) : null);
        if (at is null || TypeRules.ElementOf(target.Type) is not { } element)
        {
            throw Error($"{Described(target)} has no index of type {TypeRules.Name(arguments[0].Type)}", index);
        }

        if (target.Type == typeof(string))
        {
            return Access(target, node => new Bound(Expression.Property(node, "Chars", at)));
        }

        if (target.Type.IsArray)
        {
            return Access(target, node => new Bound(Expression.ArrayIndex(node, at), Shape.ElementOf(target.Shape)));
        }

        return target.Type == typeof(List<>).MakeGenericType(element)
            ? Access(target, node => new Bound(Expression.Property(node, "Item", at), Shape.ElementOf(target.Shape)))
            : throw Error("only a list can be indexed, use ToList() first", index);
    }

    private Bound BindNew(Syntax.New @new)
    {
        if (@new.Type is { } typeName)
        {
            var type = Catalog.Find(typeName, _settings);
            if (Compat || type?.Clr is null || @new.Members.Any(member => member.Alias is not null))
            {
                throw Error(type is null ? $"type '{typeName}' is not known{DidYouMean.Of(typeName, Catalog.Names)}" : $"write {typeName}(…) without 'new'", @new);
            }

            return Convert(type, false, [.. @new.Members.Select(member => member.Value)], @new);
        }

        if (@new.Members.Count == 0)
        {
            throw Error("new (…) needs at least one member", @new);
        }

        var members = new List<ShapeMember>();
        var values = new List<Expression>();
        foreach (var member in @new.Members)
        {
            var name = member.Alias ?? member.Value switch
            {
                Syntax.Name one => one.Text,
                Syntax.Member one => one.Text,
                _ => throw Error("a member of new (…) needs 'as' and a name", member.Value),
            };
            if (members.Exists(other => other.Name == name))
            {
                throw Error($"new (…) has two members '{name}'", member.Value);
            }

            var value = Bind(member.Value);
            members.Add(new ShapeMember(name, value.Type, value.Shape));
            values.Add(value.Type == typeof(object) ? value.Node : Expression.Convert(value.Node, typeof(object)));
        }

        var shape = new Shape.Record(members);
        var made = Expression.New(NewRecord, Expression.Constant(shape), Expression.NewArrayInit(typeof(object), values));
        return new Bound(Expression.Call(WeighedMethod.MakeGenericMethod(typeof(FactRecord)), FrameParameter, made), shape);
    }

    private Bound BindNewArray(Syntax.NewArray array)
    {
        var items = array.Items.Select(Bind).ToArray();
        Type type;
        if (array.Type is { } typeName)
        {
            type = Catalog.Find(typeName, _settings)?.Clr ?? throw Error($"type '{typeName}' is not known{DidYouMean.Of(typeName, Catalog.Names)}", array);
        }
        else
        {
            type = items.Length > 0 && Array.TrueForAll(items, item => item.Type == items[0].Type) ? items[0].Type : typeof(object);
        }

        var values = items.Select(item => TypeRules.Promote(item.Node, type, exact: true)
            ?? throw Error($"{TypeRules.Name(item.Type)} does not fit a list of {TypeRules.Name(type)}", array));
        return new Bound(Expression.NewArrayInit(type, values), items.Length > 0 ? Shape.SequenceOf(items[0].Shape) : null);
    }

    private Bound Reading(Bound bound)
    {
        if (bound.Path is { } path)
        {
            _readings.Add(path);
        }

        return bound;
    }

    private string Word(string name) => _settings.IsExpressionCaseSensitive ? name : name.ToLowerInvariant();

    private static string Described(Bound bound) => bound.Path is { } path ? $"'{path.Text}' ({TypeRules.Name(bound.Type)})" : TypeRules.Name(bound.Type);

    private static string Types(Expression[] arguments) => arguments.Length == 0
        ? "no arguments"
        : $"({string.Join(", ", arguments.Select(argument => TypeRules.IsNullLiteral(argument) ? "null" : TypeRules.Name(argument.Type)))})";

    private static IEnumerable<string> MemberNames(Bound target) => target.Shape is Shape.Record record
        ? record.Members.Select(member => member.Name)
        : Catalog.Find(target.Type) is { } type ? [.. type.Members.Properties.Keys, .. type.Members.Instance.Keys] : [];

    private static ExpressionException Error(string message, Syntax at) => new(message, at.Position);
}

/// <summary>A bound expression, the facts that it reads, and how many parts it has.</summary>
internal sealed record BoundExpression(Bound Bound, IReadOnlyList<FactPath> Readings, int Size);
