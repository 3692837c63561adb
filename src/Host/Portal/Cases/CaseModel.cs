using WorkflowEngine.Host.Portal.Dates;
using WorkflowEngine.Host.Portal.Picture;
using WorkflowEngine.Host.Portal.Tasks;
using WorkflowEngine.Storage.Cases;

namespace WorkflowEngine.Host.Portal.Cases;

/// <summary>An open task on the case page.</summary>
public sealed record OpenTask(TaskRow Row, DaySpan? Span, bool CanAct);

/// <summary>A named clock of the case, in words.</summary>
/// <param name="Title">What the clock measures: the title of the task that runs on it.</param>
public sealed record ClockFace(string Title, int Allotted, int Used, DateOnly? Due, bool IsRunning);

/// <summary>Everything that one case page shows.</summary>
public sealed record CaseModel
{
    public required CaseView Case { get; init; }

    public required string FlowName { get; init; }

    public required DateOnly Today { get; init; }

    public required IReadOnlyList<OpenTask> OpenTasks { get; init; }

    public required IReadOnlyList<ClockFace> Clocks { get; init; }

    /// <summary>Newest last.</summary>
    public required IReadOnlyList<TimelineLine> Timeline { get; init; }

    /// <summary>The case on the map of its flow; null for a flow that has none.</summary>
    public required CasePicture? Picture { get; init; }

    public required IReadOnlyList<CasePaper> Papers { get; init; }

    public required bool IsVendor { get; init; }

    public bool IsJustSubmitted { get; init; }

    public bool IsJustDone { get; init; }
}
