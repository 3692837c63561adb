using WorkflowEngine.Content;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.ContentSync;
using WorkflowEngine.Host.Designer.Files;
using WorkflowEngine.Host.Portal.Shell;

namespace WorkflowEngine.Host.Portal.Contents.Files;

/// <summary>A request about one file: which, from whom, and what the form says. A parameter of the endpoints of <see cref="FilePages"/>, read after the form was.</summary>
public sealed record FilePost(HttpContext Http, string Path, SignedInPerson Person, FileDesk Desk, FileReading Reading)
{
    public IFormCollection Form => Http.Request.Form;

    public bool MayPublish => ContentOwner.MayPublish(Person);

    /// <summary>A browser posts texts with CR LF; files have LF.</summary>
    public string Text(string field) => Form[field].ToString().ReplaceLineEndings("\n");

    /// <summary>The page, with what was refused and typed.</summary>
    public async Task<IResult> ShowAsync(Typed typed, CancellationToken ct, bool isNew = false) => await Reading.ReadAsync(Path, isNew, Person, typed, ct) is { } model
        ? Pages.Show<FilePage, FileModel>(model, typed.Refusals.Count > 0 ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK)
        : Pages.NotFound();

    /// <summary>The draft, or the newest version.</summary>
    public async Task<OpenedVersion?> LatestAsync(CancellationToken ct) => await Desk.HistoryAsync(Path, ct) is [var newest, ..] ? await Desk.OpenAsync(newest, isLatest: true, ct) : null;

    /// <summary>Does something with the draft that was seen; one that was saved since is shown instead.</summary>
    public async Task<IResult> WithDraftAsync(Func<OpenedVersion, Task<EditResult>> act, CancellationToken ct)
    {
        if (await LatestAsync(ct) is not { } version) return Pages.NotFound();

        return await DoneAsync(version.File.Id == Text("version") ? await act(version) : FileDesk.Overtaken(version.File), ct);
    }

    public async Task<IResult> DoneAsync(EditResult result, CancellationToken ct) => result switch
    {
        EditResult.Done done => Pages.Next(Page(done.Version)),
        EditResult.Gone => Pages.Next(await LatestAsync(ct) is { } version ? Page(version) : FileGroup.Of(FileKinds.Of(Path))?.Path ?? ContentPages.Root),
        EditResult.Refused refused => await ShowAsync(new Typed(refused.Reasons), ct),
        _ => Pages.NotFound(),
    };

    public string Page(OpenedVersion version) => ContentReader.IsFlowFile(Path) ? FilePages.PathOfFlow(version.DefinitionId) : FilePages.PathOf(Path);

    public static ValueTask<FilePost?> BindAsync(HttpContext http)
    {
        var services = http.RequestServices;
        return ValueTask.FromResult<FilePost?>(new FilePost(
            http, http.Request.Query["path"].ToString(), SignedInPerson.Required(http.User), services.GetRequiredService<FileDesk>(), services.GetRequiredService<FileReading>()));
    }
}
