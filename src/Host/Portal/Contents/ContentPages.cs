using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.ContentSync;
using WorkflowEngine.Host.Designer.Api;
using WorkflowEngine.Host.Designer.Flows;
using WorkflowEngine.Host.Portal.Dates;
using WorkflowEngine.Host.Portal.Picture;
using WorkflowEngine.Host.Portal.Shell;
using WorkflowEngine.Storage.Content;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Host.Portal.Contents;

/// <param name="Changes">What publishing the folder would change; null while nothing is in force, or nothing was read.</param>
/// <param name="Flows">Every flow, with what is being done to it.</param>
public sealed record ContentModel(ContentStatus Status, ComparedContent? Changes, IReadOnlyList<FlowLine> Flows);

/// <summary>A flow in the list.</summary>
public sealed record FlowLine(string Id, string Name, string State);

/// <summary>The way to a problem, in words and on the picture.</summary>
/// <param name="Picture">Null where the flow has no flowchart.</param>
public sealed record ContentPathModel(Problem Problem, string Flow, IReadOnlyList<PathTurn> Turns, CasePicture? Picture);

public sealed record ContentChangesModel(IReadOnlyList<Release> Releases, ComparedContent Compared);

/// <summary>流程与规则: what is in force, what is wrong with the files of the folder, and what publishing them would change. Nothing is changed here.</summary>
public static class ContentPages
{
    public const string Root = "/content";
    public const string DriftRoot = $"{Root}/drift";

    public static void MapContentPages(this IEndpointRouteBuilder pages)
    {
        var content = pages.MapGroup(Root).RequireAuthorization(Policies.Content);
        content.MapGet("", ShowAsync);
        content.MapGet("/path", Path);
        content.MapGet("/differences", DifferencesAsync);
    }

    public static async ValueTask<object?> OwnContentAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        ContentOwner.IsOf(SignedInPerson.From(context.HttpContext.User)) ? await next(context) : Pages.NotFound();

    /// <summary>Where the way to a problem is drawn.</summary>
    public static string PathOf(Problem problem) =>
        $"{Root}/path?file={Uri.EscapeDataString(problem.File)}&code={Uri.EscapeDataString(problem.Code)}&step={Uri.EscapeDataString(problem.ActivityId ?? "")}";

    private static async Task<IResult> ShowAsync(FolderSync folder, ContentVersions versions, FlowDesk desk, DefinitionAnswers names, CancellationToken ct) =>
        Pages.Show<ContentPage, ContentModel>(new ContentModel(folder.Status, await versions.CompareAsync(null, null, ct), await FlowsAsync(desk, names, ct)));

    private static async Task<IReadOnlyList<FlowLine>> FlowsAsync(FlowDesk desk, DefinitionAnswers names, CancellationToken ct)
    {
        var latest = (await desk.ListAsync(ct)).DistinctBy(version => version.Path).ToList();
        var called = await names.NamesAsync(latest, ct);
        return [.. latest.Select(version => new FlowLine(version.Item, called[version.Hash].Name, version.State switch
        {
            VersionState.Draft => $"第 {version.Number} 版草稿，{version.SavedByName} {ChineseDates.Minute(version.SavedAt)}保存",
            VersionState.Published => $"第 {version.Number} 版现行",
            _ => "已停用",
        }))];
    }

    private static IResult Path(FolderSync folder, string file = "", string code = "", string step = "")
    {
        var status = folder.Status;
        var found = status.Problems.FirstOrDefault(problem => problem.Path.Count > 0 && problem.File == file && problem.Code == code && problem.ActivityId == step);
        if (found is not { } problem || status.Files?.GetValueOrDefault(problem.File) is not { } text || WorkflowDefinition.Read(text, problem.File).Definition is not { } flow) return Pages.NotFound();

        return Pages.Show<ContentPathPage, ContentPathModel>(new ContentPathModel(problem, flow.Name, PathPictures.TurnsOf(flow, problem), PathPictures.Of(flow, problem)));
    }

    private static async Task<IResult> DifferencesAsync(ContentVersions versions, CancellationToken ct, string? before = null, string? after = null) =>
        await versions.CompareAsync(before, after, ct) is { } compared
            ? Pages.Show<ContentChangesPage, ContentChangesModel>(new ContentChangesModel(await versions.LatestAsync(ct), compared))
            : Pages.NotFound();
}
