using System.Globalization;
using System.Linq.Expressions;

namespace WorkflowEngine.Rules;

/// <summary>Which types fit where, and how a value is brought there.</summary>
internal static class TypeRules
{
    private static readonly Dictionary<Type, Type[]> Widenings = new()
    {
        [typeof(sbyte)] = [typeof(short), typeof(int), typeof(long), typeof(float), typeof(double), typeof(decimal)],
        [typeof(byte)] = [typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long), typeof(ulong), typeof(float), typeof(double), typeof(decimal)],
        [typeof(short)] = [typeof(int), typeof(long), typeof(float), typeof(double), typeof(decimal)],
        [typeof(ushort)] = [typeof(int), typeof(uint), typeof(long), typeof(ulong), typeof(float), typeof(double), typeof(decimal)],
        [typeof(int)] = [typeof(long), typeof(float), typeof(double), typeof(decimal)],
        [typeof(uint)] = [typeof(long), typeof(ulong), typeof(float), typeof(double), typeof(decimal)],
        [typeof(long)] = [typeof(float), typeof(double), typeof(decimal)],
        [typeof(ulong)] = [typeof(float), typeof(double), typeof(decimal)],
        [typeof(float)] = [typeof(double)],
    };

    private static readonly HashSet<Type> Signed = [typeof(sbyte), typeof(short), typeof(int), typeof(long)];

    private static readonly HashSet<Type> Unsigned = [typeof(byte), typeof(ushort), typeof(uint), typeof(ulong)];

    public static Type NonNullable(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    public static bool IsNullable(Type type) => Nullable.GetUnderlyingType(type) is not null;

    public static bool TakesNull(Type type) => !type.IsValueType || IsNullable(type);

    public static Type Lifted(Type type) => TakesNull(type) ? type : typeof(Nullable<>).MakeGenericType(type);

    public static bool IsNumeric(Type type)
    {
        type = NonNullable(type);
        return Widenings.ContainsKey(type) || type == typeof(double) || type == typeof(decimal);
    }

    public static bool IsSigned(Type type) => Signed.Contains(NonNullable(type));

    public static bool IsUnsigned(Type type) => Unsigned.Contains(NonNullable(type));

    public static bool IsNullLiteral(Expression node) => node is ConstantExpression { Value: null } && node.Type == typeof(object);

    /// <summary>The name that the language has for a type.</summary>
    public static string Name(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return Name(inner) + "?";
        }

        if (type == typeof(FactRecord))
        {
            return "object";
        }

        if (type != typeof(string) && ElementOf(type) is { } element)
        {
            return $"list of {Name(element)}";
        }

        return type == typeof(object) ? "untyped value" : type.Name;
    }

    /// <summary>The element type of a list; a text is a list of characters.</summary>
    public static Type? ElementOf(Type type)
    {
        if (type.IsArray)
        {
            return type.GetElementType();
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IEnumerable<>))
        {
            return type.GetGenericArguments()[0];
        }

        if (type == typeof(string))
        {
            return typeof(char);
        }

        return type.IsValueType || type == typeof(FactRecord) || type == typeof(object)
            ? null
            : type.GetInterfaces().FirstOrDefault(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IEnumerable<>))
                ?.GetGenericArguments()[0];
    }

    /// <summary>True when a value of one type can stand where another is expected, without loss and without null trouble.</summary>
    public static bool Fits(Type source, Type target)
    {
        if (source == target)
        {
            return true;
        }

        if (!target.IsValueType)
        {
            return target.IsAssignableFrom(source);
        }

        var (from, to) = (NonNullable(source), NonNullable(target));
        if (from != source && to == target)
        {
            return false;
        }

        return from == to || (Widenings.TryGetValue(from, out var wider) && wider.Contains(to));
    }

    /// <summary>The expression as a value of the target type, or null when it does not fit.</summary>
    /// <param name="node">What is to be converted.</param>
    /// <param name="target">The type wanted.</param>
    /// <param name="exact">True: the result has exactly the target type, also where a reference would do.</param>
    public static Expression? Promote(Expression node, Type target, bool exact)
    {
        if (node.Type == target)
        {
            return node;
        }

        if (node is ConstantExpression constant)
        {
            if (IsNullLiteral(node))
            {
                return TakesNull(target) ? Expression.Constant(null, target) : null;
            }

            if (node.Type == Nullable.GetUnderlyingType(target))
            {
                return Expression.Constant(constant.Value, target);
            }

            if (Literal(constant.Value!, NonNullable(target)) is { } value)
            {
                return Expression.Constant(value, target);
            }
        }

        if (Fits(node.Type, target))
        {
            return target.IsValueType || exact || node.Type.IsValueType ? Expression.Convert(node, target) : node;
        }

        return node.Type == typeof(DateTime) && target == typeof(DateTimeOffset)
            ? Expression.Convert(node, target)
            : null;
    }

    /// <summary>A text literal as a value of another type, e.g. "2026-01-01" beside a date; null when it is not one.</summary>
    public static object? FromText(string text, Type target)
    {
        var culture = CultureInfo.InvariantCulture;
        const NumberStyles Whole = NumberStyles.Integer;
        target = NonNullable(target);
        if (target.IsEnum)
        {
            return Enum.TryParse(target, text, ignoreCase: true, out var member) ? member : null;
        }

        return target switch
        {
            _ when target == typeof(bool) => bool.TryParse(text, out var value) ? value : null,
            _ when target == typeof(int) => int.TryParse(text, Whole, culture, out var value) ? value : null,
            _ when target == typeof(long) => long.TryParse(text, Whole, culture, out var value) ? value : null,
            _ when target == typeof(uint) => uint.TryParse(text, Whole, culture, out var value) ? value : null,
            _ when target == typeof(ulong) => ulong.TryParse(text, Whole, culture, out var value) ? value : null,
            _ when target == typeof(short) => short.TryParse(text, Whole, culture, out var value) ? value : null,
            _ when target == typeof(byte) => byte.TryParse(text, Whole, culture, out var value) ? value : null,
            _ when target == typeof(float) => float.TryParse(text, NumberStyles.Float, culture, out var value) ? value : null,
            _ when target == typeof(double) => double.TryParse(text, NumberStyles.Float, culture, out var value) ? value : null,
            _ when target == typeof(decimal) => decimal.TryParse(text, NumberStyles.Float, culture, out var value) ? value : null,
            _ when target == typeof(char) => text.Length == 1 ? text[0] : null,
            _ when target == typeof(DateTime) => DateTime.TryParse(text, culture, DateTimeStyles.None, out var value) ? value : null,
            _ when target == typeof(DateTimeOffset) => DateTimeOffset.TryParse(text, culture, DateTimeStyles.None, out var value) ? value : null,
            _ when target == typeof(DateOnly) => DateOnly.TryParse(text, culture, DateTimeStyles.None, out var value) ? value : null,
            _ when target == typeof(TimeOnly) => TimeOnly.TryParse(text, culture, DateTimeStyles.None, out var value) ? value : null,
            _ when target == typeof(TimeSpan) => TimeSpan.TryParse(text, culture, out var value) ? value : null,
            _ when target == typeof(Guid) => Guid.TryParse(text, out var value) ? value : null,
            _ => null,
        };
    }

    /// <summary>Whether text literals may stand beside values of the type.</summary>
    public static bool ReadsText(Type type)
    {
        type = NonNullable(type);
        return IsNumeric(type) || type.IsEnum || type == typeof(bool) || type == typeof(char) || type == typeof(DateTime)
            || type == typeof(DateTimeOffset) || type == typeof(DateOnly) || type == typeof(TimeOnly) || type == typeof(TimeSpan) || type == typeof(Guid);
    }

    private static object? Literal(object value, Type target)
    {
        switch (value)
        {
            case int or uint or long or ulong:
                if (target.IsEnum)
                {
                    return FromText(Convert.ToString(value, CultureInfo.InvariantCulture)!, target);
                }

                return IsNumeric(target) ? FromText(Convert.ToString(value, CultureInfo.InvariantCulture)!, target) : null;
            case double number when target == typeof(decimal):
                return number is > -7.9e28 and < 7.9e28 ? (decimal)number : null;
            case string text when target.IsEnum:
                return FromText(text, target);
            default:
                return null;
        }
    }
}
