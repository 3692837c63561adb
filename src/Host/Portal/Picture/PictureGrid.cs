namespace WorkflowEngine.Host.Portal.Picture;

/// <summary>A place in the picture, in columns and rows from the upper left corner.</summary>
public readonly record struct Cell(int Column, int Row);

/// <summary>
/// Where each step stands. The designer's drawing decides what is left of, above or below what; its distances do not matter, so
/// that steps which are not drawn leave no holes.
/// </summary>
public static class PictureGrid
{
    /// <summary>Positions nearer to each other than this (in the designer's pixels) are one column.</summary>
    private const double SameColumn = 100;
    private const double SameRow = 40;

    public static IReadOnlyDictionary<string, Cell> Place(FlowPlan plan)
    {
        var positions = plan.Steps.All(step => step.Activity.Position is not null)
            ? plan.Steps.ToDictionary(step => step.Id, step => (step.Activity.Position!.X, step.Activity.Position.Y))
            : Layers(plan);
        var columns = Ranks(positions.Values.Select(position => position.X), SameColumn);
        var rows = Ranks(positions.Values.Select(position => position.Y), SameRow);
        var taken = new HashSet<Cell>();
        var cells = new Dictionary<string, Cell>();
        foreach (var step in plan.Steps.OrderBy(step => positions[step.Id].Y).ThenBy(step => positions[step.Id].X))
        {
            var cell = new Cell(columns(positions[step.Id].X), rows(positions[step.Id].Y));
            while (!taken.Add(cell)) cell = cell with { Row = cell.Row + 1 };
            cells[step.Id] = cell;
        }

        return cells;
    }

    private static Func<double, int> Ranks(IEnumerable<double> values, double same)
    {
        var starts = new List<double>();
        foreach (var value in values.Order())
        {
            if (starts.Count == 0 || value - starts[^1] >= same) starts.Add(value);
        }

        return value => starts.FindLastIndex(start => start <= value);
    }

    /// <summary>For a flow that nobody has drawn: each step below those that lead to it.</summary>
    private static Dictionary<string, (double X, double Y)> Layers(FlowPlan plan)
    {
        var layers = new Dictionary<string, int>();
        var targets = plan.Roads.Select(road => road.To).ToHashSet();
        var queue = new Queue<(string Id, int Layer)>(plan.Steps.Where(step => !targets.Contains(step.Id)).Select(step => (step.Id, 0)));
        while (queue.TryDequeue(out var next))
        {
            if (!layers.TryAdd(next.Id, next.Layer)) continue;
            foreach (var road in plan.Roads.Where(road => road.From == next.Id)) queue.Enqueue((road.To, next.Layer + 1));
        }

        var inLayer = new Dictionary<int, int>();
        var places = new Dictionary<string, (double, double)>();
        foreach (var step in plan.Steps)
        {
            var layer = layers.GetValueOrDefault(step.Id);
            var place = inLayer[layer] = inLayer.GetValueOrDefault(layer) + 1;
            places[step.Id] = (place * SameColumn * 2, layer * SameRow * 2);
        }

        return places;
    }
}
