using System.Text.Json.Nodes;
using WorkflowEngine.Content.Forms;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Cases;

/// <summary>A person finishes a task with one of its outcomes.</summary>
public sealed record CompleteTask
{
    public required string TaskId { get; init; }

    /// <summary>The outcome's name in the flow, e.g. <c>Approved</c>.</summary>
    public required string Outcome { get; init; }

    /// <summary>The task's form as it was filled in, personal fields included.</summary>
    public required JsonObject Values { get; init; }

    /// <summary>Names this act: a second click with the same key gets the first answer and does nothing.</summary>
    public required string IdempotencyKey { get; init; }
}

/// <summary>What came of finishing a task.</summary>
public abstract record CompleteTaskResult
{
    private CompleteTaskResult()
    {
    }

    /// <summary>Done, also when a repeated click with the same key finds it done by the first.</summary>
    public sealed record Completed(string CaseNumber) : CompleteTaskResult;

    /// <summary>The form is not filled in properly; each problem names its field.</summary>
    public sealed record Invalid(IReadOnlyList<FieldProblem> Problems) : CompleteTaskResult;

    /// <summary>Somebody was faster, or the task is not needed any more.</summary>
    /// <param name="By">Display name; null when the flow withdrew the task.</param>
    /// <param name="Outcome">As people know it.</param>
    /// <param name="At">Business time.</param>
    public sealed record AlreadyDone(TaskEnd? End, string? By, string? Outcome, DateTimeOffset? At) : CompleteTaskResult
    {
        /// <summary>Who was faster, when, and with what (zh-CN).</summary>
        public string Words => TaskRules.DoneBefore(End, By, Outcome, At);
    }

    /// <summary>There is no such task for this person: unknown, or of another organisation; which of the two is not told.</summary>
    public sealed record NotFound : CompleteTaskResult;

    /// <summary>The key named another act before.</summary>
    public sealed record KeyReused : CompleteTaskResult;

    /// <summary>The flow or the person's role does not allow it; the message (zh-CN) says why and what to do.</summary>
    public sealed record Refused(string Message) : CompleteTaskResult;
}
