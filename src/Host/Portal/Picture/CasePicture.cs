namespace WorkflowEngine.Host.Portal.Picture;

/// <summary>A step with its place, in SVG user units from the upper left corner.</summary>
/// <param name="Title">The name in at most two lines.</param>
/// <param name="Told">The whole of it in one sentence, for pointing at it and for screen readers.</param>
public sealed record PictureStep(
    PlannedStep Plan, StepSight Sight, int X, int Y, int Width, int Height, IReadOnlyList<string> Title, string Told, LetterMark? Letters);

/// <summary>The letters folded into a step.</summary>
/// <param name="Sent">How many of them have been sent in this case.</param>
public sealed record LetterMark(int Sent, string Told);

/// <summary>A road as a line.</summary>
/// <param name="Line">Path data.</param>
/// <param name="Arrow">Path data of its head.</param>
/// <param name="IsTaken">The case went this way.</param>
public sealed record PictureRoad(PlannedRoad Plan, string Line, string Arrow, RoadLabel? Label, bool IsTaken);

/// <param name="Anchor">SVG text-anchor: start, middle, end.</param>
public sealed record RoadLabel(string Text, int X, int Y, string Anchor);

/// <summary>A case's way through its flow, ready to be drawn.</summary>
public sealed record CasePicture(int Width, int Height, IReadOnlyList<PictureStep> Steps, IReadOnlyList<PictureRoad> Roads)
{
    /// <summary>Where the case is now; the newest step done when nothing is open.</summary>
    public PictureStep? Here =>
        Steps.FirstOrDefault(step => step.Sight.IsOpen && step.Plan is { IsSide: false, Kind: StepKind.Task })
        ?? Steps.FirstOrDefault(step => step.Sight.IsOpen && step.Plan.Kind is not StepKind.Option)
        ?? Steps.LastOrDefault(step => step.Plan.Kind == StepKind.End && step.Sight.State == StepState.Done);

    /// <summary>As people read it: from above, the main road before what stands beside it.</summary>
    public IEnumerable<PictureStep> InReadingOrder => Steps.OrderBy(step => step.Plan.IsSide).ThenBy(step => step.Y + step.Height / 2).ThenBy(step => step.X);
}
