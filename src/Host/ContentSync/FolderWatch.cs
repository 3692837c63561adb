using System.Threading.Channels;
using WorkflowEngine.Content;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Serving;

namespace WorkflowEngine.Host.ContentSync;

/// <summary>
/// Looks at the content folder when something in it changes. An editor saves in several steps, so a look waits until the
/// folder was quiet for a moment; some file systems announce nothing, so it also looks each second or so by itself.
/// </summary>
public sealed class FolderWatch(FolderSync sync, HostSettings settings, SystemClock clock, ILogger<FolderWatch> log) : BackgroundService
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(1_500);

    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.ContentFiles == ContentFiles.Off) return;

        var watchers = ContentFolder.Folders.Select(Watch).OfType<FileSystemWatcher>().ToList();
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                if (await ChangedAsync(Poll, stoppingToken))
                {
                    while (await ChangedAsync(Quiet, stoppingToken)) { }
                }

                await LookAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            log.LogDebug("Stopped watching the content folder.");
        }
        finally
        {
            foreach (var watcher in watchers) watcher.Dispose();
        }
    }

    /// <summary>False: nothing changed within the time.</summary>
    private async Task<bool> ChangedAsync(TimeSpan within, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var alarm = clock.Time.CreateTimer(_ => limit.Cancel(), null, within, Timeout.InfiniteTimeSpan);
        try
        {
            return await _changes.Reader.ReadAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task LookAsync(CancellationToken ct)
    {
        try
        {
            await sync.LookAsync(ct);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            log.LogError(problem, "The content folder could not be taken over; the release in force stays.");
        }
    }

    private FileSystemWatcher? Watch(string folder)
    {
        var path = Path.Combine(settings.ContentRoot, folder);
        if (!Directory.Exists(path)) return null;

        try
        {
            var watcher = new FileSystemWatcher(path) { IncludeSubdirectories = true };
            watcher.Changed += (_, _) => _changes.Writer.TryWrite(true);
            watcher.Created += (_, _) => _changes.Writer.TryWrite(true);
            watcher.Deleted += (_, _) => _changes.Writer.TryWrite(true);
            watcher.Renamed += (_, _) => _changes.Writer.TryWrite(true);
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (IOException problem)
        {
            // The system's limit of watches is reached; the regular look still finds every change in time.
            log.LogWarning(problem, "{Folder} cannot be watched; it is looked at regularly instead.", path);
            return null;
        }
    }
}
