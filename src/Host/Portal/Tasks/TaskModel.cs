using System.Text.Json.Nodes;
using WorkflowEngine.Content.Forms;
using WorkflowEngine.Host.Portal.Cases;
using WorkflowEngine.Host.Portal.Conformance;
using WorkflowEngine.Host.Portal.Dates;
using WorkflowEngine.Host.Portal.Forms;
using WorkflowEngine.Host.Portal.Shell;
using WorkflowEngine.Storage.Cases;

namespace WorkflowEngine.Host.Portal.Tasks;

/// <summary>One thing that a rule found.</summary>
/// <param name="Basis">The clause of the circular or standard.</param>
public sealed record MaterialFinding(string Message, string? Basis, string? Advice, bool IsWarning);

/// <summary>A task with the papers it is decided on and the form it is answered with.</summary>
public sealed record TaskModel
{
    public required TaskDetail Task { get; init; }

    public required FormDefinition Form { get; init; }

    public required DueState Due { get; init; }

    /// <summary>The same with its days; null when there is no limit.</summary>
    public required Deadline? Deadline { get; init; }

    /// <summary>Clocks of the case that stand while this is being done.</summary>
    public required IReadOnlyList<ClockFace> SuspendedClocks { get; init; }

    /// <summary>Records of other cases that the platform attached.</summary>
    public required IReadOnlyList<CaseRecord> Records { get; init; }

    /// <summary>What the parties have handed in so far, newest first.</summary>
    public required IReadOnlyList<CasePaper> Papers { get; init; }

    /// <summary>What the platform's own checks found in the papers, for the person who decides.</summary>
    public required IReadOnlyList<MaterialFinding> Findings { get; init; }

    /// <summary>What the platform's own rules concluded; null when they only check.</summary>
    public required string? Conclusion { get; init; }

    /// <summary>The keys of the case, whose test traffic a decision may rest on.</summary>
    public required IReadOnlyList<CredentialLine> Keys { get; init; }

    /// <summary>How the newest of them has done, with its last failures; null without a key.</summary>
    public ConformanceModel? Conformance { get; init; }

    /// <summary>The warning that the task answers.</summary>
    public required WarningLine? Warning { get; init; }

    /// <summary>False: the viewer sees the task and may not do it.</summary>
    public required bool CanAct { get; init; }

    /// <summary>Names the act that the form stands for, so that a second click does nothing.</summary>
    public required Guid Key { get; init; }

    public JsonObject Values { get; init; } = [];

    public string? Outcome { get; init; }

    public IReadOnlyList<FieldProblem> Problems { get; init; } = [];

    /// <summary>Why the flow or the person's role does not allow it.</summary>
    public string? Refusal { get; init; }

    public string? ExtraRowIn { get; init; }

    /// <summary>A row or a file was added or removed; nothing was submitted.</summary>
    public bool IsRearranged { get; init; }

    public string Path => $"/tasks/{Task.Line.Id}";

    /// <summary>False for who handles a confidential complaint: it has the task and not the case.</summary>
    public required bool SeesCase { get; init; }

    /// <summary>What is late that the warning is about, in words.</summary>
    public string? Late { get; init; }

    /// <summary>The applicant, or that it asked not to be named.</summary>
    public string Applicant => Task.Line.ApplicantName ?? Site.Confidential;

    /// <summary>Where the way back leads: to the case, or, for who has the task and not the case, to the task list.</summary>
    public string CaseHref => SeesCase ? $"/cases/{Task.Line.CaseNumber}" : "/tasks";

    public IReadOnlyList<FormChoice> Outcomes => [.. Task.Outcomes.Select(outcome => new FormChoice(outcome.Name, outcome.Label))];
}
