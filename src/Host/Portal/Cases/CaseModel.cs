using WorkflowEngine.Host.Cases;
using WorkflowEngine.Host.Portal.Applications;
using WorkflowEngine.Host.Portal.Dates;
using WorkflowEngine.Host.Portal.Picture;
using WorkflowEngine.Host.Portal.Tasks;
using WorkflowEngine.Storage.Cases;

namespace WorkflowEngine.Host.Portal.Cases;

/// <summary>An open task on the case page.</summary>
/// <param name="Deadline">Null when there is no limit.</param>
public sealed record OpenTask(TaskRow Row, Deadline? Deadline, bool CanAct);

/// <summary>Everything that one case page shows.</summary>
public sealed record CaseModel
{
    public required CaseView Case { get; init; }

    public required string FlowName { get; init; }

    public required DateOnly Today { get; init; }

    public required IReadOnlyList<OpenTask> OpenTasks { get; init; }

    /// <summary>What the viewer may do and nobody waits for.</summary>
    public required IReadOnlyList<TaskLine> Options { get; init; }

    /// <summary>What the viewer may file that follows from this case.</summary>
    public required IReadOnlyList<FollowUp> FollowUps { get; init; }

    /// <summary>Records of other cases that the platform attached to a step of this one.</summary>
    public required IReadOnlyList<CaseRecord> Records { get; init; }

    /// <summary>Open ones with what the viewer may decide; none for an enterprise.</summary>
    public required IReadOnlyList<IncidentView> Incidents { get; init; }

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
