using WorkflowEngine.Content;
using WorkflowEngine.Content.Rehearsal;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.ContentSync;
using WorkflowEngine.Host.Designer.Flows;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage.Content;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Host.Designer.Files;

/// <summary>
/// Brings drafts into force: a release of the content in force with these files in the place of the old, which goes through every check that a release from files goes
/// through. Cases that run stay on the release that they began with.
/// </summary>
public sealed class DraftPublishing(FileDesk desk, ContentReleases releases, HostSettings settings, BusinessClock clock, ILogger<DraftPublishing> log)
{
    /// <summary>Others may publish something else at the same moment.</summary>
    private const int Attempts = 3;

    private static readonly EditResult.Refused Raced = new("同时有别人发布了内容，没有发布。请再试一次。");

    /// <summary>What would come of publishing these drafts: all checks and stories, and nothing is changed.</summary>
    public ContentResult Rehearse(IReadOnlyList<OpenedVersion> drafts) => Check(With(releases.Current, drafts));

    /// <inheritdoc cref="PublishAsync(IReadOnlyList{OpenedVersion}, SignedInPerson, string, CancellationToken)"/>
    public async Task<EditResult> PublishAsync(OpenedVersion version, SignedInPerson person, string? reason, CancellationToken ct)
    {
        if (version.IsPublished) return new EditResult.Done(version, AlreadyPublished: true);
        if (version.IsDraft) return await PublishAsync([version], person, reason, ct);

        return await desk.RevertAsync(await desk.HistoryAsync(version.File.Path, ct), version.File.Number, person, ct) is EditResult.Done { Version: { IsDraft: true } draft }
            ? await PublishAsync([draft], person, reason, ct)
            : new EditResult.Refused("这个流程有一份更新的草稿，请先发布或删除它。");
    }

    /// <param name="drafts">One for each file, the one that is asked about first.</param>
    /// <param name="reason">Why it is published although stories do not come out as they are told.</param>
    public async Task<EditResult> PublishAsync(IReadOnlyList<OpenedVersion> drafts, SignedInPerson person, string? reason, CancellationToken ct)
    {
        reason = string.IsNullOrWhiteSpace(reason) ? null : reason.Trim();
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            foreach (var draft in drafts)
            {
                if (await ReplacedBaseAsync(draft, ct) is { } other) return new EditResult.Refused(BaseReplaced(draft, other.Published));
            }

            var inForce = releases.Current;
            var files = With(inForce, drafts);
            if (drafts.FirstOrDefault(draft => inForce.Files.GetValueOrDefault(draft.File.Path) == files[draft.File.Path]) is { } same)
            {
                return new EditResult.Refused($"“{same.File.Path}”的草稿与现行内容相同，没有可发布的改动。请删除这份草稿。");
            }

            var how = new Publication(inForce.Id) { By = person.Actor, Reason = reason, DraftIds = [.. drafts.Select(draft => draft.File.Id)] };
            var result = await TryAsync(files, drafts[0].File.Path, how, ct);
            if (result is EditResult.Gone) return await desk.FindVersionAsync(drafts[0].File.Id, ct) is { } now ? new EditResult.Done(now) : new EditResult.NotFound();
            if (result is not null) return result;

            foreach (var draft in drafts)
            {
                if (await desk.FindVersionAsync(draft.File.Id, ct) is not { IsDraft: true }) return new EditResult.Refused("草稿在发布的同时被修改或发布了，没有发布。请重新打开后再试。");
            }
        }

        return Raced;
    }

    /// <summary>Takes the folder's text of one file into force.</summary>
    /// <returns><see cref="EditResult.Gone"/> when it is in force.</returns>
    public async Task<EditResult> TakeAsync(SettledFile settled, SignedInPerson person, string? reason, CancellationToken ct)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var inForce = releases.Current;
            var files = new Dictionary<string, string>(inForce.Files, StringComparer.Ordinal);
            if (settled.FolderText is { } text) files[settled.Path] = text;
            else files.Remove(settled.Path);
            if (await TryAsync(files, settled.Path, new Publication(inForce.Id) { By = person.Actor, Reason = reason, Settles = settled }, ct) is { } result) return result;
        }

        return Raced;
    }

    /// <summary>Takes a flow out of force, with the stories that tell of it: it is no longer offered, and cases that run on it go on.</summary>
    public async Task<EditResult> RetractAsync(OpenedVersion flow, SignedInPerson person, CancellationToken ct)
    {
        if (!flow.IsPublished) return new EditResult.Refused("这个流程没有现行版本，不用停用。");

        var inForce = releases.Current;
        var gone = FileKinds.WrittenTogether(flow.File.Path);
        var files = inForce.Files.Where(file => !gone.Contains(file.Key)).ToDictionary();
        var checkedContent = Check(files);
        if (checkedContent.Set is not { } content) return new EditResult.Refused(FileProblems.InChinese(checkedContent.Problems, flow.File.Path, flow.Text));

        return await releases.PublishAsync(content, ContentOwner.Province, person.Actor.Name, clock.Now, new Publication(inForce.Id) { By = person.Actor }, ct)
            && await desk.HistoryAsync(flow.File.Path, ct) is [var now, ..]
            ? new EditResult.Done(await desk.OpenAsync(now, isLatest: true, ct))
            : new EditResult.Refused("同时有别人发布了内容，没有停用。请再试一次。");
    }

    /// <summary>The version that came into force after a draft was begun on another one; null while there is none.</summary>
    public async Task<ReplacedBase?> ReplacedBaseAsync(OpenedVersion draft, CancellationToken ct)
    {
        var history = await desk.HistoryAsync(draft.File.Path, ct);
        var published = history.FirstOrDefault(version => version.State == VersionState.Published);
        return published?.Id == draft.File.BasedOn ? null : new ReplacedBase(history.FirstOrDefault(version => version.Id == draft.File.BasedOn), published);
    }

    private static string BaseReplaced(OpenedVersion draft, FileVersion? published) => published is null
        ? $"“{draft.File.Path}”的草稿开始之后，这个文件已停用。请在它的页面上决定是否仍要发布。"
        : $"“{draft.File.Path}”的草稿开始之后，{FileDesk.WhoSaved(published)}发布了另一个版本（第 {published.Number} 版），直接发布会撤销那里的改动。请在它的页面上对照两个版本后决定。";

    /// <returns><see cref="EditResult.Gone"/> when the files are in force; null when something else came into force meanwhile.</returns>
    private async Task<EditResult?> TryAsync(Dictionary<string, string> files, string path, Publication how, CancellationToken ct)
    {
        var read = ContentReader.Read(files, settings.Http.ReachableHosts, settings.ContentMemory);
        if (read.Set is not { } content) return new EditResult.Refused(FileProblems.InChinese(read.Problems, path, files.GetValueOrDefault(path, "")));

        var stories = ContentCheck.Rehearse(content, read.Report, settings.ContentMemory).Problems.Where(problem => problem.Severity == ProblemSeverity.Error).ToList();
        if (stories.Count > 0 && how.Reason is null) return new EditResult.NeedsReason(stories);

        if (await releases.PublishAsync(content, ContentOwner.Province, how.By!.Name, clock.Now, how, ct))
        {
            log.LogInformation("{File} is in force with release {Release}; {Stories} stories fail.", path, content.Id, stories.Count);
            return new EditResult.Gone();
        }

        await releases.RefreshAsync(ct);
        return null;
    }

    private ContentResult Check(Dictionary<string, string> files) => ContentCheck.Run(files, settings.Http.ReachableHosts, settings.ContentMemory);

    private static Dictionary<string, string> With(ContentSet inForce, IReadOnlyList<OpenedVersion> drafts)
    {
        var files = new Dictionary<string, string>(inForce.Files, StringComparer.Ordinal);
        foreach (var draft in drafts) files[draft.File.Path] = AsPublished(draft);
        return files;
    }

    /// <summary>A flow says its own number, as cases remember it.</summary>
    private static string AsPublished(OpenedVersion draft)
    {
        if (!ContentReader.IsFlowFile(draft.File.Path) || FlowNodes.Parse(draft.Text) is not { } file) return draft.Text;

        file["id"] = $"{draft.DefinitionId}-{draft.File.Number}";
        file["version"] = draft.File.Number;
        if (file.ContainsKey("isLatest")) file["isLatest"] = true;
        if (file.ContainsKey("isPublished")) file["isPublished"] = true;
        return FlowText.Write(file);
    }
}

/// <summary>A draft no longer stands on what is in force.</summary>
/// <param name="Base">The version it was begun on; null: the file was new.</param>
/// <param name="Published">What is in force instead; null: the file was taken out of force.</param>
public sealed record ReplacedBase(FileVersion? Base, FileVersion? Published);
