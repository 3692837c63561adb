using WorkflowEngine.Templates.Rendering;
using WorkflowEngine.Templates.Tree;
using WorkflowEngine.Templates.Values;

namespace WorkflowEngine.Templates.Builtins;

/// <summary>
/// All that a template finds without a model: Scriban's documented functions but for <c>object.eval</c>,
/// <c>object.eval_template</c> and the hash functions, and the Chinese forms of <c>zh</c>.
/// </summary>
internal static class BuiltinFunctions
{
    public static ScriptObject Shared { get; } = Create();

    /// <summary>Names one function of a namespace: its parameters, and what it does.</summary>
    internal readonly record struct Definition(string Name, string Signature, BuiltinBody Body);

    private static ScriptObject Create()
    {
        var date = Namespace("date", DateFunctions.All);
        date["format"] = DateFormats.Default;
        date["default_format"] = DateFormats.Default;
        date.MakeReadOnly("default_format");
        return new ScriptObject
        {
            ["array"] = Namespace("array", ArrayFunctions.All),
            ["date"] = date,
            ["html"] = Namespace("html", HtmlFunctions.All),
            ["math"] = Namespace("math", MathFunctions.All),
            ["object"] = Namespace("object", ObjectFunctions.All),
            ["regex"] = Namespace("regex", RegexFunctions.All),
            ["string"] = Namespace("string", StringFunctions.All),
            ["timespan"] = Namespace("timespan", TimeSpanFunctions.All),
            ["zh"] = Namespace("zh", ChineseFunctions.All),
            ["empty"] = EmptyValue.Instance,
            ["include"] = new IncludeFunction(),
            ["include_join"] = new BuiltinFunction("include_join", "names separator begin? end?", IncludeFunction.Join),
        };
    }

    private static ScriptObject Namespace(string name, IEnumerable<Definition> definitions)
    {
        var result = new ScriptObject { IsShared = true };
        foreach (var definition in definitions)
        {
            result[definition.Name] = new BuiltinFunction($"{name}.{definition.Name}", definition.Signature, definition.Body);
            result.MakeReadOnly(definition.Name);
        }

        return result;
    }
}

/// <summary><c>include 'name' argument name:value</c>: another template in this place.</summary>
internal sealed class IncludeFunction : Function
{
    public override string Name => "include";

    public override object? Invoke(RenderContext context, int position, object?[] arguments, NamedArgument[]? named, Block? block)
    {
        if (arguments.Length == 0)
        {
            throw new RenderFault("'include' needs the name of a template.", position);
        }

        var given = new ScriptArray(arguments.Skip(1));
        foreach (var (name, value) in named ?? [])
        {
            (given.Members ??= new ScriptObject())[name] = value;
        }

        return context.Include(Find(context, arguments[0], position), given, position);
    }

    private static Template Find(RenderContext context, object? name, int position)
    {
        if (!context.HasIncludes)
        {
            throw new RenderFault("This text cannot include others.", position);
        }

        var wanted = TextForm.Of(name, context);
        return context.FindInclude(wanted) ?? throw new RenderFault($"There is no template '{wanted}' to include.", position);
    }

    /// <summary><c>include_join names separator begin end</c>: several templates; what begins with <c>tpl:</c> is the name of a template too.</summary>
    public static object? Join(in Arguments arguments)
    {
        var (context, position) = (arguments.Context, arguments.Position);
        var names = arguments.List(0);
        if (names.Count == 0)
        {
            return null;
        }

        context.PushOutput();
        for (var i = 0; i < names.Count; i++)
        {
            if (i > 0)
            {
                WritePart(context, arguments.Text(1), position);
            }

            context.WriteValue(context.Include(Find(context, names[i], position), new ScriptArray(), position));
        }

        var body = context.PopOutput();
        if (Kinds.IsEmpty(body))
        {
            return body;
        }

        context.PushOutput();
        WritePart(context, arguments.Text(2), position);
        context.WriteValue(body);
        WritePart(context, arguments.Text(3), position);
        return context.PopOutput();
    }

    private static void WritePart(RenderContext context, string part, int position)
    {
        if (part.StartsWith("tpl:", StringComparison.Ordinal))
        {
            context.WriteValue(context.Include(Find(context, part[4..], position), new ScriptArray(), position));
        }
        else
        {
            context.WriteMarkup(part);
        }
    }
}
