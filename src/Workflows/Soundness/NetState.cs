using System.Security.Cryptography;
using System.Text;
using WorkflowEngine.Workflows.Execution;
using WorkflowEngine.Workflows.Flowcharts;

namespace WorkflowEngine.Workflows.Soundness;

/// <summary>
/// The name of a state of a net: two states with the same name go on alike. Ids and the order in which things were opened are left out, and of
/// counter mode's numbers only how far the edges of one step are apart. A wait that is open twice is looked at as if it were open once, and so is a token:
/// else a loop that leaves something open behind it would never be seen to the end.
/// </summary>
internal static class NetState
{
    public static UInt128 NameOf(FlowNet net, WorkflowState state)
    {
        var waiting = state.BookmarkRecords.ToLookup(bookmark => bookmark.Instance);
        var below = state.Instances.Where(instance => instance.Parent is not null).ToLookup(instance => instance.Parent!.Value);
        var callbacks = state.Callbacks.ToLookup(callback => callback.Owner);
        var text = new StringBuilder();
        text.Append((int)state.SubStatus).Append(state.Outcome is null ? '-' : '+');
        foreach (var part in state.Instances.Where(instance => instance.Parent is null).Select(Write).Order(StringComparer.Ordinal))
        {
            text.Append(part);
        }

        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
        return new UInt128(BitConverter.ToUInt64(hash, 0), BitConverter.ToUInt64(hash, 8));

        string Write(InstanceRecord instance)
        {
            var own = new StringBuilder("(").Append(instance.NodeId).Append((int)instance.Status);
            if (instance.CameBackward)
            {
                own.Append('<');
            }

            foreach (var (key, value) in (instance.Memory ?? new Dictionary<string, object>()).OrderBy(entry => entry.Key, StringComparer.Ordinal))
            {
                own.Append(';').Append(key).Append('=').Append(value);
            }

            if (instance.Counts is { } counts)
            {
                WriteCounts(own, net, instance, counts, state.TriggerActivityId);
            }

            foreach (var token in (instance.Tokens ?? []).Select(token => $"|{token.From}>{token.To}.{token.Port}{(token.Blocked ? "#" : "")}{(token.Spent ? "~" : "")}").Distinct().Order(StringComparer.Ordinal))
            {
                own.Append(token);
            }

            foreach (var callback in callbacks[instance.Id].Select(callback => $"^{callback.ChildNodeId}").Distinct().Order(StringComparer.Ordinal))
            {
                own.Append(callback);
            }

            own.Append('w', waiting[instance.Id].Count());
            foreach (var child in below[instance.Id].Select(Write).Distinct().Order(StringComparer.Ordinal))
            {
                own.Append(child);
            }

            return own.Append(')').ToString();
        }
    }

    private static void WriteCounts(StringBuilder own, FlowNet net, InstanceRecord instance, FlowCounts counts, string? trigger)
    {
        var flowchart = net.Definition.Node(instance.NodeId);
        var paths = Flowchart.PathsOf(flowchart, instance.Side, trigger);
        for (var activity = 0; activity < counts.Activities.Length; activity++)
        {
            var inbound = paths.Inbound(activity);
            // All alike: nothing has come that the step has not answered, and what was followed then is asked no more.
            if (Array.TrueForAll(inbound, edge => counts.Edges[edge.Index] == counts.Activities[activity]))
            {
                continue;
            }

            int[] numbers = [counts.Activities[activity], .. inbound.Select(edge => counts.Edges[edge.Index])];
            var steps = Steps(numbers);
            own.Append('|').Append(activity).Append(':').Append(steps[numbers[0]]);
            for (var i = 0; i < inbound.Length; i++)
            {
                own.Append(',').Append(steps[numbers[i + 1]]).Append(counts.Followed[inbound[i].Index] ? '+' : '-');
            }
        }
    }

    /// <summary>Numbers in their order, those next to each other kept apart from those further apart: how far a loop has left an edge behind does not matter.</summary>
    private static Dictionary<int, int> Steps(int[] numbers)
    {
        var steps = new Dictionary<int, int>();
        var at = 0;
        int? before = null;
        foreach (var number in numbers.Distinct().Order())
        {
            at += before is { } last ? Math.Min(2, number - last) : 0;
            steps[number] = at;
            before = number;
        }

        return steps;
    }
}
