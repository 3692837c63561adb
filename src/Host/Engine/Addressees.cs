using System.Collections.Concurrent;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Storage.Organisations;

namespace WorkflowEngine.Host.Engine;

/// <summary>
/// Names and addresses for letters. What was looked up counts for some seconds: a sweep writes to the same few authorities hundreds of times, and a changed
/// address may wait that long.
/// </summary>
public sealed class Addressees(OrganisationStore organisations, SystemClock clock)
{
    private const int MostKept = 10_000;

    private static readonly TimeSpan Life = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, (Organisation Organisation, DateTimeOffset At)> _known = new();

    /// <summary>Those that exist.</summary>
    public async Task<IReadOnlyDictionary<string, Organisation>> FindAsync(IReadOnlySet<string> ids, CancellationToken ct)
    {
        var now = clock.Now;
        var found = new Dictionary<string, Organisation>();
        foreach (var id in ids)
        {
            if (_known.TryGetValue(id, out var known) && now - known.At < Life) found.Add(id, known.Organisation);
        }

        if (found.Count == ids.Count) return found;

        if (_known.Count > MostKept) _known.Clear();
        foreach (var (id, organisation) in await organisations.FindAsync([.. ids.Where(id => !found.ContainsKey(id))], ct))
        {
            _known[id] = (organisation, now);
            found.Add(id, organisation);
        }

        return found;
    }
}
