using System.Text;
using WorkflowEngine.Templates.Tree;
using WorkflowEngine.Templates.Values;

namespace WorkflowEngine.Templates.Rendering;

internal sealed partial class RenderContext
{
    /// <summary>All texts made on the way together may have as many characters as this many results of the greatest length.</summary>
    private const int TextsOnTheWay = 64;

    private StringBuilder output = new();
    private long made;
    private Stack<StringBuilder>? outputs;
    private bool atLineStart;

    /// <summary>The template and width of the white space that stands before the code block being executed: each further line of its values gets it too.</summary>
    public string? Indent { get; set; }

    /// <summary>Runs a page from its beginning; what it returns is put out too.</summary>
    public string Run(Block page)
    {
        page.Execute(this);
        if (Flow == Flow.Return)
        {
            WriteValue(ReturnValue);
        }

        return output.ToString();
    }

    /// <summary>Text of the template itself.</summary>
    public void WriteText(ReadOnlySpan<char> text)
    {
        Indent = null;
        Append(text);
    }

    /// <summary>Markup that a statement makes, such as the rows of a table.</summary>
    public void WriteMarkup(string markup) => WriteIndented(markup);

    /// <summary>A value put into the text, escaped as the kind of output asks.</summary>
    public void WriteValue(object? value)
    {
        switch (value)
        {
            case null:
                break;
            case HtmlText html:
                WriteIndented(html.Html);
                break;
            case double or float when IsStrict && !double.IsFinite(Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture)):
                throw new RenderFault("The value is not a finite number: something was divided by zero.");
            default:
                var text = TextForm.Of(value, this);
                WriteIndented(Kind == OutputKind.Html && value is not (int or bool) ? HtmlEscape.Escape(text) : text);
                break;
        }
    }

    private void WriteIndented(ReadOnlySpan<char> text)
    {
        if (Indent is not { } indent)
        {
            Append(text);
            return;
        }

        while (!text.IsEmpty)
        {
            if (atLineStart)
            {
                if (Leniency.IndentEmptyLines || text[0] is not ('\n' or '\r'))
                {
                    Append(indent);
                }

                atLineStart = false;
            }

            var end = text.IndexOf('\n');
            var line = end < 0 ? text : text[..(end + 1)];
            Append(line);
            text = text[line.Length..];
        }
    }

    private void Append(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
        {
            return;
        }

        if (text.Length > MaxCharacters - output.Length)
        {
            if (!Leniency.CutLongText)
            {
                throw TooLong();
            }

            if (output.Length >= MaxCharacters)
            {
                return;
            }

            output.Append(text[..(MaxCharacters - output.Length)]).Append("...");
            return;
        }

        atLineStart = text[^1] == '\n';
        output.Append(text);
    }

    public RenderFault TooLong(int position = -1) =>
        new($"The text becomes longer than {MaxCharacters} characters.", position);

    /// <summary>Text made on the way to the result is bounded as the result is.</summary>
    public string Bounded(string text, int position = -1)
    {
        ChargeText(text.Length, position);
        return text.Length <= MaxCharacters || Leniency.CutLongText ? text : throw TooLong(position);
    }

    /// <summary>Takes characters of a text that is made on the way from the budget: each may be short enough, and all together fill the memory.</summary>
    public void ChargeText(long characters, int position = -1)
    {
        made += characters;
        if (made / TextsOnTheWay > MaxCharacters)
        {
            throw new RenderFault($"The texts made on the way have more than {TextsOnTheWay} x {MaxCharacters} characters together.", position);
        }
    }

    public void CheckLength(long length, int position = -1)
    {
        if (length > MaxCharacters)
        {
            throw TooLong(position);
        }
    }

    public string CutText(string text) =>
        text.Length <= MaxCharacters ? text
        : Leniency.CutLongText ? string.Concat(text.AsSpan(0, MaxCharacters), "...")
        : throw TooLong();

    /// <summary>Collects what is written from now on apart from the rest.</summary>
    public void PushOutput()
    {
        (outputs ??= new Stack<StringBuilder>()).Push(output);
        output = new StringBuilder();
    }

    /// <summary>What was collected: values in it are escaped already, so it is HTML where the output is.</summary>
    public object PopOutput()
    {
        var collected = output.ToString();
        ChargeText(collected.Length);
        output = outputs!.Pop();
        return Kind == OutputKind.Html ? new HtmlText(collected) : collected;
    }

    /// <summary>Renders another template in the place of a value.</summary>
    public object? Include(Template template, ScriptArray arguments, int position)
    {
        EnterCall(position);
        var (source, indent, flow, lineStart) = (Source, Indent, Flow, atLineStart);
        (Source, Indent, atLineStart) = (template.Source, null, false);
        PushOutput();
        PushLocal(new LocalScope { Arguments = arguments });
        template.Page.Execute(this);
        if (Flow == Flow.Return)
        {
            WriteValue(ReturnValue);
        }

        ReturnValue = null;
        PopLocal();
        var result = PopOutput();
        (Source, Indent, Flow, atLineStart) = (source, indent, flow, lineStart);
        LeaveCall();
        return result;
    }
}
