using WorkflowEngine.Content;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.ContentSync;
using WorkflowEngine.Host.Portal.Dates;
using WorkflowEngine.Storage.Content;

namespace WorkflowEngine.Host.Designer.Files;

/// <summary>
/// The files of the content as policy staff write them: each a chain of versions of which the newest may be a draft. What is saved is kept whatever is wrong with it; what is in
/// force changes by <see cref="DraftPublishing"/> alone.
/// </summary>
public sealed class FileDesk(VersionStore versions, BusinessClock clock)
{
    /// <summary>Characters of one file.</summary>
    public const int LongestText = 1024 * 1024;

    /// <summary>Versions of all files that are looked at for a list.</summary>
    private const int MostListed = 20_000;

    private const int MostVersions = 200;

    /// <summary>All versions of all files below a folder, those of each together, its draft or newest first.</summary>
    public Task<IReadOnlyList<FileVersion>> ListAsync(string folder, CancellationToken ct) => versions.ListAsync(folder, MostListed, ct);

    /// <summary>Its draft or newest first; empty when there is no such file.</summary>
    public async Task<IReadOnlyList<FileVersion>> HistoryAsync(string path, CancellationToken ct) =>
        IsStorable(path) ? [.. (await versions.HistoryAsync(path, MostVersions, ct)).Where(version => version.Path == path)] : [];

    /// <summary>The version with this id, of which a newer one may exist.</summary>
    public async Task<OpenedVersion?> FindVersionAsync(string id, CancellationToken ct) =>
        IsStorable(id) && await versions.FindAsync(id, ct) is { } version ? await OpenAsync(version, await HistoryAsync(version.Path, ct) is [var newest, ..] && newest.Id == version.Id, ct) : null;

    /// <summary>A version with its text.</summary>
    public async Task<OpenedVersion> OpenAsync(FileVersion version, bool isLatest, CancellationToken ct) =>
        new(version, (await versions.TextsAsync([version.Id], ct)).GetValueOrDefault(version.Id, ""), isLatest);

    /// <summary>The drafts of these files, where there are some.</summary>
    public async Task<IReadOnlyList<OpenedVersion>> DraftsAsync(IReadOnlyList<string> paths, CancellationToken ct)
    {
        var drafts = new List<FileVersion>();
        foreach (var path in paths)
        {
            if (await HistoryAsync(path, ct) is [{ State: VersionState.Draft } draft, ..]) drafts.Add(draft);
        }

        var texts = await versions.TextsAsync([.. drafts.Select(draft => draft.Id)], ct);
        return [.. drafts.Select(draft => new OpenedVersion(draft, texts.GetValueOrDefault(draft.Id, ""), IsLatest: true))];
    }

    /// <summary>Keeps a text as the draft of a file; a file that is not known is begun.</summary>
    /// <param name="seen">The version that was opened; null: there was none.</param>
    public async Task<EditResult> SaveAsync(string path, string text, string? seen, SignedInPerson person, CancellationToken ct)
    {
        var history = await HistoryAsync(path, ct);
        if (history.Count == 0 && !FileKinds.IsContentPath(path)) return new EditResult.Refused("文件须放在 workflows、rules 或 templates 下，名称只用字母、数字、横线和下划线，结尾是 .json、.html、.txt、.subject 或 .scriban。");
        if (FileKinds.Of(path) == FileKind.Flow) return new EditResult.Refused("流程在流程设计器中修改。");
        if (history is [var newest, ..])
        {
            if (newest.Id != seen) return Overtaken(newest);

            var before = await OpenAsync(newest, isLatest: true, ct);
            var kept = before.Text.Contains("\r\n", StringComparison.Ordinal) ? text.ReplaceLineEndings("\r\n") : text;
            return before.Text == kept ? new EditResult.Done(before) : await KeepAsync(new DraftSave(ContentOwner.Province, path, newest.Item, kept, newest.Id), person, ct);
        }

        return seen is null ? await KeepAsync(new DraftSave(ContentOwner.Province, path, path, text, Over: null), person, ct) : new EditResult.Refused("这份草稿已被删除，您的修改没有保存。");
    }

    /// <summary>Begins a draft with the text of a former version.</summary>
    public async Task<EditResult> RevertAsync(IReadOnlyList<FileVersion> history, int number, SignedInPerson person, CancellationToken ct)
    {
        if (history.FirstOrDefault(version => version.Number == number) is not { } wanted) return new EditResult.NotFound();

        var opened = await OpenAsync(wanted, wanted.Id == history[0].Id, ct);
        return opened is { IsLatest: true, File.State: not VersionState.Retired } ? new EditResult.Done(opened) : await ReplaceAsync(history[0], opened.Text, person, ct);
    }

    /// <summary>Somebody else's draft is not written over by a whole text: nobody has seen what of it would be lost.</summary>
    public async Task<EditResult> ReplaceAsync(FileVersion newest, string text, SignedInPerson person, CancellationToken ct) =>
        newest.State == VersionState.Draft && newest.SavedBy != person.Actor.UserId
            ? new EditResult.Refused($"{newest.SavedByName}正在修改（{ChineseDates.Minute(newest.SavedAt)}保存过草稿）。请先发布或删除这份草稿。")
            : await KeepAsync(new DraftSave(ContentOwner.Province, newest.Path, newest.Item, text, newest.Id), person, ct);

    /// <summary>Throws the draft away. What was ever in force is kept.</summary>
    public async Task<EditResult> DiscardAsync(FileVersion version, SignedInPerson person, CancellationToken ct) => version.State switch
    {
        VersionState.Draft => await versions.DiscardAsync(version, person.Actor, clock.Now, ct) ? new EditResult.Gone() : new EditResult.Refused("这份草稿已被修改或发布，请刷新后再试。"),
        VersionState.Published => new EditResult.Refused("现行版本不能删除。不再受理的，请停用；在办案件仍按原版本办完。"),
        _ => new EditResult.Refused("生效过的版本须留存备查，不能删除。"),
    };

    /// <summary>Goes on with a draft although another version came into force after it was begun: publishing it will undo that one, knowingly.</summary>
    public async Task<EditResult> RebaseAsync(OpenedVersion draft, SignedInPerson person, CancellationToken ct) =>
        await versions.RebaseAsync(draft.File, person.Actor, clock.Now, ct) is { } rebased
            ? new EditResult.Done(new OpenedVersion(rebased, draft.Text, IsLatest: true))
            : new EditResult.Refused("这份草稿已被修改或发布，请刷新后再试。");

    /// <summary>Keeps a text, unless somebody has saved or published since.</summary>
    public async Task<EditResult> KeepAsync(DraftSave save, SignedInPerson person, CancellationToken ct)
    {
        if (save.Text.Length > LongestText) return new EditResult.Refused("内容过大，不能保存。");
        if (!IsStorable(save.Text)) return new EditResult.Refused("内容中含有不能保存的字符（U+0000）。");

        return await versions.SaveAsync(save, person.Actor, clock.Now, ct) switch
        {
            SaveDraftResult.Saved saved => new EditResult.Done(new OpenedVersion(saved.Version, save.Text, IsLatest: true)),
            SaveDraftResult.Overtaken { Newer: { } newer } => Overtaken(newer),
            _ => new EditResult.Refused("这份草稿已被删除，您的修改没有保存。请重新打开。"),
        };
    }

    public static EditResult.Refused Overtaken(FileVersion newer) => new(newer.State == VersionState.Draft
        ? $"您打开之后，{newer.SavedByName}已于{ChineseDates.Minute(newer.SavedAt)}保存过，您的修改没有保存。请重新打开，在最新的草稿上修改。"
        : $"您打开之后，第 {newer.Number} 版已由{WhoSaved(newer)}于{ChineseDates.Minute(newer.PublishedAt ?? newer.SavedAt)}发布，您的修改没有保存。请重新打开。");

    /// <summary>Who wrote a version, as people are told.</summary>
    public static string WhoSaved(FileVersion version) => version.SavedBy == "files" ? "内容文件夹" : version.SavedByName;

    /// <summary>PostgreSQL has no NUL in text and would answer with an error.</summary>
    public static bool IsStorable(string text) => !text.Contains('\0', StringComparison.Ordinal);
}
