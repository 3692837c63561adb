using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using WorkflowEngine.Content;
using WorkflowEngine.Content.Notices;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Portal.Dates;
using WorkflowEngine.Host.Portal.Notices;
using WorkflowEngine.Host.Portal.Shell;
using WorkflowEngine.Host.SignIn;
using WorkflowEngine.Storage.Outbox;

namespace WorkflowEngine.Host.Portal.Letters;

/// <summary>One letter of the list.</summary>
/// <param name="Number">Its number in the procedure, e.g. <c>L01</c>.</param>
public sealed record LetterLine(string Name, string Number, string Title, bool IsUrgent);

public sealed record LetterListModel(IReadOnlyList<LetterLine> Letters);

/// <summary>A letter's texts beside what comes of them.</summary>
/// <param name="Sample">The letter really sent that it is shown with; empty: the sample of the model file.</param>
public sealed record LetterModel(LetterLine Letter, string Subject, string Html, string Text, string ModelText, IReadOnlyList<SentLetter> Sent, string Sample)
{
    public string Path => $"/letters/{Letter.Name}";

    public string PreviewPath => $"{Path}/preview?sample={Uri.EscapeDataString(Sample)}";
}

/// <summary>文书: every letter's texts, and what they look like in a mail, in plain text and as a subject. Nothing is saved here.</summary>
public static class LetterPages
{
    private const int MostSent = 10;

    public static void MapLetterPages(this IEndpointRouteBuilder pages)
    {
        var letters = pages.MapGroup("/letters").RequireAuthorization(Policies.Content);
        letters.MapGet("", List);
        letters.MapGet("/{name}", ShowAsync);
        letters.MapGet("/{name}/preview", PreviewAsync);
        letters.MapPost("/{name}/preview", TryOutAsync).RequireFormToken();
    }

    private static IResult List(ContentReleases releases) => Pages.Show<LetterListPage, LetterListModel>(new LetterListModel(
        [.. releases.Current.Notices.Values.Select(Line).OrderBy(line => line.Number, StringComparer.Ordinal).ThenBy(line => line.Name, StringComparer.Ordinal)]));

    private static async Task<IResult> ShowAsync(string name, ContentReleases releases, SentLetters sent, CancellationToken ct, string sample = "")
    {
        var content = releases.Current;
        if (!content.Notices.TryGetValue(name, out var notice) || content.FileOf(ContentKind.Notice, name) is not { } modelPath) return Pages.NotFound();

        var latest = await sent.LatestAsync(name, MostSent, ct);
        return Pages.Show<LetterPage, LetterModel>(new LetterModel(
            Line(notice), content.Files[Part(modelPath, "subject")], content.Files[Part(modelPath, "html")], content.Files[Part(modelPath, "txt")], content.Files[modelPath],
            latest, latest.Any(letter => letter.Id == sample) ? sample : ""));
    }

    private static async Task<IResult> PreviewAsync(string name, HttpContext http, ContentReleases releases, SentLetters sent, CancellationToken ct, string sample = "") =>
        releases.Current.Notices.TryGetValue(name, out var notice) ? Result(http, notice, [], await ModelAsync(notice, sample, sent, ct)) : Pages.NotFound();

    /// <summary>The same with texts that somebody is just writing.</summary>
    private static async Task<IResult> TryOutAsync(string name, HttpContext http, ContentReleases releases, SentLetters sent, CancellationToken ct)
    {
        var content = releases.Current;
        if (content.FileOf(ContentKind.Notice, name) is not { } modelPath) return Pages.NotFound();

        var form = await http.Request.ReadFormAsync(ct);
        var changed = new Dictionary<string, string>
        {
            [Part(modelPath, "subject")] = Lines(form["subject"]),
            [Part(modelPath, "html")] = Lines(form["html"]),
            [Part(modelPath, "txt")] = Lines(form["text"]),
        };
        var draft = NoticeDraft.Read(content.Files, modelPath, changed);
        var problems = draft.Problems.Select(problem => $"{Path.GetFileName(problem.File)}:{problem.Line}:{problem.Column} {problem.Chinese ?? problem.Message}").ToList();
        return draft.Notice is { } notice ? Result(http, notice, problems, await ModelAsync(notice, form["sample"].ToString(), sent, ct)) : Result(http, null, problems, []);
    }

    private static async Task<JsonObject> ModelAsync(Notice notice, string sample, SentLetters sent, CancellationToken ct) =>
        sample.Length > 0 && await sent.ModelAsync(notice.Name, sample, ct) is { } real ? notice.Masked(real) : notice.Sample;

    private static IResult Result(HttpContext http, Notice? notice, IReadOnlyList<string> problems, JsonObject model)
    {
        FramedNotice.Protect(http);
        var page = new StringBuilder(
            """
            <!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>预览</title></head>
            <body style="margin:12px;font:14px/1.6 sans-serif;color:#1f2937">
            """);
        var result = notice?.Render(model);
        var told = result?.Error is { } error ? [.. problems, error] : problems;
        if (told.Count > 0)
        {
            page.Append("<div role=\"alert\" style=\"border-left:4px solid #b42318;background:#fef3f2;padding:8px 12px;margin-bottom:12px\"><strong>")
                .Append(result?.Notice is null ? "无法生成" : "请注意").Append("</strong><ul style=\"margin:4px 0 0;padding-left:20px\">");
            foreach (var problem in told) page.Append("<li>").Append(WebUtility.HtmlEncode(problem)).Append("</li>");
            page.Append("</ul></div>");
        }

        if (result?.Notice is { } letter)
        {
            page.Append("<h2 style=\"font-size:14px;margin:0\">主题</h2><p style=\"margin:4px 0 12px;padding:6px 8px;background:#f2f4f7\">").Append(WebUtility.HtmlEncode(letter.Subject))
                .Append("</p><h2 style=\"font-size:14px;margin:0\">邮件（HTML）</h2><iframe sandbox title=\"邮件（HTML）\" style=\"width:100%;height:460px;border:1px solid #d0d5dd;margin:4px 0 12px\" srcdoc=\"")
                .Append(WebUtility.HtmlEncode(letter.Html))
                .Append("\"></iframe><h2 style=\"font-size:14px;margin:0\">纯文本</h2><pre style=\"white-space:pre-wrap;margin:4px 0;padding:8px;background:#f2f4f7;font:13px/1.6 monospace\">")
                .Append(WebUtility.HtmlEncode(letter.Text)).Append("</pre>");
        }

        return Results.Content(page.Append("</body></html>").ToString(), "text/html; charset=utf-8");
    }

    private static LetterLine Line(Notice notice) => new(notice.Name, notice.Letter, notice.Title, notice.IsUrgent);

    private static string Part(string modelPath, string ending) => $"{modelPath[..^NoticeDraft.ModelEnding.Length]}.{ending}";

    /// <summary>A browser posts texts with CR LF; files have LF.</summary>
    private static string Lines(string? text) => (text ?? "").ReplaceLineEndings("\n");

    public static string Named(SentLetter letter) => string.Create(CultureInfo.InvariantCulture, $"{ChineseDates.Minute(letter.SentAt)} 发出的一份");
}
