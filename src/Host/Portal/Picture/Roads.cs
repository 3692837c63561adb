namespace WorkflowEngine.Host.Portal.Picture;

/// <summary>Part of a road: along the middle of a column or row of steps, or in the lane between two of them.</summary>
/// <param name="IsVertical">Runs up or down; the next part runs across.</param>
/// <param name="InChannel">In the lane before column (or above row) <paramref name="Place"/>; otherwise through its middle.</param>
public sealed record RoadPart(bool IsVertical, bool InChannel, int Place)
{
    /// <summary>Which of the lanes of a channel, from 0.</summary>
    public int Lane { get; set; }

    /// <summary>Where it runs, in half places: 2n is the channel before n, 2n+1 the middle of n.</summary>
    public int Track => InChannel ? Place * 2 : Place * 2 + 1;

    public static RoadPart Down(int column) => new(true, false, column);

    public static RoadPart Across(int row) => new(false, false, row);

    public static RoadPart DownLane(int column) => new(true, true, column);

    public static RoadPart AcrossLane(int row) => new(false, true, row);
}

/// <summary>A road as it runs on the grid.</summary>
public sealed record Route(PlannedRoad Road, Cell From, Cell To, IReadOnlyList<RoadPart> Parts);

/// <summary>
/// Lays the roads around the steps: straight where the way is free, else through the lanes between columns and rows, each in a
/// lane of its own unless it comes from the same outcome or goes to the same step.
/// </summary>
public sealed class Roads(IReadOnlyDictionary<string, Cell> cells)
{
    private readonly HashSet<Cell> _steps = [.. cells.Values];

    /// <summary>Free cells that a straight part already runs through, by direction, with the road that runs there.</summary>
    private readonly Dictionary<(Cell Cell, bool IsVertical), PlannedRoad> _claims = [];

    public static IReadOnlyList<Route> Lay(FlowPlan plan, IReadOnlyDictionary<string, Cell> cells)
    {
        var roads = new Roads(cells);
        // The short and the main ones first: they get the straight ways.
        var routes = plan.Roads
            .OrderBy(road => road.IsSide)
            .ThenBy(road => Math.Abs(cells[road.From].Column - cells[road.To].Column) + Math.Abs(cells[road.From].Row - cells[road.To].Row))
            .Select(roads.Lay)
            .ToList();
        ChooseLanes(routes);
        return routes;
    }

    private Route Lay(PlannedRoad road)
    {
        var (from, to) = (cells[road.From], cells[road.To]);
        return new Route(road, from, to, PartsOf(road, from, to));
    }

    private IReadOnlyList<RoadPart> PartsOf(PlannedRoad road, Cell from, Cell to)
    {
        if (from == to) return [RoadPart.Across(from.Row), RoadPart.DownLane(from.Column + 1), RoadPart.AcrossLane(from.Row), RoadPart.Down(from.Column)];
        if (to.Row == from.Row) return AlongRow(road, from, to);
        return to.Row > from.Row ? Downwards(road, from, to) : Upwards(road, from, to);
    }

    private IReadOnlyList<RoadPart> AlongRow(PlannedRoad road, Cell from, Cell to) =>
        Free(road, Between(from, to))
            ? [RoadPart.Across(from.Row)]
            : [RoadPart.Down(from.Column), RoadPart.AcrossLane(from.Row + 1), RoadPart.Down(to.Column)];

    private IReadOnlyList<RoadPart> Downwards(PlannedRoad road, Cell from, Cell to)
    {
        if (from.Column == to.Column)
        {
            return Free(road, Between(from, to))
                ? [RoadPart.Down(from.Column)]
                : [RoadPart.Down(from.Column), RoadPart.AcrossLane(from.Row + 1), RoadPart.DownLane(from.Column + 1), RoadPart.AcrossLane(to.Row), RoadPart.Down(to.Column)];
        }

        var overTarget = new Cell(to.Column, from.Row);
        var underSource = new Cell(from.Column, to.Row);
        if (Free(road, [.. Between(from, overTarget), .. Corner(overTarget), .. Between(overTarget, to)])) return [RoadPart.Across(from.Row), RoadPart.Down(to.Column)];
        if (Free(road, [.. Between(from, underSource), .. Corner(underSource), .. Between(underSource, to)])) return [RoadPart.Down(from.Column), RoadPart.Across(to.Row)];
        if (Free(road, Between(overTarget, to))) return [RoadPart.Down(from.Column), RoadPart.AcrossLane(from.Row + 1), RoadPart.Down(to.Column)];
        if (Free(road, Between(from, underSource))) return [RoadPart.Down(from.Column), RoadPart.AcrossLane(to.Row), RoadPart.Down(to.Column)];
        return
        [
            RoadPart.Down(from.Column), RoadPart.AcrossLane(from.Row + 1), RoadPart.DownLane(from.Column < to.Column ? to.Column : to.Column + 1),
            RoadPart.AcrossLane(to.Row), RoadPart.Down(to.Column),
        ];
    }

    private IReadOnlyList<RoadPart> Upwards(PlannedRoad road, Cell from, Cell to)
    {
        if (from.Column != to.Column)
        {
            var underTarget = new Cell(to.Column, from.Row);
            var overSource = new Cell(from.Column, to.Row);
            if (Free(road, [.. Between(from, underTarget), .. Corner(underTarget), .. Between(underTarget, to)])) return [RoadPart.Across(from.Row), RoadPart.Down(to.Column)];
            if (Free(road, [.. Between(from, overSource), .. Corner(overSource), .. Between(overSource, to)])) return [RoadPart.Down(from.Column), RoadPart.Across(to.Row)];
        }

        var lane = to.Column < from.Column ? from.Column : from.Column + 1;
        return Math.Abs(from.Column - to.Column) <= 1
            ? [RoadPart.Across(from.Row), RoadPart.DownLane(lane), RoadPart.Across(to.Row)]
            : [RoadPart.Across(from.Row), RoadPart.DownLane(lane), RoadPart.AcrossLane(to.Row + 1), RoadPart.Down(to.Column)];
    }

    /// <summary>True, and from now on taken, when no step stands there and no foreign road runs there in the same direction.</summary>
    private bool Free(PlannedRoad road, IEnumerable<(Cell Cell, bool IsVertical)> places)
    {
        var wanted = places.ToList();
        if (wanted.Any(place => _steps.Contains(place.Cell) || (_claims.TryGetValue(place, out var other) && !Joins(other, road)))) return false;

        foreach (var place in wanted) _claims.TryAdd(place, road);
        return true;
    }

    private static IEnumerable<(Cell Cell, bool IsVertical)> Between(Cell one, Cell other)
    {
        if (one.Column == other.Column)
        {
            for (var row = Math.Min(one.Row, other.Row) + 1; row < Math.Max(one.Row, other.Row); row++) yield return (one with { Row = row }, true);
        }
        else
        {
            for (var column = Math.Min(one.Column, other.Column) + 1; column < Math.Max(one.Column, other.Column); column++) yield return (one with { Column = column }, false);
        }
    }

    private static IEnumerable<(Cell Cell, bool IsVertical)> Corner(Cell cell) => [(cell, true), (cell, false)];

    private static bool Joins(PlannedRoad one, PlannedRoad other) => one.To == other.To || (one.From == other.From && one.Port == other.Port);

    private static void ChooseLanes(IEnumerable<Route> routes)
    {
        var laid = new Dictionary<(bool IsVertical, int Place), List<(int From, int To, int Lane, PlannedRoad Road)>>();
        foreach (var route in routes)
        {
            for (var i = 0; i < route.Parts.Count; i++)
            {
                var part = route.Parts[i];
                if (!part.InChannel) continue;

                var (from, to) = Reach(route, i);
                var beside = laid.TryGetValue((part.IsVertical, part.Place), out var known) ? known : laid[(part.IsVertical, part.Place)] = [];
                while (beside.Any(other => other.Lane == part.Lane && other.From <= to && from <= other.To && !Joins(other.Road, route.Road))) part.Lane++;
                beside.Add((from, to, part.Lane, route.Road));
            }
        }
    }

    /// <summary>From where to where a part runs, in half places.</summary>
    private static (int From, int To) Reach(Route route, int index)
    {
        var vertical = route.Parts[index].IsVertical;
        var before = index > 0 ? route.Parts[index - 1].Track : Middle(route.From, vertical);
        var after = index + 1 < route.Parts.Count ? route.Parts[index + 1].Track : Middle(route.To, vertical);
        return (Math.Min(before, after), Math.Max(before, after));
    }

    private static int Middle(Cell cell, bool vertical) => (vertical ? cell.Row : cell.Column) * 2 + 1;
}
