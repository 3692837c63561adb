namespace WorkflowEngine.Rules;

/// <summary>
/// Functions that the caller lends to expressions, as <c>Group.Name(arguments)</c>. The list is the whole of what is
/// reachable: nothing is found by reflection. Functions must be pure and quick.
/// </summary>
public sealed class RuleFunctions
{
    private static readonly HashSet<Type> Scalars =
    [
        typeof(string), typeof(bool), typeof(bool?), typeof(int), typeof(int?), typeof(long), typeof(long?), typeof(double), typeof(double?),
        typeof(decimal), typeof(decimal?), typeof(DateTime), typeof(DateTime?), typeof(DateOnly), typeof(DateOnly?),
    ];

    private readonly Dictionary<string, Dictionary<string, Delegate>> _groups;

    private RuleFunctions(Dictionary<string, Dictionary<string, Delegate>> groups) => _groups = groups;

    public static RuleFunctions None { get; } = new([]);

    /// <summary>A copy with one function more. Arguments and result must be scalars of the language.</summary>
    /// <exception cref="ArgumentException">The delegate has a parameter or result that expressions cannot hold.</exception>
    public RuleFunctions With(string group, string name, Delegate function)
    {
        ArgumentException.ThrowIfNullOrEmpty(group);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(function);
        var signature = function.GetType().GetMethod("Invoke")!;
        var unfit = signature.GetParameters().Select(parameter => parameter.ParameterType).Append(signature.ReturnType).FirstOrDefault(type => !Scalars.Contains(type));
        if (unfit is not null)
        {
            throw new ArgumentException($"{group}.{name} has a parameter or result of type {unfit.Name}, which expressions cannot hold", nameof(function));
        }

        var groups = _groups.ToDictionary(
            pair => pair.Key,
            pair => new Dictionary<string, Delegate>(pair.Value, StringComparer.OrdinalIgnoreCase),
            StringComparer.OrdinalIgnoreCase);
        if (!groups.TryGetValue(group, out var functions))
        {
            groups[group] = functions = new Dictionary<string, Delegate>(StringComparer.OrdinalIgnoreCase);
        }

        functions[name] = function;
        return new RuleFunctions(groups);
    }

    internal IEnumerable<string> Groups => _groups.Keys;

    internal IReadOnlyDictionary<string, Delegate>? Find(string group) => _groups.GetValueOrDefault(group);
}
