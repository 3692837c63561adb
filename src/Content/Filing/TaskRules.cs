using WorkflowEngine.Content.People;
using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Content.Filing;

/// <summary>Who may finish a task and with what; refusals are in the words that the person is told (zh-CN).</summary>
public static class TaskRules
{
    /// <summary>The instance stands still.</summary>
    public const string Faulted = "办件因系统处理中断而停住，您填写的内容没有提交。请待中断处理完毕后再办理。";

    /// <summary>What the outcome sets going would not end, so it was taken back.</summary>
    public const string Circles = "按此结果办理，流程会循环不止，因此没有办理，您填写的内容没有提交。已通知运维人员和负责人；您可以改选其他结果，或待处理完毕后再办理。";

    /// <summary>Null: it is this person's to do. A superior may read what its cities do; acting on it is another matter.</summary>
    public static string? Refusal(string organisationId, string organisationName, string role, Person by) =>
        organisationId != by.Actor.OrganisationId ? $"此事项由{organisationName}办理。"
        : !Roles.MayDo(by.Actor.Role, role) ? "您的岗位不能办理此事项，请交由相应岗位的人员办理。"
        : null;

    /// <summary>Null: the task has this outcome.</summary>
    public static string? Refusal(IReadOnlyList<TaskOutcome> outcomes, string chosen) => outcomes.Any(outcome => outcome.Name == chosen)
        ? null
        : $"请选择办理结果：{string.Join("、", outcomes.Select(outcome => outcome.Label))}。";

    /// <summary>Who was faster, when, and with what.</summary>
    /// <param name="by">Display name; null when the flow withdrew the task.</param>
    /// <param name="outcome">As people know it.</param>
    /// <param name="at">Business time.</param>
    public static string DoneBefore(TaskEnd? end, string? by, string? outcome, DateTimeOffset? at)
    {
        var when = at is { } instant ? $"于 {instant.ToOffset(Deadlines.Shanghai):yyyy-MM-dd HH:mm} " : "";
        var what = (end, by) switch
        {
            (TaskEnd.Completed, not null) => $"{by}已{when}办理此事项{(outcome is null ? "" : $"，结果为“{outcome}”")}",
            (_, not null) => $"{by}已{when}办理了相关事项，此事项不再需要办理",
            (TaskEnd.Superseded, _) => $"此事项已{when}由后续事件代为决定{(outcome is null ? "" : $"，结果为“{outcome}”")}",
            _ => $"此事项已{when}由流程结束（时限已过，或不再需要办理）",
        };
        return $"{what}。您刚才的提交没有改变任何内容。";
    }
}
