using System.Globalization;
using WorkflowEngine.Templates.Checking;
using WorkflowEngine.Templates.Rendering;
using WorkflowEngine.Templates.Tree;
using WorkflowEngine.Templates.Values;

namespace WorkflowEngine.Templates.Builtins;

internal delegate object? BuiltinBody(in Arguments arguments);

/// <summary>The arguments of a call to a built-in, converted as it asks for them.</summary>
internal readonly ref struct Arguments(BuiltinFunction function, RenderContext context, int position, object?[] values)
{
    private readonly object?[] values = values;

    public RenderContext Context { get; } = context;

    /// <summary>Where the call stands.</summary>
    public int Position { get; } = position;

    public CultureInfo Culture => Context.Culture;

    public int Count => values.Length;

    public object? this[int index] => index < values.Length ? values[index] : null;

    public bool Has(int index) => this[index] is not null;

    public string Text(int index) => this[index] as string ?? TextForm.Of(this[index], Context);

    /// <summary>The text of an argument, null when it is left out or null.</summary>
    public string? TextOrNull(int index) => this[index] is null ? null : Text(index);

    public int Int(int index) => Conversions.ToInt(this[index], Position);

    public List<object?> List(int index) => Conversions.ToList(this[index], Context, Position);

    public double Double(int index) => Conversions.ToDouble(this[index], Position);

    public object Number(int index) => Conversions.ToNumber(this[index], Position);

    public Function Function(int index) => this[index] as Function
        ?? throw Fault($"`{function.Name}` needs a function there, written with @, not a value of type {Kinds.Name(this[index])}.");

    /// <summary>The culture an argument names, else that of the rendering.</summary>
    public CultureInfo CultureOf(int index) => this[index] is null ? Culture : Cultures.Find(Text(index))
        ?? throw Fault("There is no culture of that name: write zh-CN or en-US.");

    public RenderFault Fault(string message) => new(message, Position);
}

/// <summary>A function of the language itself.</summary>
internal sealed class BuiltinFunction : Function
{
    private readonly string[] parameters;
    private readonly int required;
    private readonly BuiltinBody body;

    /// <param name="name">The full name, <c>string.upcase</c>.</param>
    /// <param name="signature">The parameters' names, those that may be left out ending in "?".</param>
    public BuiltinFunction(string name, string signature, BuiltinBody body)
    {
        Name = name;
        parameters = signature.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        required = parameters.Count(p => p[^1] is not ('?' or '*'));
        this.body = body;
    }

    public override string Name { get; }

    /// <summary>The last parameter, marked "*", takes any number of arguments.</summary>
    private bool TakesMore => parameters.Length > 0 && parameters[^1][^1] == '*';

    /// <summary>How many arguments a call may have.</summary>
    public (int Least, int Most) Arity => (required, TakesMore ? int.MaxValue : parameters.Length);

    public override object? Invoke(RenderContext context, int position, object?[] arguments, NamedArgument[]? named, Block? block)
    {
        var values = named is null ? arguments : WithNamed(position, arguments, named);
        if (values.Length < required || (values.Length > parameters.Length && !TakesMore))
        {
            throw new RenderFault($"Invalid number of arguments `{values.Length}` passed to `{Name}` while expecting `{required}` arguments", position);
        }

        try
        {
            var result = body(new Arguments(this, context, position, values));
            return result is string text ? context.Bounded(text, position) : result;
        }
        catch (RenderFault fault) when (fault.Position < 0)
        {
            fault.Position = position;
            throw;
        }
    }

    private object?[] WithNamed(int position, object?[] arguments, NamedArgument[] named)
    {
        var result = new object?[Math.Max(arguments.Length, parameters.Length)];
        arguments.CopyTo(result, 0);
        var count = arguments.Length;
        foreach (var (name, value) in named)
        {
            var at = Array.FindIndex(parameters, p => p.TrimEnd('?', '*') == name);
            if (at < 0)
            {
                throw new RenderFault($"The function `{Name}` has no parameter '{name}'{Names.DidYouMean(name, parameters.Select(p => p.TrimEnd('?', '*')))}", position);
            }

            result[at] = value;
            count = Math.Max(count, at + 1);
        }

        return result[..count];
    }
}

/// <summary>Cultures by name, made once: making one takes longer than a whole notice.</summary>
internal static class Cultures
{
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, CultureInfo> Known = new(StringComparer.OrdinalIgnoreCase);

    public static CultureInfo? Find(string name)
    {
        if (Known.TryGetValue(name, out var known))
        {
            return known;
        }

        try
        {
            var culture = CultureInfo.GetCultureInfo(name, predefinedOnly: true);
            if (Known.Count < 500)
            {
                Known[name] = culture;
            }

            return culture;
        }
        catch (CultureNotFoundException)
        {
            return null;
        }
    }
}
