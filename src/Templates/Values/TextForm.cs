using System.Globalization;
using System.Numerics;
using System.Text;
using WorkflowEngine.Templates.Builtins;
using WorkflowEngine.Templates.Rendering;

namespace WorkflowEngine.Templates.Values;

/// <summary>How values are written: numbers in the culture, dates by <c>date.format</c>, lists and objects much like JSON.</summary>
internal static class TextForm
{
    public static string Of(object? value, RenderContext context) => value switch
    {
        string text => context.CutText(text),
        HtmlText html => html.Html,
        null or EmptyValue => "",
        int number => number.ToString(context.Culture),
        bool truth => truth ? "true" : "false",
        _ => Compose(value, context),
    };

    private static string Compose(object value, RenderContext context)
    {
        if (Simple(value, context) is { } simple)
        {
            return simple;
        }

        context.CheckTime(-1);
        var builder = new StringBuilder();
        Append(builder, value, context, 0);
        return context.CutText(builder.ToString());
    }

    /// <summary>The text of everything that holds no other values; null for lists and objects.</summary>
    private static string? Simple(object value, RenderContext context) => value switch
    {
        long number => number.ToString(context.Culture),
        double number => number.ToString(context.Culture),
        decimal number => number.ToString(context.Culture),
        float number => number.ToString(context.Culture),
        BigInteger number => number.ToString(context.Culture),
        DateOnly or DateTime or DateTimeOffset => DateFormats.Write(Moment.Of(value)!.Value, context.DateFormat, context.Culture),
        TimeSpan span => span.ToString("c", CultureInfo.InvariantCulture),
        Function => "<function>",
        LoopState => "for",
        _ => null,
    };

    private static void Append(StringBuilder builder, object? value, RenderContext context, int depth)
    {
        if (context.Leniency.ObjectDepth > 0 && depth > context.Leniency.ObjectDepth)
        {
            throw new RenderFault($"Lists and objects are nested more than {context.Leniency.ObjectDepth} deep, or contain themselves.");
        }

        if (builder.Length > context.MaxCharacters)
        {
            if (context.Leniency.CutLongText)
            {
                return;
            }

            throw context.TooLong();
        }

        switch (value)
        {
            case null or EmptyValue:
                builder.Append("null");
                break;
            case bool truth:
                builder.Append(truth ? "true" : "false");
                break;
            case string text:
                AppendQuoted(builder, text);
                break;
            case HtmlText html:
                AppendQuoted(builder, html.Html);
                break;
            case ScriptArray list:
                builder.Append('[');
                for (var i = 0; i < list.Count; i++)
                {
                    builder.Append(i == 0 ? "" : ", ");
                    Append(builder, list[i], context, depth + 1);
                }

                builder.Append(']');
                break;
            case ScriptRange range:
                context.ChargeRange(range.Count);
                builder.Append('[');
                for (long i = 0; i < range.Count; i++)
                {
                    builder.Append(i == 0 ? "" : ", ");
                    Append(builder, range[i], context, depth + 1);
                }

                builder.Append(']');
                break;
            case ScriptObject members:
                builder.Append('{');
                var first = true;
                foreach (var (name, member) in members.Entries())
                {
                    builder.Append(first ? "" : ", ");
                    first = false;
                    builder.Append(name).Append(": ");
                    Append(builder, member, context, depth + 1);
                }

                builder.Append('}');
                break;
            default:
                builder.Append(int32(value) ?? Simple(value, context));
                break;
        }

        string? int32(object number) => number is int small ? small.ToString(context.Culture) : null;
    }

    public static void AppendQuoted(StringBuilder builder, string text)
    {
        builder.Append('"');
        AppendEscaped(builder, text);
        builder.Append('"');
    }

    /// <summary>Text with the escape sequences of the language in place of quotes, backslashes and control characters.</summary>
    public static void AppendEscaped(StringBuilder builder, string text)
    {
        foreach (var c in text)
        {
            switch (c)
            {
                case '"':
                    builder.Append("\\\"");
                    break;
                case '\\':
                    builder.Append("\\\\");
                    break;
                case '\n':
                    builder.Append("\\n");
                    break;
                case '\r':
                    builder.Append("\\r");
                    break;
                case '\t':
                    builder.Append("\\t");
                    break;
                case '\a':
                    builder.Append("\\a");
                    break;
                case '\b':
                    builder.Append("\\b");
                    break;
                case '\f':
                    builder.Append("\\f");
                    break;
                case '\v':
                    builder.Append("\\v");
                    break;
                default:
                    if (c < ' ')
                    {
                        builder.Append("\\x").Append(((int)c).ToString("x2", CultureInfo.InvariantCulture));
                    }
                    else
                    {
                        builder.Append(c);
                    }

                    break;
            }
        }
    }
}
