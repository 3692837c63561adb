using WorkflowEngine.Content;
using WorkflowEngine.Content.Rehearsal;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage.Content;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Host.ContentSync;

/// <summary>What the last look at the content folder found.</summary>
/// <param name="ReleaseId">The release in force; null when there never was a valid one.</param>
/// <param name="Problems">Why the files as they are now were refused, or what was only warned of.</param>
/// <param name="Refused">True: the files have errors and the release before them stays in force.</param>
public sealed record ContentStatus(string? ReleaseId, bool Refused, IReadOnlyList<Problem> Problems, string? FolderError, DateTimeOffset CheckedAt)
{
    /// <summary>What the stories of the files try; null when they were not played, because the files have errors or are in force already.</summary>
    public StoryCoverage? Stories { get; init; }

    /// <summary>The files as they were looked at, by path; null before the first look.</summary>
    public IReadOnlyDictionary<string, string>? Files { get; init; }

    /// <summary>Files that were changed both here and in a browser: what is in force of them stays until somebody decides.</summary>
    public IReadOnlyList<string> Conflicts { get; init; } = [];
}

/// <summary>
/// Brings the files of the content folder into force: valid ones become the release that new cases begin with, files with
/// errors change nothing and are told about. One look at a time.
/// </summary>
public sealed class FolderSync(ContentReleases releases, VersionStore versions, HostSettings settings, BusinessClock business, SystemClock clock, ILogger<FolderSync> log) : IDisposable
{
    private readonly OneAtATime _looks = new();
    private volatile ContentStatus _status = new(null, Refused: false, [], null, DateTimeOffset.MinValue);

    public ContentStatus Status => _status;

    /// <summary>Looks at the folder once; cheap when nothing changed.</summary>
    /// <param name="again">Also when nothing changed: somebody has decided about a conflict.</param>
    public Task LookAsync(CancellationToken ct, bool again = false) => _looks.RunAsync(
        async () =>
        {
            var (files, error) = ContentFolder.ReadFiles(settings.ContentRoot);
            if (files is null)
            {
                if (_status.FolderError != error) log.LogError("The content folder cannot be read: {Problem}", error);
                _status = _status with { FolderError = error, CheckedAt = clock.Now };
                return;
            }

            if (again || _status.FolderError is not null || _status.Files is not { } last || !Same(last, files)) await TakeOverAsync(files, ct);
        },
        ct);

    private async Task TakeOverAsync(IReadOnlyDictionary<string, string> files, CancellationToken ct)
    {
        // What is in force was rehearsed before it came into force.
        var read = ContentReader.Read(files, settings.Http.ReachableHosts, settings.ContentMemory);
        if (read.Set is { } set && !(releases.HasCurrent && releases.Current.Id == set.Id)) read = ContentCheck.Rehearse(set, read.Report, settings.ContentMemory);
        if (read.Set is not { } content)
        {
            foreach (var problem in read.Problems) log.LogError("Content refused: {Problem}", problem);
            var inForce = releases.HasCurrent ? releases.Current.Id : null;
            _status = new ContentStatus(inForce, Refused: true, read.Problems, null, clock.Now) { Stories = read.Report.Stories, Files = files };
            return;
        }

        // A draft waits for somebody to publish it; but a database without any content has nothing to wait with.
        IReadOnlyList<string> conflicts = [];
        if (!releases.HasCurrent)
        {
            if (!await PublishAsync(content, Publication.Plain with { Folder = files }, read, ct)) return;
        }
        else if (settings.ContentFiles == ContentFiles.Publish && releases.Current.Id != content.Id)
        {
            var inForce = releases.Current;
            var compared = ThreeWay.Of(files, await versions.SyncedAsync(ct), inForce.Files);
            conflicts = compared.Conflicts;
            // What was changed in a browser since stays as it is there; together with it the files have to be looked at again.
            var merged = compared.InForce.Count == 0 ? read : ContentCheck.Run(compared.Merged, settings.Http.ReachableHosts, settings.ContentMemory);
            if (merged.Set is not { } both)
            {
                foreach (var problem in merged.Problems) log.LogError("Content refused beside what was changed in a browser: {Problem}", problem);
                _status = new ContentStatus(inForce.Id, Refused: true, merged.Problems, null, clock.Now) { Stories = merged.Report.Stories, Files = files, Conflicts = conflicts };
                return;
            }

            // The next look tries again where another host, or somebody in a browser, was quicker.
            if (both.Id != inForce.Id)
            {
                if (!await PublishAsync(both, new Publication(inForce.Id) { Folder = files, Undecided = conflicts }, merged, ct)) return;
            }
            else if (compared.InFolder.Count > 0)
            {
                // The folder came to say what was published in a browser: neither has changed since.
                await versions.SyncAsync(files, conflicts, ct);
            }

            foreach (var path in conflicts) log.LogWarning("{File} was changed in the folder and in a browser; what is in force stays until somebody decides.", path);
        }

        _status = new ContentStatus(releases.Current.Id, Refused: false, read.Problems, null, clock.Now) { Stories = read.Report.Stories, Files = files, Conflicts = conflicts };
    }

    private async Task<bool> PublishAsync(ContentSet content, Publication how, ContentResult read, CancellationToken ct)
    {
        if (!await releases.PublishAsync(content, ContentOwner.Province, "files", business.Now, how, ct))
        {
            await releases.RefreshAsync(ct);
            return false;
        }

        log.LogInformation("Content release {Release} is in force ({Counts}).", content.Id, read.Report.Counts);
        return true;
    }

    public void Dispose() => _looks.Dispose();

    private static bool Same(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) =>
        one.Count == other.Count && one.All(file => other.TryGetValue(file.Key, out var text) && text == file.Value);
}
