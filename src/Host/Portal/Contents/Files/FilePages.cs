using Microsoft.AspNetCore.Mvc;
using WorkflowEngine.Content;
using WorkflowEngine.Content.Calendars;
using WorkflowEngine.Content.Notices;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Designer.Files;
using WorkflowEngine.Host.Designer.Flows;
using WorkflowEngine.Host.Portal.Letters;
using WorkflowEngine.Host.Portal.Shell;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.SignIn;

namespace WorkflowEngine.Host.Portal.Contents.Files;

/// <summary>规则、文书、表单、日历: each file's page, where it is written as a text, tried out, published and taken back. Flows are drawn elsewhere and published here.</summary>
public static class FilePages
{
    public const string Root = $"{ContentPages.Root}/file";
    public const string ListRoot = $"{ContentPages.Root}/files";

    private const int LongestFacts = 100_000;
    private const int LongestPlan = 20_000;

    /// <summary>A browser sends a letter of Chinese in three bytes.</summary>
    private const int LargestPost = (4 * FileDesk.LongestText) + (256 * 1024);

    public static string PathOf(string path) => $"{Root}?path={Uri.EscapeDataString(path)}";

    public static string Act(string path, string act) => $"{Root}/{act}?path={Uri.EscapeDataString(path)}";

    public static string PathOfFlow(string definitionId) => $"{ContentPages.Root}/flows/{Uri.EscapeDataString(definitionId)}";

    public static void MapFilePages(this IEndpointRouteBuilder pages)
    {
        var own = pages.MapGroup("").AddEndpointFilter(ContentPages.OwnContentAsync);
        own.MapGet(ListRoot, ListAsync).RequireAuthorization(Policies.Designer);
        own.MapGet($"{ContentPages.Root}/flows/{{id}}", ShowFlowAsync).RequireAuthorization(Policies.Designer);
        var file = own.MapGroup(Root);
        file.MapGet("", ShowAsync).RequireAuthorization(Policies.Designer);
        Post(file, "/try", TryAsync, Policies.Designer);
        Post(file, "/preview", PreviewAsync, Policies.Designer);
        Post(file, "/check", CheckAsync, Policies.Publishing);
        Post(file, "/save", SaveAsync, Policies.Publishing);
        Post(file, "/year", ImportYearAsync, Policies.Publishing);
        Post(file, "/publish", PublishAsync, Policies.Publishing);
        Post(file, "/revert", RevertAsync, Policies.Publishing);
        Post(file, "/rebase", RebaseAsync, Policies.Publishing);
        Post(file, "/discard", DiscardAsync, Policies.Publishing);
    }

    private static void Post(RouteGroupBuilder file, string act, Delegate handler, string policy) => file.MapPost(act, handler).RequireAuthorization(policy)
        .WithMetadata(new RequestSizeLimitAttribute(LargestPost)).WithFormOptions(multipartBodyLengthLimit: LargestPost, valueCountLimit: 600, keyLengthLimit: 100, valueLengthLimit: LargestPost).RequireFormToken();

    private static async Task<IResult> ListAsync(FileReading reading, HttpContext http, CancellationToken ct, string kind = "rules") =>
        FileGroup.All.FirstOrDefault(group => group.Id == kind) is { } group
            ? Pages.Show<FileListPage, FileListModel>(await reading.ListAsync(group, SignedInPerson.Required(http.User), [], ct))
            : Pages.NotFound();

    private static async Task<IResult> ShowAsync(FilePost post, CancellationToken ct, bool @new = false) => await post.ShowAsync(Typed.Nothing, ct, isNew: @new && post.MayPublish);

    private static async Task<IResult> ShowFlowAsync(string id, FilePost post, FlowDesk flows, CancellationToken ct) =>
        await flows.HistoryAsync(id, ct) is [var newest, ..] ? await (post with { Path = newest.Path }).ShowAsync(Typed.Nothing, ct) : Pages.NotFound();

    private static async Task<IResult> SaveAsync(FilePost post, CancellationToken ct)
    {
        var (text, seen) = (post.Text("text"), post.Text("version"));
        return await post.Desk.SaveAsync(post.Path, text, seen.Length == 0 ? null : seen, post.Person, ct) switch
        {
            EditResult.Done => Pages.Next(PathOf(post.Path)),
            EditResult.Refused refused => await post.ShowAsync(new Typed(refused.Reasons, text, seen), ct, isNew: true),
            _ => Pages.NotFound(),
        };
    }

    /// <summary>What is wrong with a text while it is being written, as a piece of the page.</summary>
    private static async Task<IResult> CheckAsync(FilePost post, DraftCheck checks, CancellationToken ct) =>
        FileKinds.IsContentPath(post.Path) ? Pages.Show<ProblemSheet, IReadOnlyList<ToldProblem>>(await checks.CheckAsync(post.Path, post.Text("text"), ct)) : Pages.NotFound();

    private static async Task<IResult> TryAsync(FilePost post, CancellationToken ct)
    {
        var (set, facts, date) = (post.Text("ruleSet"), post.Text("facts"), post.Text("date"));
        return facts.Length > LongestFacts ? Pages.NotFound() : await post.ShowAsync(Typed.Nothing with { Question = new RuleQuestion(set, facts, date, null, null) }, ct);
    }

    /// <summary>A letter as it would be with the text that is being written.</summary>
    private static async Task<IResult> PreviewAsync(FilePost post, DraftCheck checks, CancellationToken ct)
    {
        var model = FileKinds.WrittenTogether(post.Path)[0];
        if (FileKinds.Of(post.Path) is not (FileKind.Letter or FileKind.LetterText) || !FileKinds.IsContentPath(post.Path)) return Pages.NotFound();

        var draft = NoticeDraft.Read(await checks.FilesAsync(post.Path, post.Text("text"), ct), model, new Dictionary<string, string>());
        return LetterPreview.Of(post.Http, draft, draft.Notice?.Sample ?? []);
    }

    private static async Task<IResult> ImportYearAsync(FilePost post, BusinessClock clock, CancellationToken ct)
    {
        var (year, paper, plan) = (post.Text("year"), post.Text("paper"), post.Text("plan"));
        if (post.Path != ContentReader.CalendarFile || plan.Length > LongestPlan || await post.Desk.HistoryAsync(post.Path, ct) is not [var newest, ..]) return Pages.NotFound();

        var before = await post.Desk.OpenAsync(newest, isLatest: true, ct);
        var imported = YearPlan.Import(before.Text, int.TryParse(year, out var number) ? number : 0, paper, plan, clock.Today);
        var result = imported.Text is { } text ? await post.Desk.SaveAsync(post.Path, text, newest.Id, post.Person, ct) : new EditResult.Refused(imported.Problems);
        return result is EditResult.Refused refused ? await post.ShowAsync(new Typed(refused.Reasons) { Year = (year, paper, plan) }, ct) : Pages.Next(PathOf(post.Path));
    }

    private static async Task<IResult> PublishAsync(FilePost post, DraftPublishing publishing, CancellationToken ct)
    {
        var reason = post.Text("reason");
        if (reason.Length > RequestLimits.Reason) return await AgainAsync([$"理由不能超过 {RequestLimits.Reason} 个字。"]);
        if (await post.LatestAsync(ct) is not { } version) return Pages.NotFound();
        if (version.File.Id != post.Text("version")) return await AgainAsync([$"您查看之后，{version.File.SavedByName}又保存过这份草稿。请看过下面最新的改动再发布。"]);
        if (!version.IsDraft) return Pages.Next(post.Page(version));

        var drafts = new List<OpenedVersion> { version };
        foreach (var other in post.Form["with"].OfType<string>().Distinct(StringComparer.Ordinal))
        {
            if (await post.Desk.FindVersionAsync(other, ct) is not { IsDraft: true } found || found.File.Path == post.Path) return await AgainAsync(["一并发布的草稿已被修改、发布或删除。请看过最新的草稿再发布。"]);

            drafts.Add(found);
        }

        return await publishing.PublishAsync(drafts, post.Person, reason, ct) switch
        {
            EditResult.Done done => Pages.Next(post.Page(done.Version)),
            EditResult.Refused refused => await AgainAsync(refused.Reasons),
            EditResult.NeedsReason => await AgainAsync(["有情景与改动不符。请修改情景，或者写明仍要发布的理由。"]),
            _ => Pages.NotFound(),
        };

        Task<IResult> AgainAsync(IReadOnlyList<string> refusals) => post.ShowAsync(new Typed(refusals, Reason: reason), ct);
    }

    private static async Task<IResult> RevertAsync(FilePost post, CancellationToken ct) => int.TryParse(post.Text("number"), out var number)
        ? await post.DoneAsync(await post.Desk.RevertAsync(await post.Desk.HistoryAsync(post.Path, ct), number, post.Person, ct), ct)
        : Pages.NotFound();

    private static Task<IResult> RebaseAsync(FilePost post, CancellationToken ct) => post.WithDraftAsync(draft => post.Desk.RebaseAsync(draft, post.Person, ct), ct);

    private static Task<IResult> DiscardAsync(FilePost post, CancellationToken ct) => post.WithDraftAsync(draft => post.Desk.DiscardAsync(draft.File, post.Person, ct), ct);
}
