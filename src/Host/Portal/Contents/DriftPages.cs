using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.ContentSync;
using WorkflowEngine.Host.Designer.Files;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Portal.Shell;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.SignIn;

namespace WorkflowEngine.Host.Portal.Contents;

/// <param name="Files">Those of which the folder says something else than what is in force.</param>
public sealed record DriftModel(IReadOnlyList<DriftedFile> Files, string? FolderError, bool MayPublish, IReadOnlyList<string> Refusals);

/// <summary>文件夹与现行内容: where the two are apart, and the buttons by which somebody decides; and all of what is in force to take away.</summary>
public static class DriftPages
{
    public static void MapDriftPages(this IEndpointRouteBuilder pages)
    {
        var own = pages.MapGroup("").AddEndpointFilter(ContentPages.OwnContentAsync);
        own.MapGet(ContentPages.DriftRoot, ShowAsync).RequireAuthorization(Policies.Designer);
        own.MapPost($"{ContentPages.DriftRoot}/settle", SettleAsync).RequireAuthorization(Policies.Publishing).RequireFormToken();
        own.MapGet($"{ContentPages.Root}/export.zip", (ContentReleases releases) => TypedResults.File(ContentExport.Zip(releases.Current.Files), "application/zip", $"content-{releases.Current.Id[..12]}.zip"))
            .RequireAuthorization(Policies.Designer);
    }

    private static Task<IResult> ShowAsync(DriftDesk desk, HttpContext http, CancellationToken ct) => AgainAsync(desk, http, [], ct);

    private static async Task<IResult> SettleAsync(DriftDesk desk, HttpContext http, CancellationToken ct)
    {
        var form = await http.Request.ReadFormAsync(ct);
        var reason = form["reason"].ToString();
        if (reason.Length > RequestLimits.Reason) return await AgainAsync(desk, http, [$"理由不能超过 {RequestLimits.Reason} 个字。"], ct);
        if (form["keep"].ToString() is not ("folder" or "in-force") and var keep) return await AgainAsync(desk, http, [$"不认识的选择“{keep}”。"], ct);

        return await desk.SettleAsync(form["path"].ToString(), form["seen"].ToString(), form["keep"] == "folder", reason, SignedInPerson.Required(http.User), ct) switch
        {
            EditResult.Gone => Pages.Next(ContentPages.DriftRoot),
            EditResult.Refused refused => await AgainAsync(desk, http, refused.Reasons, ct),
            EditResult.NeedsReason needs => await AgainAsync(desk, http, ["有情景与这个文件的改动不符，采用它须写明理由。", .. needs.Stories.Take(5).Select(story => story.Chinese ?? story.Message)], ct),
            _ => Pages.NotFound(),
        };
    }

    private static async Task<IResult> AgainAsync(DriftDesk desk, HttpContext http, IReadOnlyList<string> refusals, CancellationToken ct)
    {
        var (files, error) = await desk.CompareAsync(ct);
        return Pages.Show<DriftPage, DriftModel>(
            new DriftModel(files ?? [], error, ContentOwner.MayPublish(SignedInPerson.Required(http.User)), refusals), refusals.Count > 0 ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK);
    }
}
