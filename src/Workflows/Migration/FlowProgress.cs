using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;
using WorkflowEngine.Workflows.Flowcharts;

namespace WorkflowEngine.Workflows.Migration;

/// <summary>
/// How far a flowchart has come, told in the activities and edges of the new version. A step that was passed stays passed; what waits at a join waits at the same join. Where the drawing around
/// what has arrived was changed so that nobody could say what still has to come, the case is refused.
/// </summary>
internal sealed class FlowProgress(VersionMap map, ActivityNode old, ActivityNode now, SideKey? side, string? oldTrigger, string? newTrigger)
{
    private readonly int[] _placeOf = [.. old.Children.Select(child => map.NodeOf(child.NodeId)?.ChildIndex ?? -1)];
    private readonly int[] _before = [.. now.Children.Select(child => old.Children.FirstOrDefault(other => ReferenceEquals(map.NodeOf(other.NodeId), child))?.ChildIndex ?? -1)];

    /// <summary>Places of the old version that are nothing in the new one.</summary>
    public int PlaceOf(int place) => _placeOf[place];

    /// <param name="open">Places of the new version at which something is open here.</param>
    public IReadOnlyList<FlowToken> Carry(IReadOnlyList<FlowToken> tokens, HashSet<int> open, List<MigrationObstacle> obstacles)
    {
        var carried = new List<FlowToken>(tokens.Count);
        foreach (var token in tokens)
        {
            var (from, to) = (_placeOf[token.From], _placeOf[token.To]);
            var edge = from < 0 || to < 0 ? null : now.Graph!.Outbound(from).FirstOrDefault(other => other.Target == to && other.Port == token.Port);
            if (edge is not null)
            {
                carried.Add(token with { From = from, To = to });
            }
            else if (token.Blocked)
            {
                // Nothing can come on an edge that is not drawn any more.
            }
            else if (to >= 0 && open.Contains(to))
            {
                // The step that it set going is open; its end takes it away, whatever way it came.
                carried.Add(token with { From = from >= 0 ? from : to, To = to });
            }
            else
            {
                Refuse(obstacles, token.From, token.To, token.Port);
            }
        }

        foreach (var target in carried.Select(token => token.To).Where(to => !open.Contains(to)).Distinct())
        {
            if (IsDrawnAnew(target))
            {
                RefuseJoin(obstacles, target);
            }
        }

        return carried;
    }

    /// <param name="open">Places of the new version at which something is open here.</param>
    public FlowCounts Carry(FlowCounts counts, HashSet<int> open, List<MigrationObstacle> obstacles)
    {
        var graph = now.Graph!;
        var paths = Flowchart.PathsOf(now, CarriedSide(), newTrigger);
        var left = new int?[now.Children.Count];
        var activities = new int[now.Children.Count];
        for (var place = 0; place < activities.Length; place++)
        {
            activities[place] = _before[place] >= 0 ? counts.Activities[_before[place]] : Left(place);
        }

        var edges = new int[graph.Edges.Length];
        var followed = new bool[graph.Edges.Length];
        foreach (var edge in graph.Edges.Where(edge => !edge.IsSide))
        {
            edges[edge.Index] = Left(edge.Source);
            followed[edge.Index] = OldOf(edge) is { } drawn && counts.Followed[drawn.Index];
        }

        var carried = new FlowCounts(activities, edges, followed);
        CheckArrived(counts, open, obstacles);
        for (var place = 0; place < activities.Length; place++)
        {
            if (!open.Contains(place) && carried.AllVisited(paths.Inbound(place), place))
            {
                RefuseJoin(obstacles, place);
            }
        }

        return carried;

        // Leaving a step visits all its edges, so each was visited as often as the step was left. A step that was not there is taken as passed over with those before it.
        int Left(int place)
        {
            if (left[place] is { } known)
            {
                return known;
            }

            left[place] = 0;
            if (_before[place] is >= 0 and var before)
            {
                left[place] = old.Graph!.Outbound(before).Where(edge => !edge.IsSide).Select(edge => counts.Edges[edge.Index]).Append(counts.Activities[before]).Max();
            }
            else if (paths.Inbound(place) is { Length: > 0 } inbound)
            {
                left[place] = inbound.Min(edge => Left(edge.Source));
            }

            return left[place]!.Value;
        }
    }

    private SideKey? CarriedSide() => side is null ? null : side with { Source = _placeOf[side.Source] };

    /// <summary>What has come to a join that still waits must have come in the new version as well.</summary>
    private void CheckArrived(FlowCounts counts, HashSet<int> open, List<MigrationObstacle> obstacles)
    {
        foreach (var edge in Flowchart.PathsOf(old, side, oldTrigger) is var paths ? old.Graph!.Edges.Where(edge => !edge.IsSide && !paths.IsBackward(edge)) : [])
        {
            if (counts.Followed[edge.Index] && counts.Edges[edge.Index] > counts.Activities[edge.Target] && !(_placeOf[edge.Target] is >= 0 and var to && open.Contains(to)) && NewOf(edge) is null)
            {
                Refuse(obstacles, edge.Source, edge.Target, edge.Port);
            }
        }
    }

    /// <summary>Something leads to it in the new version that did not before.</summary>
    private bool IsDrawnAnew(int place) => now.Graph!.Edges.Any(edge => !edge.IsSide && edge.Target == place && OldOf(edge) is null);

    private FlowEdge? OldOf(FlowEdge edge) => _before[edge.Source] is >= 0 and var from && _before[edge.Target] is >= 0 and var to
        ? old.Graph!.Outbound(from).FirstOrDefault(other => other.Target == to && other.Port == edge.Port)
        : null;

    private FlowEdge? NewOf(FlowEdge edge) => _placeOf[edge.Source] is >= 0 and var from && _placeOf[edge.Target] is >= 0 and var to
        ? now.Graph!.Outbound(from).FirstOrDefault(other => other.Target == to && other.Port == edge.Port)
        : null;

    private void Refuse(List<MigrationObstacle> obstacles, int from, int to, string? port) => obstacles.Add(new MigrationObstacle(
        old.Children[to].Id,
        $"“{old.Children[from].DisplayName}”经“{port ?? "Done"}”已到达“{old.Children[to].DisplayName}”，正等待其他分支，而新版本没有这条连线。请等这些案件过了汇合点再迁移，或在新版本保留这条连线。",
        $"'{old.Children[from].Id}' has come to '{old.Children[to].Id}' by '{port ?? "Done"}', which waits for other branches, and the new version has no such edge: wait until the case has passed the join, or keep the edge"));

    private void RefuseJoin(List<MigrationObstacle> obstacles, int place) => obstacles.Add(new MigrationObstacle(
        now.Children[place].Id,
        $"通向“{now.Children[place].DisplayName}”的连线在新版本中有变动，而本案已有分支走到那里，无法判断还要等哪些分支。请等这些案件过了汇合点再迁移。",
        $"what leads to '{now.Children[place].Id}' is drawn otherwise in the new version, and a branch of this case has come there already: wait until the case has passed it"));
}
