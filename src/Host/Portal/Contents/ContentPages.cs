using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.ContentSync;
using WorkflowEngine.Host.Portal.Picture;
using WorkflowEngine.Host.Portal.Shell;
using WorkflowEngine.Storage.Content;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Host.Portal.Contents;

/// <param name="Changes">What publishing the folder would change; null while nothing is in force, or nothing was read.</param>
public sealed record ContentModel(ContentStatus Status, ComparedContent? Changes);

/// <summary>The way to a problem, in words and on the picture.</summary>
/// <param name="Picture">Null where the flow has no flowchart.</param>
public sealed record ContentPathModel(Problem Problem, string Flow, IReadOnlyList<PathTurn> Turns, CasePicture? Picture);

public sealed record ContentChangesModel(IReadOnlyList<Release> Releases, ComparedContent Compared);

/// <summary>流程与规则: what is in force, what is wrong with the files of the folder, and what publishing them would change. Nothing is changed here.</summary>
public static class ContentPages
{
    public const string Root = "/content";

    public static void MapContentPages(this IEndpointRouteBuilder pages)
    {
        var content = pages.MapGroup(Root).RequireAuthorization(Policies.Content);
        content.MapGet("", ShowAsync);
        content.MapGet("/path", Path);
        content.MapGet("/differences", DifferencesAsync);
    }

    /// <summary>Where the way to a problem is drawn.</summary>
    public static string PathOf(Problem problem) =>
        $"{Root}/path?file={Uri.EscapeDataString(problem.File)}&code={Uri.EscapeDataString(problem.Code)}&step={Uri.EscapeDataString(problem.ActivityId ?? "")}";

    private static async Task<IResult> ShowAsync(FolderSync folder, ContentVersions versions, CancellationToken ct) =>
        Pages.Show<ContentPage, ContentModel>(new ContentModel(folder.Status, await versions.CompareAsync(null, null, ct)));

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
