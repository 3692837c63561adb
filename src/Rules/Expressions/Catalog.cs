using System.Linq.Expressions;
using System.Reflection;
using System.Text.RegularExpressions;

namespace WorkflowEngine.Rules;

/// <summary>
/// Every type and member that expressions can reach. What is not listed here does not exist for them: there is no way to
/// <c>object</c>, <c>Type</c>, files, processes or the machine's culture.
/// </summary>
internal static class Catalog
{
    private static readonly Dictionary<string, CatalogType> ByName = new(StringComparer.OrdinalIgnoreCase);
    private static readonly Dictionary<Type, CatalogType> ByType = [];

    static Catalog()
    {
        Add("String", typeof(string), statics: [typeof(TextMembers.Static)], instance: [typeof(TextMembers.Instance)], properties: typeof(TextMembers.Properties), constructors: typeof(TextMembers.Constructors));
        Add("DateTime", typeof(DateTime), [typeof(DateMembers.Static)], [typeof(DateMembers.Instance)], typeof(DateMembers.Properties), typeof(DateMembers.Constructors));
        Add("DateOnly", typeof(DateOnly), [typeof(DateOnlyMembers.Static)], [typeof(DateOnlyMembers.Instance)], typeof(DateOnlyMembers.Properties), typeof(DateOnlyMembers.Constructors));
        Add("TimeOnly", typeof(TimeOnly), [typeof(TimeOnlyMembers.Static)], [typeof(TimeOnlyMembers.Instance)], typeof(TimeOnlyMembers.Properties), typeof(TimeOnlyMembers.Constructors));
        Add("DateTimeOffset", typeof(DateTimeOffset), [typeof(OffsetMembers.Static)], [typeof(OffsetMembers.Instance)], typeof(OffsetMembers.Properties), typeof(OffsetMembers.Constructors));
        Add("TimeSpan", typeof(TimeSpan), [typeof(SpanMembers.Static)], [typeof(SpanMembers.Instance)], typeof(SpanMembers.Properties), typeof(SpanMembers.Constructors));
        Add("Int32", typeof(int), [typeof(NumberMembers.Static<int>)], [typeof(NumberMembers.Instance<int>)]);
        Add("Int64", typeof(long), [typeof(NumberMembers.Static<long>)], [typeof(NumberMembers.Instance<long>)]);
        Add("Double", typeof(double), [typeof(NumberMembers.Static<double>), typeof(NumberMembers.Real<double>)], [typeof(NumberMembers.Instance<double>)]);
        Add("Decimal", typeof(decimal), [typeof(NumberMembers.Static<decimal>), typeof(NumberMembers.Decimal)], [typeof(NumberMembers.Instance<decimal>)]);
        Add("Single", typeof(float), [typeof(NumberMembers.Static<float>), typeof(NumberMembers.Real<float>)], [typeof(NumberMembers.Instance<float>)]);
        Add("UInt32", typeof(uint), [typeof(NumberMembers.Static<uint>)], [typeof(NumberMembers.Instance<uint>)]);
        Add("UInt64", typeof(ulong), [typeof(NumberMembers.Static<ulong>)], [typeof(NumberMembers.Instance<ulong>)]);
        Add("Int16", typeof(short), [typeof(NumberMembers.Static<short>)], [typeof(NumberMembers.Instance<short>)]);
        Add("UInt16", typeof(ushort), [typeof(NumberMembers.Static<ushort>)], [typeof(NumberMembers.Instance<ushort>)]);
        Add("Byte", typeof(byte), [typeof(NumberMembers.Static<byte>)], [typeof(NumberMembers.Instance<byte>)]);
        Add("SByte", typeof(sbyte), [typeof(NumberMembers.Static<sbyte>)], [typeof(NumberMembers.Instance<sbyte>)]);
        Add("Boolean", typeof(bool), [typeof(NumberMembers.Boolean)], [typeof(NumberMembers.BooleanInstance)]);
        Add("Char", typeof(char), [typeof(NumberMembers.Char)], [typeof(NumberMembers.CharInstance)]);
        Add("Guid", typeof(Guid), [typeof(NumberMembers.Guid)], [typeof(NumberMembers.Instance<Guid>)]);
        Alias("int", "Int32");
        Alias("long", "Int64");
        Alias("float", "Single");
        Alias("bool", "Boolean");
        Alias("uint", "UInt32");
        Alias("ulong", "UInt64");
        Alias("short", "Int16");
        Alias("ushort", "UInt16");

        foreach (var type in new[] { typeof(DayOfWeek), typeof(StringComparison), typeof(DateTimeKind), typeof(MidpointRounding), typeof(StringSplitOptions) })
        {
            Add(type.Name, type);
        }

        Add("Math", null, [typeof(MathMembers)]);
        Add("Convert", null, [typeof(ConvertMembers)]);
        Add("Enumerable", null, [typeof(SequenceMembers)]);
        Add("ExpressionUtils", null, [typeof(ListTextMembers)]);
        Add("Regex", null, [typeof(RegexMembers)], registered: typeof(Regex).FullName);
        Add("IdNumber", null, [typeof(IdNumber)]);
        Add("CreditCode", null, [typeof(CreditCode)]);
        Add("OrganisationCode", null, [typeof(OrganisationCode)]);
    }

    public static IEnumerable<string> Names => ByName.Keys;

    public static bool IsTypeName(string name) => ByName.TryGetValue(name, out var type) && type.Clr is not null;

    public static CatalogType? Find(string name, RuleSettings settings)
    {
        if (!ByName.TryGetValue(name, out var type)
            || (settings.IsExpressionCaseSensitive && !type.Names.Contains(name, StringComparer.Ordinal)))
        {
            return null;
        }

        return type.Registered is null || !settings.Compat || settings.CustomTypes.Contains(type.Registered) ? type : null;
    }

    public static CatalogType? Find(Type clr) => ByType.GetValueOrDefault(TypeRules.NonNullable(clr));

    private static void Add(string name, Type? clr, Type[]? statics = null, Type[]? instance = null, Type? properties = null, Type? constructors = null, string? registered = null)
    {
        var type = new CatalogType(name, clr, registered, new Lazy<CatalogMembers>(() => new CatalogMembers(
            Callable.Of(statics ?? [], hasSelf: false),
            Callable.Of(instance ?? [], hasSelf: true),
            Callable.Of(properties is null ? [] : [properties], hasSelf: true),
            constructors is null ? [] : [.. Callable.Of([constructors], hasSelf: false).Values.SelectMany(all => all)])));
        ByName.Add(name, type);
        if (clr is not null)
        {
            ByType.Add(clr, type);
        }
    }

    private static void Alias(string alias, string name)
    {
        var type = ByName[name];
        type.Names.Add(alias);
        ByName.Add(alias, type);
    }
}

/// <summary>A type or group of functions of the language.</summary>
internal sealed class CatalogType(string name, Type? clr, string? registered, Lazy<CatalogMembers> members)
{
    public List<string> Names { get; } = [name];

    public string Name => Names[0];

    /// <summary>Null for a group of functions that is no type.</summary>
    public Type? Clr { get; } = clr;

    /// <summary>The original's name of the type when it exists there only after the host registered it.</summary>
    public string? Registered { get; } = registered;

    public CatalogMembers Members => members.Value;
}

/// <summary>The members of one type, by name without regard to letter case.</summary>
internal sealed record CatalogMembers(
    IReadOnlyDictionary<string, Callable[]> Static,
    IReadOnlyDictionary<string, Callable[]> Instance,
    IReadOnlyDictionary<string, Callable[]> Properties,
    IReadOnlyList<Callable> Constructors);

/// <summary>One method of the language.</summary>
internal sealed class Callable : IOverload
{
    private readonly MethodInfo _method;
    private readonly Delegate? _lent;
    private readonly bool _takesFrame;

    private Callable(MethodInfo method, Delegate? lent, bool hasSelf)
    {
        _method = method;
        _lent = lent;
        var parameters = method.GetParameters();
        _takesFrame = parameters.Length > 0 && parameters[0].ParameterType == typeof(Frame);
        Parameters = [.. parameters.Skip((_takesFrame ? 1 : 0) + (hasSelf ? 1 : 0)).Select(parameter => parameter.ParameterType)];
        TakesMany = parameters.Length > 0 && parameters[^1].IsDefined(typeof(ParamArrayAttribute));
        InOriginal = !method.IsDefined(typeof(NotInOriginalAttribute));
    }

    public string Name => _method.Name;

    public Type[] Parameters { get; }

    public bool TakesMany { get; }

    public bool InOriginal { get; }

    /// <summary>A function that the caller lends.</summary>
    public static Callable Lent(Delegate function) => new(function.GetType().GetMethod("Invoke")!, function, hasSelf: false);

    public static Dictionary<string, Callable[]> Of(Type[] holders, bool hasSelf) => holders
        .SelectMany(holder => holder.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
        .Select(method => new Callable(method, lent: null, hasSelf))
        .GroupBy(callable => callable.Name, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(group => group.Key, group => group.ToArray(), StringComparer.OrdinalIgnoreCase);

    public Expression Emit(Expression frame, Expression? self, IReadOnlyList<Expression> arguments)
    {
        var all = new List<Expression>(arguments.Count + 2);
        if (_takesFrame)
        {
            all.Add(frame);
        }

        if (self is not null)
        {
            all.Add(self);
        }

        all.AddRange(arguments);
        return _lent is null ? Expression.Call(_method, all) : Expression.Invoke(Expression.Constant(_lent), all);
    }
}
