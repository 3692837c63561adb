using System.Text.Json.Nodes;
using WorkflowEngine.Rules;
using WorkflowEngine.Templates;

namespace WorkflowEngine.Content.Notices;

/// <summary>A notice ready to be put into an inbox and a mail.</summary>
public sealed record RenderedNotice(string Subject, string Html, string Text);

/// <summary>A rendered notice, or why there is none, in words for the operator.</summary>
public sealed record NoticeResult(RenderedNotice? Notice, string? Error);

/// <summary>
/// A letter that the platform sends: <c>templates/NAME.subject</c>, <c>.html</c> and <c>.txt</c>, and the model that they may
/// use in <c>NAME.model.json</c>. Read and checked by <see cref="NoticeReader"/>.
/// </summary>
public sealed class Notice
{
    private readonly Template _subject;
    private readonly Template _html;
    private readonly Template _text;
    private readonly Func<string, Template?> _includes;

    internal Notice(
        string name, string letter, string title, bool isUrgent, NoticeModel model, JsonObject sample, (Template Subject, Template Html, Template Text) parts, Func<string, Template?> includes)
    {
        Name = name;
        Letter = letter;
        Title = title;
        IsUrgent = isUrgent;
        Model = model;
        Sample = sample;
        (_subject, _html, _text) = parts;
        _includes = includes;
    }

    /// <summary>What flows call it, e.g. <c>application-receipt</c>.</summary>
    public string Name { get; }

    /// <summary>The letter's number in the procedure, e.g. <c>L01</c>.</summary>
    public string Letter { get; }

    /// <summary>Chinese, e.g. 提交回执.</summary>
    public string Title { get; }

    /// <summary>Its reader has little time: it goes at once also to who wants one mail a day, and as a short message (<c>"urgent": true</c> in the model file).</summary>
    public bool IsUrgent { get; }

    /// <summary>A model to show the notice with, from its model file.</summary>
    public JsonObject Sample { get; }

    internal NoticeModel Model { get; }

    /// <summary>
    /// Fills in the letter. Members that the model file declares as dates are given as ISO texts and become dates; everything
    /// that enters the HTML is escaped; a member that is declared and missing is an error, not a hole in the letter.
    /// </summary>
    public NoticeResult Render(JsonObject model)
    {
        var (rendered, fault) = Try(model);
        return new NoticeResult(rendered, fault?.ToString());
    }

    /// <summary>What the letter may use of what it is told, and nothing else: enough to write the same letter again.</summary>
    public JsonObject Used(FactObject told) => (JsonObject)Model.Used(told)!;

    /// <summary>
    /// A model of a real case without what people wrote about themselves or others: texts that parties and officers entered, and the names of enterprises, become
    /// characters of the same number, so that the letter looks as long as it was. Dates, numbers, codes, steps and authorities stay.
    /// </summary>
    public JsonObject Masked(JsonObject model) => (JsonObject)NoticeMask.Of(Model, model)!;

    /// <summary>The letter, or where and why it cannot be written; the place is the notice's name when the model is at fault.</summary>
    internal (RenderedNotice? Notice, TemplateProblem? Fault) Try(JsonObject model)
    {
        IReadOnlyDictionary<string, object?> values;
        try
        {
            values = (Dictionary<string, object?>)Model.Convert(model, "")!;
        }
        catch (NoticeModelException e)
        {
            return (null, new TemplateProblem(Name, 1, 1, e.Message));
        }

        var subject = Render(_subject, OutputKind.Subject, values);
        var html = Render(_html, OutputKind.Html, values);
        var text = Render(_text, OutputKind.Text, values);
        return (subject.Error ?? html.Error ?? text.Error) is { } fault
            ? (null, fault)
            : (new RenderedNotice(subject.Text!.Trim(), html.Text!, text.Text!), null);
    }

    private RenderResult Render(Template part, OutputKind kind, IReadOnlyDictionary<string, object?> values) =>
        part.Render(values, new RenderSettings { Kind = kind, Strict = true, Includes = _includes });
}
