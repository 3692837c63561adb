using System.Globalization;
using System.Text.Json.Nodes;
using WorkflowEngine.Content;
using WorkflowEngine.Content.Notices;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Portal.Dates;
using WorkflowEngine.Host.Portal.Shell;
using WorkflowEngine.Host.SignIn;
using WorkflowEngine.Storage.Outbox;

namespace WorkflowEngine.Host.Portal.Letters;

/// <summary>One letter of the list.</summary>
/// <param name="Number">Its number in the procedure, e.g. <c>L01</c>.</param>
public sealed record LetterLine(string Name, string Number, string Title, bool IsUrgent);

public sealed record LetterListModel(IReadOnlyList<LetterLine> Letters);

/// <summary>A letter's texts beside what comes of them.</summary>
/// <param name="FilePath">Where it is changed.</param>
/// <param name="Sample">The letter really sent that it is shown with; empty: the sample of the model file.</param>
public sealed record LetterModel(LetterLine Letter, string Subject, string Html, string Text, string ModelText, IReadOnlyList<SentLetter> Sent, string Sample, string FilePath)
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
            latest, latest.Any(letter => letter.Id == sample) ? sample : "", Part(modelPath, "html")));
    }

    private static async Task<IResult> PreviewAsync(string name, HttpContext http, ContentReleases releases, SentLetters sent, CancellationToken ct, string sample = "") =>
        releases.Current.Notices.TryGetValue(name, out var notice) ? LetterPreview.Of(http, new NoticeDraft(notice, []), await ModelAsync(notice, sample, sent, ct)) : Pages.NotFound();

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
        return LetterPreview.Of(http, draft, draft.Notice is { } notice ? await ModelAsync(notice, form["sample"].ToString(), sent, ct) : []);
    }

    private static async Task<JsonObject> ModelAsync(Notice notice, string sample, SentLetters sent, CancellationToken ct) =>
        sample.Length > 0 && await sent.ModelAsync(notice.Name, sample, ct) is { } real ? notice.Masked(real) : notice.Sample;

    private static LetterLine Line(Notice notice) => new(notice.Name, notice.Letter, notice.Title, notice.IsUrgent);

    private static string Part(string modelPath, string ending) => $"{modelPath[..^NoticeDraft.ModelEnding.Length]}.{ending}";

    /// <summary>A browser posts texts with CR LF; files have LF.</summary>
    private static string Lines(string? text) => (text ?? "").ReplaceLineEndings("\n");

    public static string Named(SentLetter letter) => string.Create(CultureInfo.InvariantCulture, $"{ChineseDates.Minute(letter.SentAt)} 发出的一份");
}
