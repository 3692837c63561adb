using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Workflows.Soundness;

/// <summary>
/// Whether a step can read a variable before a step has written it. Follows the explored states of the main flow for as long as nothing is written, and then the
/// side regions of the activities that were open meanwhile.
/// </summary>
internal static class VariableFlow
{
    public static IEnumerable<UnwrittenRead> Unwritten(WorkflowDefinition definition, IReadOnlyList<Exploration> explorations, IReadOnlyList<VariableUse> uses)
    {
        foreach (var variable in uses.SelectMany(use => use.Reads).Distinct(StringComparer.Ordinal))
        {
            var readers = uses.Where(use => use.Reads.Contains(variable)).Select(use => use.ActivityId).ToHashSet(StringComparer.Ordinal);
            var writers = uses.Where(use => use.Writes.Contains(variable)).Select(use => use.ActivityId).ToHashSet(StringComparer.Ordinal);
            var told = new HashSet<string>(StringComparer.Ordinal);
            var begunBefore = new HashSet<string>(StringComparer.Ordinal);
            var left = explorations.ToList();
            for (var next = left.Find(one => one.Side is null); next is not null; next = left.Find(one => one.Side is var (activity, _) ? begunBefore.Contains(activity.Id) : true))
            {
                left.Remove(next);
                foreach (var (reader, path) in Follow(next, readers, writers, begunBefore))
                {
                    if (told.Add(reader) && definition.Find(reader) is { } step)
                    {
                        yield return new UnwrittenRead(step, variable, path);
                    }
                }
            }
        }
    }

    /// <summary>The readers that can begin before a writer has ended. What begins before is noted: its side ports may fire before, too.</summary>
    private static List<(string Reader, List<SoundnessMove> Path)> Follow(Exploration exploration, HashSet<string> readers, HashSet<string> writers, HashSet<string> begunBefore)
    {
        var found = new List<(string, List<SoundnessMove>)>();
        var cameBy = new Dictionary<int, (int From, SoundnessMove? By)>();
        var open = new Queue<int>();
        Take(exploration.Begun, to: 0, from: -1, by: null);
        while (open.TryDequeue(out var state))
        {
            foreach (var (to, way) in exploration.WaysOn(state))
            {
                Take(way.Steps, to, state, way.By);
            }
        }

        return found;

        void Take(IReadOnlyList<WatchedStep> steps, int to, int from, SoundnessMove? by)
        {
            foreach (var step in steps)
            {
                if (step.Began)
                {
                    begunBefore.Add(step.ActivityId);
                    if (readers.Contains(step.ActivityId))
                    {
                        found.Add((step.ActivityId, PathTo(from, by)));
                    }
                }
                else if (writers.Contains(step.ActivityId))
                {
                    return;
                }
            }

            if (exploration.States > 0 && cameBy.TryAdd(to, (from, by)))
            {
                open.Enqueue(to);
            }
        }

        List<SoundnessMove> PathTo(int from, SoundnessMove? by)
        {
            var path = new List<SoundnessMove>();
            for (; ; (from, by) = cameBy[from])
            {
                if (by is not null)
                {
                    path.Add(by);
                }

                if (from < 0)
                {
                    path.Reverse();
                    return path;
                }
            }
        }
    }
}
