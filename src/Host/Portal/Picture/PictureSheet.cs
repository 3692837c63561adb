using System.Globalization;

namespace WorkflowEngine.Host.Portal.Picture;

/// <summary>The grid in units of the drawing: how wide each lane must be, where each step stands, where each line runs.</summary>
public sealed class PictureSheet
{
    /// <summary>Height of a step's box.</summary>
    public const int Step = 76;

    /// <summary>Height of the box of a step that only parts the way.</summary>
    public const int LowStep = 44;

    private const int StepWidth = 178;
    private const int ColumnGap = 34;
    private const int RowGap = 38;
    private const int Lane = 12;
    private const int Margin = 12;
    private const int SlotAcross = 34;
    private const int SlotAlong = 15;
    private const int Head = 6;

    private readonly IReadOnlyDictionary<string, Cell> _cells;
    private readonly IReadOnlyList<Route> _routes;
    private readonly IReadOnlyDictionary<string, int> _heights;
    private readonly Axis _x;
    private readonly Axis _y;
    private readonly Dictionary<(PlannedRoad Road, bool IsStart), int> _slots = [];

    /// <param name="heights">Of each step's box.</param>
    public PictureSheet(IReadOnlyDictionary<string, Cell> cells, IReadOnlyList<Route> routes, IReadOnlyDictionary<string, int> heights)
    {
        _cells = cells;
        _routes = routes;
        _heights = heights;
        _x = new Axis(cells.Values.Max(cell => cell.Column) + 1, StepWidth, ColumnGap, Lanes(isVertical: true));
        _y = new Axis(cells.Values.Max(cell => cell.Row) + 1, Step, RowGap, Lanes(isVertical: false));
        ChooseSlots();
    }

    /// <param name="height">Of a step's box.</param>
    public static PictureSheet Of(FlowPlan plan, Func<PlannedStep, int> height)
    {
        var cells = PictureGrid.Place(plan);
        return new PictureSheet(cells, Roads.Lay(plan, cells), plan.Steps.ToDictionary(step => step.Id, height));
    }

    private enum Side
    {
        Top,
        Bottom,
        Left,
        Right,
    }

    public int Width => _x.Length;

    public int Height => _y.Length;

    public (int X, int Y, int Width, int Height) Box(string step)
    {
        var cell = _cells[step];
        var height = _heights[step];
        return (_x.Middle(cell.Column) - StepWidth / 2, _y.Middle(cell.Row) - height / 2, StepWidth, height);
    }

    public IReadOnlyList<PictureRoad> Draw(Func<PlannedRoad, bool> isTaken)
    {
        var lines = _routes.Select(route => (route.Road, Points: Points(route))).ToList();
        var labels = new RoadLabels(_cells.Keys.Select(Box));
        var labelled = new HashSet<(string From, string Port)>();
        return
        [
            .. from line in lines
               let taken = isTaken(line.Road)
               // What was not gone is drawn first and lies below.
               orderby taken
               select new PictureRoad(
                   line.Road, Path(line.Points), Arrow(line.Points), labelled.Add((line.Road.From, line.Road.Port)) ? labels.Place(line.Road.Label, line.Points) : null, taken),
        ];
    }

    private Dictionary<int, int> Lanes(bool isVertical) =>
        _routes.SelectMany(route => route.Parts).Where(part => part.InChannel && part.IsVertical == isVertical)
            .GroupBy(part => part.Place).ToDictionary(same => same.Key, same => same.Max(part => part.Lane) + 1);

    /// <summary>Ends of roads at the same side of a step stand apart; those of one outcome, and those that arrive, stand together.</summary>
    private void ChooseSlots()
    {
        var ends = _routes.SelectMany(route => new[]
        {
            (route, IsStart: true, Step: route.Road.From, Side: StartSide(route), Toward: Toward(route, atStart: true)),
            (route, IsStart: false, Step: route.Road.To, Side: EndSide(route), Toward: Toward(route, atStart: false)),
        });
        foreach (var side in ends.GroupBy(end => (end.Step, end.Side)))
        {
            var slots = side.GroupBy(end => end.IsStart ? end.route.Road.Port : "").OrderBy(same => same.Average(end => end.Toward)).ToList();
            var distance = side.Key.Side is Side.Top or Side.Bottom ? SlotAcross : SlotAlong;
            for (var i = 0; i < slots.Count; i++)
            {
                foreach (var end in slots[i]) _slots[(end.route.Road, end.IsStart)] = (2 * i - (slots.Count - 1)) * distance / 2;
            }
        }
    }

    /// <summary>Where the road turns to, across the direction in which it leaves; for the order of slots.</summary>
    private static double Toward(Route route, bool atStart)
    {
        var vertical = atStart ? route.Parts[0].IsVertical : route.Parts[^1].IsVertical;
        var other = atStart ? route.To : route.From;
        return vertical ? other.Column : other.Row;
    }

    private static Side StartSide(Route route)
    {
        var first = route.Parts[0];
        var next = route.Parts.Count > 1 ? route.Parts[1].Track : Track(route.To, first.IsVertical);
        return SideToward(first.IsVertical, next - Track(route.From, first.IsVertical));
    }

    private static Side EndSide(Route route)
    {
        var last = route.Parts[^1];
        var previous = route.Parts.Count > 1 ? route.Parts[^2].Track : Track(route.From, last.IsVertical);
        return SideToward(last.IsVertical, previous - Track(route.To, last.IsVertical));
    }

    private static Side SideToward(bool vertical, int distance) =>
        vertical ? distance > 0 ? Side.Bottom : Side.Top : distance > 0 ? Side.Right : Side.Left;

    private static int Track(Cell cell, bool vertical) => (vertical ? cell.Row : cell.Column) * 2 + 1;

    private List<(int X, int Y)> Points(Route route)
    {
        var tracks = route.Parts.Select((part, i) => At(part) + Offset(route, i)).ToList();
        var points = new List<(int X, int Y)> { Edge(route.Road.From, StartSide(route), tracks[0]) };
        for (var i = 1; i < route.Parts.Count; i++)
        {
            points.Add(route.Parts[i].IsVertical ? (tracks[i], tracks[i - 1]) : (tracks[i - 1], tracks[i]));
        }

        points.Add(Edge(route.Road.To, EndSide(route), tracks[^1]));
        return points;
    }

    private int At(RoadPart part) => (part.IsVertical ? _x : _y) is var axis && part.InChannel ? axis.Lane(part.Place, part.Lane) : axis.Middle(part.Place);

    private int Offset(Route route, int part) =>
        part == 0 ? _slots[(route.Road, true)] : part == route.Parts.Count - 1 ? _slots[(route.Road, false)] : 0;

    private (int X, int Y) Edge(string step, Side side, int along)
    {
        var (x, y, width, height) = Box(step);
        return side switch
        {
            Side.Top => (along, y),
            Side.Bottom => (along, y + height),
            Side.Left => (x, along),
            _ => (x + width, along),
        };
    }

    private static string Path(List<(int X, int Y)> points) =>
        string.Create(CultureInfo.InvariantCulture, $"M{points[0].X} {points[0].Y}") + string.Concat(points.Skip(1).Select(point => string.Create(CultureInfo.InvariantCulture, $"L{point.X} {point.Y}")));

    private static string Arrow(List<(int X, int Y)> points)
    {
        var (tip, before) = (points[^1], points[^2]);
        var (x, y) = (Math.Sign(tip.X - before.X), Math.Sign(tip.Y - before.Y));
        var back = (X: tip.X - x * (Head + 2), Y: tip.Y - y * (Head + 2));
        var half = Head / 2 + 1;
        return string.Create(CultureInfo.InvariantCulture, $"M{tip.X} {tip.Y}L{back.X + y * half} {back.Y + x * half}L{back.X - y * half} {back.Y - x * half}z");
    }

    /// <summary>Steps and lanes along one direction.</summary>
    private sealed class Axis
    {
        private readonly int[] _channelStarts;
        private readonly int[] _channelSizes;
        private readonly Dictionary<int, int> _lanes;
        private readonly int _size;

        public Axis(int places, int size, int gap, Dictionary<int, int> lanes)
        {
            _size = size;
            _lanes = lanes;
            _channelStarts = new int[places + 1];
            _channelSizes = new int[places + 1];
            var at = 0;
            for (var i = 0; i <= places; i++)
            {
                var outside = i == 0 || i == places;
                _channelStarts[i] = at;
                _channelSizes[i] = (outside ? Margin * 2 : gap) + Math.Max(0, lanes.GetValueOrDefault(i) - (outside ? 0 : 1)) * PictureSheet.Lane;
                at += _channelSizes[i] + (i < places ? size : 0);
            }

            Length = at;
        }

        public int Length { get; }

        public int Middle(int place) => _channelStarts[place] + _channelSizes[place] + _size / 2;

        public int Lane(int channel, int lane) =>
            _channelStarts[channel] + (_channelSizes[channel] - (_lanes[channel] - 1) * PictureSheet.Lane) / 2 + lane * PictureSheet.Lane;
    }
}
