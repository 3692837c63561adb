using WorkflowEngine.Content;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Designer.Files;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage.Content;

namespace WorkflowEngine.Host.ContentSync;

/// <summary>The differences between the content folder and what is in force, and what people decide about them. Neither side is ever written over without that.</summary>
public sealed class DriftDesk(ContentReleases releases, VersionStore versions, DraftPublishing publishing, FolderSync sync, HostSettings settings, BusinessClock clock)
{
    /// <summary>As both are just now; null with the reason when the folder cannot be read.</summary>
    public async Task<(IReadOnlyList<DriftedFile>? Files, string? Error)> CompareAsync(CancellationToken ct)
    {
        var (folder, error) = ContentFolder.ReadFiles(settings.ContentRoot);
        return folder is null ? (null, error) : (ContentDrift.Of(folder, await versions.SyncedAsync(ct), releases.Current.Files), null);
    }

    /// <summary>Takes the folder's text of a file into force, or lets what is in force stay whatever the folder says.</summary>
    /// <param name="seen"><see cref="DriftedFile.Seen"/> of what was decided about.</param>
    /// <param name="reason">For the version and the audit chain; needed where stories do not come out as they are told.</param>
    public async Task<EditResult> SettleAsync(string path, string seen, bool folderWins, string? reason, SignedInPerson person, CancellationToken ct)
    {
        var (files, error) = await CompareAsync(ct);
        if (files is null) return new EditResult.Refused(error!);
        if (files.FirstOrDefault(file => file.Path == path) is not { Where: not ChangedIn.Browser } drifted) return new EditResult.Refused("这个文件两边已经一致，或不需要决定。");
        if (drifted.Seen != seen) return new EditResult.Refused("您查看之后，这个文件又改过。请看过最新的差异再决定。");

        var settled = new SettledFile(path, drifted.Folder, folderWins);
        var why = string.IsNullOrWhiteSpace(reason) ? null : reason.Trim();
        if (folderWins)
        {
            var taken = await publishing.TakeAsync(settled, person, why, ct);
            if (taken is not EditResult.Gone) return taken;
        }
        else
        {
            await versions.SettleAsync(settled, ContentOwner.Province, person.Actor, why, clock.Now, ct);
        }

        await sync.LookAsync(ct, again: true);
        return new EditResult.Gone();
    }
}
