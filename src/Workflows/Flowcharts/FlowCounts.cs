namespace WorkflowEngine.Workflows.Flowcharts;

/// <summary>Counter mode's memory: how often each activity and edge of a flowchart was visited, and whether an edge was followed at its last visit.</summary>
internal sealed class FlowCounts
{
    public FlowCounts(int activities, int edges)
    {
        Activities = new int[activities];
        Edges = new int[edges];
        Followed = new bool[edges];
    }

    public FlowCounts(int[] activities, int[] edges, bool[] followed)
    {
        Activities = activities;
        Edges = edges;
        Followed = followed;
    }

    public int[] Activities { get; }

    public int[] Edges { get; }

    public bool[] Followed { get; }

    public FlowCounts Copy() => new([.. Activities], [.. Edges], [.. Followed]);

    public void Visit(FlowEdge edge, bool followed)
    {
        Edges[edge.Index]++;
        Followed[edge.Index] = followed;
    }

    /// <summary>Every edge into the activity was visited more often than the activity itself.</summary>
    public bool AllVisited(FlowEdge[] inbound, int activity)
    {
        var least = int.MaxValue;
        foreach (var edge in inbound)
        {
            least = Math.Min(least, Edges[edge.Index]);
        }

        return inbound.Length > 0 && least > Activities[activity];
    }

    /// <summary>
    /// One of the edges that were visited most often was followed at its last visit, and the activity has not answered that visit yet. An edge that lags
    /// behind the others, because a loop passed them again, does not speak for them.
    /// </summary>
    public bool AnyFollowed(FlowEdge[] inbound, int activity)
    {
        var most = Activities[activity];
        foreach (var edge in inbound)
        {
            most = Math.Max(most, Edges[edge.Index]);
        }

        foreach (var edge in inbound)
        {
            if (Followed[edge.Index] && Edges[edge.Index] == most && !IsLate(edge, activity))
            {
                return true;
            }
        }

        return false;
    }

    public bool AllFollowed(FlowEdge[] inbound)
    {
        foreach (var edge in inbound)
        {
            if (!Followed[edge.Index] || Edges[edge.Index] != Edges[inbound[0].Index])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The activity has run for this round of the edge already.</summary>
    public bool IsLate(FlowEdge edge, int activity) => Edges[edge.Index] <= Activities[activity];
}

/// <summary>A token on its way. A blocked one swallows arrivals on its edge until the activity it leads to has run again.</summary>
internal sealed record FlowToken(int From, int To, string? Port, bool Blocked, bool Spent = false);
