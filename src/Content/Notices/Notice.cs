using System.Text.Json.Nodes;

namespace WorkflowEngine.Content.Notices;

/// <summary>A notice ready to be put into an inbox and a mail.</summary>
public sealed record RenderedNotice(string Subject, string Html, string Text);

/// <summary>A rendered notice, or why there is none, in words for the operator.</summary>
public sealed record NoticeResult(RenderedNotice? Notice, string? Error);

/// <summary>
/// A letter that the platform sends: <c>templates/NAME.subject</c>, <c>.html</c> and <c>.txt</c>, and the model that they may
/// use in <c>NAME.model.json</c>.
/// </summary>
public sealed class Notice
{
    internal Notice(string name, string letter, string title)
    {
        Name = name;
        Letter = letter;
        Title = title;
    }

    /// <summary>What flows call it, e.g. <c>application-receipt</c>.</summary>
    public string Name { get; }

    /// <summary>The letter's number in the procedure, e.g. <c>L01</c>.</summary>
    public string Letter { get; }

    /// <summary>Chinese, e.g. 提交回执.</summary>
    public string Title { get; }

    /// <summary>
    /// Fills in the letter. Members that the model file declares as dates are given as ISO texts and become dates; everything
    /// that enters the HTML is escaped.
    /// </summary>
    public NoticeResult Render(JsonObject model) => throw new NotSupportedException("Rendering follows with the templates engine.");
}
