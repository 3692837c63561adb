using System.Globalization;
using WorkflowEngine.Content.Scenarios;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Storage.Cases;

namespace WorkflowEngine.Host.Walkthrough;

/// <summary>How a timeline puts things.</summary>
internal static class Words
{
    public static string Due(TaskDetail task) => task.Line is { DueDate: { } due } line
        ? string.Create(CultureInfo.InvariantCulture, $"{line.Title}：{line.StartDate:yyyy-MM-dd} 起算，应于 {due:yyyy-MM-dd} 前办结{(line.Provisional ? "（暂定）" : "")}")
        : $"{task.Line.Title}：不限时";

    public static string Role(string role) => role switch
    {
        Roles.Leader => "负责人",
        Roles.SupportUnit => "技术支持单位",
        _ => "",
    };

    public static string Of(TaskDetail task) => Of(task.ActivityId, task.Line.OrganisationId, task.Line.StartDate, task.Line.DueDate, task.Line.Provisional);

    public static string Of(ExpectedTask task) => Of(task.Step, task.Of?.Written, task.Start, task.Due, task.Provisional == true) + (task.HasNoLimit ? " 不限时" : "");

    public static string Of(WarningLine warning) => $"{warning.ActivityId}（{warning.OrganisationId}{(warning.AnswerDue is { } due ? $"，{due:yyyy-MM-dd} 前反馈" : "")}）";

    public static string Of(ExpectedWarning warning) => $"{warning.Step}（{warning.Of?.Written}{(warning.Due is { } due ? $"，{due:yyyy-MM-dd} 前反馈" : "")}）";

    public static string Of(NoticeLine notice) => $"{notice.Template} → {notice.OrganisationName}{(notice.Role is { } role ? $"/{role}" : "")}";

    public static string Of(ExpectedNotice notice) => $"{notice.Template} → {notice.To}";

    /// <summary>A list in one line.</summary>
    public static string All(IEnumerable<string> texts) => texts.Order(StringComparer.Ordinal).ToList() is { Count: > 0 } all ? string.Join("、", all) : "无";

    private static string Of(string step, string? of, DateOnly? start, DateOnly? due, bool provisional) =>
        string.Create(CultureInfo.InvariantCulture, $"{step}{(of is null ? "" : $"（{of}）")}{(start is null ? "" : $" {start:yyyy-MM-dd} 起")}{(due is null ? "" : $" {due:yyyy-MM-dd} 到期")}{(provisional ? "（暂定）" : "")}");
}
