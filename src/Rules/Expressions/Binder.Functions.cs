using System.Linq.Expressions;

namespace WorkflowEngine.Rules;

/// <summary>The language's own functions, and conversions between types.</summary>
internal sealed partial class Binder
{
    private Bound BindFunction(Syntax.Call call)
    {
        switch (Word(call.Text))
        {
            case "iif":
                Count(call, 3, 3);
                return BindConditional(Bind(call.Arguments[0]), Bind(call.Arguments[1]), Bind(call.Arguments[2]), call);
            case "np":
                return BindNullPropagation(call);
            case "isnull":
                Count(call, 2, 2);
                return BindCoalesce(Bind(call.Arguments[0]), Bind(call.Arguments[1]), call);
            case "is" or "as" or "cast":
                return BindTypeFunction(call);
            default:
                break;
        }

        if (Catalog.Find(call.Text, _settings) is { Clr: not null } type)
        {
            return Convert(type, false, call.Arguments, call);
        }

        if (_it is { } it && !it.IsNullLiteral && it.Type != typeof(FactRecord) && it.Type != typeof(object))
        {
            return BindMethod(it, call);
        }

        throw Error($"'{call.Text}' is not a function{DidYouMean.Of(call.Text, ["iif", "np", "isnull", "is", "as", "cast", .. Catalog.Names])}", call);
    }

    private Bound BindNullPropagation(Syntax.Call call)
    {
        Count(call, 1, 2);
        if (call.Arguments[0] is not (Syntax.Member or Syntax.Call or Syntax.Index or Syntax.Name or Syntax.NullableCast))
        {
            throw Error("np(…) takes a member such as a.b.c, and perhaps a default", call.Arguments[0]);
        }

        var safe = _nullSafe;
        _nullSafe = true;
        var value = Bind(call.Arguments[0]);
        _nullSafe = safe;
        if (call.Arguments.Count == 1)
        {
            var type = TypeRules.Lifted(value.Type);
            return value with { Node = value.Type == type ? value.Node : Expression.Convert(value.Node, type) };
        }

        var fallback = Bind(call.Arguments[1]);
        if (value.Type == typeof(object) && !fallback.IsNullLiteral)
        {
            // A member that the facts do not have has no type; what stands in for it has one, and so has the whole.
            var typed = Expression.Convert(value.Node, fallback.Type);
            return new Bound(Expression.Condition(Expression.ReferenceEqual(value.Node, Expression.Constant(null)), fallback.Node, typed), fallback.Shape);
        }

        return TypeRules.TakesNull(value.Type) ? BindCoalesce(value, fallback, call) : value;
    }

    private Bound BindTypeFunction(Syntax.Call call)
    {
        Count(call, 1, 2);
        var value = call.Arguments.Count == 2
            ? Bind(call.Arguments[0])
            : _it ?? throw Error($"{call.Text}(\"Type\") needs an 'it'", call);
        if (call.Arguments[^1] is not Syntax.Literal { Value: string typeName } at)
        {
            throw Error($"the type for {call.Text}(…) is a text, e.g. {call.Text}(x, \"Int32\")", call.Arguments[^1]);
        }

        var nullable = typeName.EndsWith('?');
        var type = Catalog.Find(typeName.TrimEnd('?').Replace("System.", "", StringComparison.Ordinal), _settings)?.Clr
            ?? throw Error($"type '{typeName}' is not known{DidYouMean.Of(typeName, Catalog.Names)}", at);
        type = nullable ? TypeRules.Lifted(type) : type;
        return new Bound(Word(call.Text) switch
        {
            "is" => Expression.TypeIs(value.Node, type),
            "as" => Expression.TypeAs(value.Node, Compat ? type : TypeRules.Lifted(type)),
            _ when value.Type == typeof(string) && type != typeof(string) => Converted(value.Node, type, call),
            _ => value.Type.IsValueType && type.IsValueType ? Expression.ConvertChecked(value.Node, type) : Expression.Convert(value.Node, type),
        });
    }

    private Bound BindNullableCast(Syntax.NullableCast cast)
    {
        var type = Catalog.Find(cast.Type, _settings);
        return type?.Clr is { IsValueType: true }
            ? Convert(type, true, cast.Arguments, cast)
            : throw Error($"'{cast.Type}' has no form with '?'", cast);
    }

    /// <summary><c>Type(x)</c>: makes a value of the type by a constructor or from another value.</summary>
    private Bound Convert(CatalogType catalogType, bool nullable, IReadOnlyList<Syntax> syntaxes, Syntax at)
    {
        var type = catalogType.Clr!;
        var arguments = Arguments(syntaxes);
        var target = nullable ? TypeRules.Lifted(type) : type;
        var constructors = catalogType.Members.Constructors.Where(one => one.InOriginal || !Compat).ToArray();
        switch (Overloads.Choose(constructors, arguments, out var chosen, out var promoted))
        {
            case Overloads.Choice.One when arguments.Length != 1 || TypeRules.NonNullable(arguments[0].Type) != type:
                var made = chosen!.Emit(FrameParameter, null, promoted);
                return new Bound(made.Type == target ? made : Expression.Convert(made, target));
            case Overloads.Choice.Several:
                throw Error($"{catalogType.Name}(…) can be meant in several ways with {Types(arguments)}", at);
            default:
                break;
        }

        if (arguments.Length != 1)
        {
            throw Error($"{catalogType.Name}(…) does not take {Types(arguments)}", at);
        }

        return new Bound(Converted(arguments[0], target, at));
    }

    private Expression Converted(Expression value, Type target, Syntax at)
    {
        var (from, to) = (TypeRules.NonNullable(value.Type), TypeRules.NonNullable(target));
        if (value.Type == target)
        {
            return value;
        }

        if (TypeRules.IsNullLiteral(value) && TypeRules.TakesNull(target))
        {
            return Expression.Constant(null, target);
        }

        if (value.Type.IsValueType && target.IsValueType)
        {
            // A nullable fact stays nullable: int(x) of nothing is nothing.
            if (from == to || ((TypeRules.IsNumeric(from) || from.IsEnum || from == typeof(char)) && (TypeRules.IsNumeric(to) || to.IsEnum || to == typeof(char))))
            {
                return Expression.ConvertChecked(value, TypeRules.IsNullable(value.Type) && !Compat ? TypeRules.Lifted(to) : target);
            }
        }

        if (value is ConstantExpression { Value: string text } && TypeRules.FromText(text, to) is { } parsed)
        {
            return Expression.Constant(parsed, target);
        }

        if (value.Type == typeof(object) && Compat)
        {
            return Expression.Convert(value, target);
        }

        if (value.Type == typeof(string) && to == target && Reader(target) is { } reader)
        {
            return reader.Emit(FrameParameter, null, [value]);
        }

        if (value.Type == typeof(DateTime) && to == typeof(DateTimeOffset))
        {
            return Expression.Convert(value, target);
        }

        throw Error($"{Name(value)} cannot become {TypeRules.Name(target)}", at);
    }

    /// <summary>What reads a value of the type from text when the rule runs.</summary>
    private static Callable? Reader(Type type) => Catalog.Find(type) is { } catalogued && catalogued.Members.Static.TryGetValue("Parse", out var readers)
        ? Array.Find(readers, one => one.Parameters is [var only] && only == typeof(string))
        : null;

    private static void Count(Syntax.Call call, int least, int most)
    {
        if (call.Arguments.Count < least || call.Arguments.Count > most)
        {
            throw Error($"'{call.Text}' takes {(least == most ? $"{least}" : $"{least} or {most}")} arguments, not {call.Arguments.Count}", call);
        }
    }
}
