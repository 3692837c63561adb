using WorkflowEngine.Content;
using WorkflowEngine.Content.Rehearsal;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Serving;
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
}

/// <summary>
/// Brings the files of the content folder into force: valid ones become the release that new cases begin with, files with
/// errors change nothing and are told about. One look at a time.
/// </summary>
public sealed class FolderSync(ContentReleases releases, HostSettings settings, BusinessClock business, SystemClock clock, ILogger<FolderSync> log) : IDisposable
{
    /// <summary>Content from files belongs to the province until its cities have versions of their own.</summary>
    private const string Owner = "440000";

    private readonly OneAtATime _looks = new();
    private volatile ContentStatus _status = new(null, Refused: false, [], null, DateTimeOffset.MinValue);

    public ContentStatus Status => _status;

    /// <summary>Looks at the folder once; cheap when nothing changed.</summary>
    public Task LookAsync(CancellationToken ct) => _looks.RunAsync(
        async () =>
        {
            var (files, error) = ContentFolder.ReadFiles(settings.ContentRoot);
            if (files is null)
            {
                if (_status.FolderError != error) log.LogError("The content folder cannot be read: {Problem}", error);
                _status = _status with { FolderError = error, CheckedAt = clock.Now };
                return;
            }

            if (_status.FolderError is not null || _status.Files is not { } last || !Same(last, files)) await TakeOverAsync(files, ct);
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
        if (!releases.HasCurrent || (settings.ContentFiles == ContentFiles.Publish && releases.Current.Id != content.Id))
        {
            await releases.PublishAsync(content, Owner, "files", business.Now, ct);
            log.LogInformation("Content release {Release} is in force ({Counts}).", content.Id, read.Report.Counts);
        }

        _status = new ContentStatus(releases.Current.Id, Refused: false, read.Problems, null, clock.Now) { Stories = read.Report.Stories, Files = files };
    }

    public void Dispose() => _looks.Dispose();

    private static bool Same(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) =>
        one.Count == other.Count && one.All(file => other.TryGetValue(file.Key, out var text) && text == file.Value);
}
