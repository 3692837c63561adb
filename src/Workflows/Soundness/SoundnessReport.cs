using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Workflows.Soundness;

/// <summary>What kind of defect of the drawing it is. Each holds whatever the data are: it follows from steps, ways and joins alone.</summary>
public enum SoundnessDefect
{
    /// <summary>A run can come to where nothing is waited for and nothing has ended: a join whose other ways will never come.</summary>
    StandsStill,

    /// <summary>A run can go round without ever waiting for anybody.</summary>
    Circles,

    /// <summary>What one decision sets off is more than a burst may do, without going round.</summary>
    TooMuchAtOnce,

    /// <summary>From some point on no way leads to an end any more.</summary>
    NeverEnds,

    /// <summary>From some point on only what need not happen leads to an end: an optional task, or an event that is waited for beside somebody's work.</summary>
    EndsByChance,

    /// <summary>All branches of a case can end without one of them closing it.</summary>
    EndsUnclosed,

    /// <summary>No run ever comes to the step.</summary>
    NeverRuns,

    /// <summary>Somebody's task can still be open when the case is closed elsewhere, and is then withdrawn.</summary>
    OpenAtEnd,

    /// <summary>Somebody can have the same task twice at once.</summary>
    RunsTwice,
}

/// <summary>One decision on the way to a defect: a step and the outcomes it ended with.</summary>
public sealed record SoundnessMove(ActivityNode Activity, IReadOnlyList<string> Outcomes);

/// <summary>A defect of a flow's drawing.</summary>
/// <param name="Activity">Where it shows: the join that waits in vain, the step that never runs.</param>
/// <param name="Path">The shortest way there, from the start; empty where none is needed.</param>
public sealed record SoundnessFinding(SoundnessDefect Defect, ActivityNode Activity, IReadOnlyList<SoundnessMove> Path)
{
    /// <summary>Of a join: the steps whose ways have not come.</summary>
    public IReadOnlyList<ActivityNode> Missing { get; init; } = [];

    /// <summary>The side port in whose region it happens; null in the main flow.</summary>
    public (ActivityNode Activity, string Port)? Side { get; init; }

    /// <summary>Of <see cref="SoundnessDefect.OpenAtEnd"/>: the step that ended the flow.</summary>
    public ActivityNode? Closer { get; init; }
}

/// <summary>What is known of a flow's drawing after every state that a run can come to was looked at.</summary>
/// <param name="States">States that were told apart.</param>
/// <param name="IsExact">Every state was looked at; otherwise nothing is proven beyond the findings.</param>
/// <param name="Unread">A step that a data value steers in a way that the drawing does not show, so that the answer is not exact; null when there is none.</param>
public sealed record SoundnessReport(IReadOnlyList<SoundnessFinding> Findings, int States, bool IsExact, ActivityNode? Unread)
{
    /// <summary>Variables that a step can read before any step has written them.</summary>
    public IReadOnlyList<UnwrittenRead> Unwritten { get; init; } = [];
}

/// <summary>Which variables an activity reads when it begins and writes when it ends, by the variables' ids.</summary>
public sealed record VariableUse(string ActivityId, IReadOnlyCollection<string> Reads, IReadOnlyCollection<string> Writes);

/// <summary>A step can read a variable that nothing has been written to.</summary>
/// <param name="Path">The shortest way on which that happens.</param>
public sealed record UnwrittenRead(ActivityNode Activity, string VariableId, IReadOnlyList<SoundnessMove> Path);
