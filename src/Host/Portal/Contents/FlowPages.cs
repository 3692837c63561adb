using WorkflowEngine.Content.Differences;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.ContentSync;
using WorkflowEngine.Host.Designer.Flows;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Portal.Shell;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.SignIn;
using WorkflowEngine.Storage.Content;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Host.Portal.Contents;

/// <summary>A flow before it is published.</summary>
/// <param name="Changes">Against what is in force; empty for what is in force itself.</param>
/// <param name="Problems">Of its own file, in Chinese: with these it cannot be published.</param>
/// <param name="Stories">That do not come out as they are told: with these it is published for a stated reason only.</param>
/// <param name="Played">How many stories were played; null where the flow has problems.</param>
public sealed record FlowModel(
    FlowVersion Flow, string Name, IReadOnlyList<FileVersion> Versions, IReadOnlyList<Difference> Changes, IReadOnlyList<string> Problems, IReadOnlyList<Problem> Stories, int? Played, bool MayPublish,
    IReadOnlyList<string> Refusals, string Reason)
{
    public string Path => FlowPages.PathOf(Flow.DefinitionId);

    public bool IsDraft => Flow.File.State == VersionState.Draft;
}

/// <summary>检查、试算与发布 of one flow: what a draft changes, which stories it does not keep, and the way into force and back.</summary>
public static class FlowPages
{
    public static string PathOf(string definitionId) => $"{ContentPages.Root}/flows/{Uri.EscapeDataString(definitionId)}";

    public static void MapFlowPages(this IEndpointRouteBuilder pages)
    {
        var flows = pages.MapGroup($"{ContentPages.Root}/flows/{{id}}").AddEndpointFilter(OwnContentAsync);
        flows.MapGet("", ShowAsync).RequireAuthorization(Policies.Designer);
        flows.MapPost("/publish", PublishAsync).RequireAuthorization(Policies.Publishing).RequireFormToken();
        flows.MapPost("/revert", RevertAsync).RequireAuthorization(Policies.Publishing).RequireFormToken();
        flows.MapPost("/discard", DiscardAsync).RequireAuthorization(Policies.Publishing).RequireFormToken();
    }

    private static async Task<IResult> ShowAsync(string id, Parts parts, HttpContext http, CancellationToken ct) =>
        await ModelAsync(id, parts, http, [], "", ct) is { } model ? Pages.Show<FlowPage, FlowModel>(model) : Pages.NotFound();

    private static async Task<IResult> PublishAsync(string id, Parts parts, HttpContext http, CancellationToken ct)
    {
        var form = await http.Request.ReadFormAsync(ct);
        var reason = form["reason"].ToString();
        if (reason.Length > RequestLimits.Reason) return await AgainAsync(id, parts, http, [$"理由不能超过 {RequestLimits.Reason} 个字。"], reason, ct);
        if (await parts.Desk.FindAsync(id, "Latest", ct) is not { } flow) return Pages.NotFound();
        if (flow.File.Id != form["version"]) return await AgainAsync(id, parts, http, [$"您查看之后，{flow.File.SavedByName}又保存过这份草稿。请看过下面最新的改动再发布。"], reason, ct);

        return await parts.Publishing.PublishAsync(flow, SignedInPerson.Required(http.User), reason, ct) switch
        {
            FlowResult.Done => Pages.Next(PathOf(id)),
            FlowResult.Refused refused => await AgainAsync(id, parts, http, refused.Reasons, reason, ct),
            FlowResult.NeedsReason => await AgainAsync(id, parts, http, ["有情景与改动不符。请修改情景，或者写明仍要发布的理由。"], reason, ct),
            _ => Pages.NotFound(),
        };
    }

    private static async Task<IResult> RevertAsync(string id, Parts parts, HttpContext http, CancellationToken ct)
    {
        var form = await http.Request.ReadFormAsync(ct);
        return int.TryParse(form["number"], out var number) ? await DoneAsync(id, await parts.Desk.RevertAsync(id, number, SignedInPerson.Required(http.User), ct), parts, http, ct) : Pages.NotFound();
    }

    private static async Task<IResult> DiscardAsync(string id, Parts parts, HttpContext http, CancellationToken ct) => await parts.Desk.FindAsync(id, "Latest", ct) is { } flow
        ? await DoneAsync(id, await parts.Desk.DiscardAsync(flow.File, SignedInPerson.Required(http.User), ct), parts, http, ct)
        : Pages.NotFound();

    private static async Task<IResult> DoneAsync(string id, FlowResult result, Parts parts, HttpContext http, CancellationToken ct) => result switch
    {
        FlowResult.Done => Pages.Next(PathOf(id)),
        FlowResult.Gone => Pages.Next(await parts.Desk.FindAsync(id, "Latest", ct) is null ? ContentPages.Root : PathOf(id)),
        FlowResult.Refused refused => await AgainAsync(id, parts, http, refused.Reasons, "", ct),
        _ => Pages.NotFound(),
    };

    private static async Task<IResult> AgainAsync(string id, Parts parts, HttpContext http, IReadOnlyList<string> refusals, string reason, CancellationToken ct) =>
        await ModelAsync(id, parts, http, refusals, reason, ct) is { } model ? Pages.Show<FlowPage, FlowModel>(model, StatusCodes.Status422UnprocessableEntity) : Pages.NotFound();

    private static async Task<FlowModel?> ModelAsync(string id, Parts parts, HttpContext http, IReadOnlyList<string> refusals, string reason, CancellationToken ct)
    {
        var history = await parts.Desk.HistoryAsync(id, ct);
        if (history.Count == 0) return null;

        var flow = await parts.Desk.OpenAsync(history[0], isLatest: true, ct);
        var isDraft = flow.File.State == VersionState.Draft;
        var tried = isDraft ? parts.Publishing.Rehearse(flow) : null;
        var errors = tried?.Problems.Where(problem => problem.Severity == ProblemSeverity.Error).ToList() ?? [];
        var stories = tried?.Report.Stories is null ? [] : errors;
        return new FlowModel(
            flow,
            WorkflowDefinition.Read(flow.Text, flow.File.Path).Definition?.Name ?? id,
            history,
            isDraft ? Changes(parts.Releases, flow) : [],
            stories.Count > 0 || errors.Count == 0 ? [] : FlowProblems.InChinese(errors, flow.File.Path, flow.Text),
            stories,
            tried?.Report.Stories?.Stories,
            ContentOwner.MayPublish(SignedInPerson.Required(http.User)),
            refusals,
            reason);
    }

    private static IReadOnlyList<Difference> Changes(ContentReleases releases, FlowVersion flow)
    {
        var path = flow.File.Path;
        var before = releases.Current.Files.Where(file => file.Key == path).ToDictionary();
        return ContentDifferences.Between(before, new Dictionary<string, string> { [path] = flow.Text });
    }

    private static async ValueTask<object?> OwnContentAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        ContentOwner.IsOf(SignedInPerson.From(context.HttpContext.User)) ? await next(context) : Pages.NotFound();

    /// <summary>What every one of these pages asks.</summary>
    private sealed record Parts(FlowDesk Desk, FlowPublishing Publishing, ContentReleases Releases)
    {
        public static ValueTask<Parts?> BindAsync(HttpContext http) => ValueTask.FromResult<Parts?>(new Parts(
            http.RequestServices.GetRequiredService<FlowDesk>(), http.RequestServices.GetRequiredService<FlowPublishing>(), http.RequestServices.GetRequiredService<ContentReleases>()));
    }
}
