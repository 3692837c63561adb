using System.Linq.Expressions;

namespace WorkflowEngine.Rules;

/// <summary>A way to call something: its parameter types, and how many of the last may follow.</summary>
internal interface IOverload
{
    Type[] Parameters { get; }

    /// <summary>True when the last parameter is an array that may be written as single values.</summary>
    bool TakesMany { get; }
}

/// <summary>
/// Chooses among overloads as the original does: those to which every argument fits; of several the one that is better,
/// at the first argument where they differ.
/// </summary>
internal static class Overloads
{
    public enum Choice
    {
        None,
        One,
        Several,
    }

    public static Choice Choose<T>(IReadOnlyList<T> overloads, IReadOnlyList<Expression> arguments, out T? chosen, out Expression[] promoted)
        where T : class, IOverload
    {
        chosen = null;
        promoted = [];
        List<(T Overload, Expression[] Arguments)> fitting = [];
        foreach (var overload in overloads)
        {
            if (Promote(overload, arguments) is { } fit)
            {
                fitting.Add((overload, fit));
            }
        }

        if (fitting.Count > 1)
        {
            var best = fitting.Where(one => fitting.All(other => ReferenceEquals(one.Overload, other.Overload) || IsBetter(arguments, one.Overload, other.Overload))).ToList();
            if (best.Count != 1)
            {
                return Choice.Several;
            }

            fitting = best;
        }

        if (fitting.Count == 0)
        {
            return Choice.None;
        }

        (chosen, promoted) = fitting[0];
        return Choice.One;
    }

    private static Expression[]? Promote(IOverload overload, IReadOnlyList<Expression> arguments)
    {
        var parameters = overload.Parameters;
        if (parameters.Length == arguments.Count && Each(parameters, arguments) is { } plain)
        {
            return plain;
        }

        if (!overload.TakesMany || arguments.Count < parameters.Length - 1)
        {
            return null;
        }

        var element = parameters[^1].GetElementType()!;
        var leading = parameters.Length - 1;
        var types = new Type[arguments.Count];
        for (var i = 0; i < types.Length; i++)
        {
            types[i] = i < leading ? parameters[i] : element;
        }

        if (Each(types, arguments) is not { } all)
        {
            return null;
        }

        return [.. all.Take(leading), Expression.NewArrayInit(element, all.Skip(leading).Select(one => one.Type == element ? one : Expression.Convert(one, element)))];
    }

    private static Expression[]? Each(Type[] types, IReadOnlyList<Expression> arguments)
    {
        var promoted = new Expression[arguments.Count];
        for (var i = 0; i < promoted.Length; i++)
        {
            if (TypeRules.Promote(arguments[i], types[i], exact: false) is not { } fit)
            {
                return null;
            }

            promoted[i] = fit;
        }

        return promoted;
    }

    private static bool IsBetter(IReadOnlyList<Expression> arguments, IOverload first, IOverload second)
    {
        var better = first.Parameters.Length == arguments.Count && second.Parameters.Length != arguments.Count;
        for (var i = 0; i < arguments.Count; i++)
        {
            switch (Compare(arguments[i].Type, At(first, i), At(second, i)))
            {
                case < 0:
                    return true;
                case > 0:
                    return false;
                default:
                    better |= At(first, i) != At(second, i);
                    break;
            }
        }

        return better;
    }

    private static Type At(IOverload overload, int index) =>
        index < overload.Parameters.Length ? overload.Parameters[index] : overload.Parameters[^1];

    /// <summary>Negative: the first conversion is better; positive: the second; zero: neither.</summary>
    private static int Compare(Type source, Type first, Type second)
    {
        if (first == second)
        {
            return 0;
        }

        if (source == first || source == second)
        {
            return source == first ? -1 : 1;
        }

        var (firstFits, secondFits) = (TypeRules.Fits(first, second), TypeRules.Fits(second, first));
        if (firstFits != secondFits)
        {
            return firstFits ? -1 : 1;
        }

        if (TypeRules.IsSigned(first) && TypeRules.IsUnsigned(second))
        {
            return -1;
        }

        return TypeRules.IsSigned(second) && TypeRules.IsUnsigned(first) ? 1 : 0;
    }
}

/// <summary>The operand types of an operator.</summary>
internal sealed class OperandTypes(params Type[] parameters) : IOverload
{
    public Type[] Parameters { get; } = parameters;

    public bool TakesMany => false;

    public static OperandTypes[] Arithmetic { get; } = Pairs(typeof(int), typeof(uint), typeof(long), typeof(ulong), typeof(float), typeof(double), typeof(decimal));

    public static OperandTypes[] Additive { get; } = [.. Arithmetic, .. Mixed(typeof(DateTime)), .. Mixed(typeof(DateTimeOffset)), .. Pairs(typeof(TimeSpan))];

    public static OperandTypes[] Subtractive { get; } = [.. Additive, .. Pairs(typeof(DateTime), typeof(DateTimeOffset))];

    public static OperandTypes[] Relational { get; } =
        [.. Arithmetic, new(typeof(string), typeof(string)), .. Pairs(typeof(char), typeof(DateTime), typeof(DateTimeOffset), typeof(TimeSpan), typeof(DateOnly), typeof(TimeOnly))];

    public static OperandTypes[] Equality { get; } = [.. Relational, .. Pairs(typeof(bool), typeof(Guid))];

    public static OperandTypes[] Logical { get; } = Pairs(typeof(bool));

    public static OperandTypes[] Shift { get; } =
        [.. new[] { typeof(int), typeof(uint), typeof(long), typeof(ulong) }.SelectMany(type => new[] { new OperandTypes(type, typeof(int)), new OperandTypes(TypeRules.Lifted(type), typeof(int?)) })];

    public static OperandTypes[] Negation { get; } = Singles(typeof(int), typeof(long), typeof(float), typeof(double), typeof(decimal));

    public static OperandTypes[] Not { get; } = Singles(typeof(bool));

    private static OperandTypes[] Pairs(params Type[] types) =>
        [.. types.Select(type => new OperandTypes(type, type)), .. types.Select(type => new OperandTypes(TypeRules.Lifted(type), TypeRules.Lifted(type)))];

    private static OperandTypes[] Singles(params Type[] types) =>
        [.. types.Select(type => new OperandTypes(type)), .. types.Select(type => new OperandTypes(TypeRules.Lifted(type)))];

    private static OperandTypes[] Mixed(Type type) =>
        [new(type, typeof(TimeSpan)), new(TypeRules.Lifted(type), typeof(TimeSpan?))];
}
