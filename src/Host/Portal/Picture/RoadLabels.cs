namespace WorkflowEngine.Host.Portal.Picture;

/// <summary>Finds each label a place beside its road where nothing else is written.</summary>
public sealed class RoadLabels
{
    private const int Distance = 4;

    private readonly List<(int Left, int Top, int Right, int Bottom)> _taken;

    public RoadLabels(IEnumerable<(int X, int Y, int Width, int Height)> steps) =>
        _taken = [.. steps.Select(step => (step.X, step.Y, step.X + step.Width, step.Y + step.Height))];

    public RoadLabel? Place(string? text, IReadOnlyList<(int X, int Y)> road)
    {
        if (text is null) return null;

        var shown = text.Length > 14 ? text[..13] + "…" : text;
        var places = Places(shown, road).ToList();
        var free = places.FindIndex(place => _taken.TrueForAll(other => !Overlap(place.Box, other)));
        var chosen = places[Math.Max(free, 0)];
        _taken.Add(chosen.Box);
        return chosen.Label;
    }

    private static IEnumerable<(RoadLabel Label, (int Left, int Top, int Right, int Bottom) Box)> Places(string text, IReadOnlyList<(int X, int Y)> road)
    {
        var width = LabelText.Width(text, LabelText.LabelSize);
        for (var i = 1; i < road.Count; i++)
        {
            var (from, to) = (road[i - 1], road[i]);
            if (from.Y == to.Y)
            {
                if (Math.Abs(from.X - to.X) >= width + Distance) yield return Middle((from.X + to.X) / 2, from.Y - Distance);
                yield return from.X < to.X ? Start(from.X + Distance, from.Y - Distance) : End(from.X - Distance, from.Y - Distance);
            }
            else
            {
                var down = Math.Sign(to.Y - from.Y);
                var near = from.Y + down * LabelText.LabelSize + (down > 0 ? Distance : 0);
                yield return Start(from.X + Distance, near);
                yield return End(from.X - Distance, near);
                yield return Start(from.X + Distance, (from.Y + to.Y) / 2 + LabelText.LabelSize / 2);
                yield return End(from.X - Distance, (from.Y + to.Y) / 2 + LabelText.LabelSize / 2);
            }
        }

        (RoadLabel, (int, int, int, int)) Start(int x, int y) => (new RoadLabel(text, x, y, "start"), (x, y - LabelText.LabelSize, x + width, y + 2));
        (RoadLabel, (int, int, int, int)) End(int x, int y) => (new RoadLabel(text, x, y, "end"), (x - width, y - LabelText.LabelSize, x, y + 2));
        (RoadLabel, (int, int, int, int)) Middle(int x, int y) => (new RoadLabel(text, x, y, "middle"), (x - width / 2, y - LabelText.LabelSize, x + width / 2, y + 2));
    }

    private static bool Overlap((int Left, int Top, int Right, int Bottom) one, (int Left, int Top, int Right, int Bottom) other) =>
        one.Left < other.Right && other.Left < one.Right && one.Top < other.Bottom && other.Top < one.Bottom;
}
