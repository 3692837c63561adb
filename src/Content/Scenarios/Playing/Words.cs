using System.Globalization;
using WorkflowEngine.Content.People;

namespace WorkflowEngine.Content.Scenarios.Playing;

/// <summary>How a timeline puts things.</summary>
internal static class Words
{
    public static string Due(TaskSight task) => task.Due is { } due
        ? string.Create(CultureInfo.InvariantCulture, $"{task.Title}：{task.Start:yyyy-MM-dd} 起算，应于 {due:yyyy-MM-dd} 前办结{(task.Provisional ? "（暂定）" : "")}")
        : $"{task.Title}：不限时";

    public static string Role(string role) => role switch
    {
        Roles.Leader => "负责人",
        Roles.SupportUnit => "技术支持单位",
        _ => "",
    };

    public static string Of(TaskSight task) => Of(task.Step, task.OrganisationId, task.Start, task.Due, task.Provisional);

    public static string Of(ExpectedTask task) => Of(task.Step, task.Of?.Written, task.Start, task.Due, task.Provisional == true) + (task.HasNoLimit ? " 不限时" : "");

    public static string Of(WarningSight warning) => $"{warning.Step}（{warning.OrganisationId}{(warning.AnswerDue is { } due ? $"，{due:yyyy-MM-dd} 前反馈" : "")}）";

    public static string Of(ExpectedWarning warning) => $"{warning.Step}（{warning.Of?.Written}{(warning.Due is { } due ? $"，{due:yyyy-MM-dd} 前反馈" : "")}）";

    public static string Of(NoticeSight notice) => $"{notice.Template} → {notice.OrganisationName}{(notice.Role is { } role ? $"/{role}" : "")}";

    public static string Of(ExpectedNotice notice) => $"{notice.Template} → {notice.To}";

    /// <summary>A list in one line.</summary>
    public static string All(IEnumerable<string> texts) => texts.Order(StringComparer.Ordinal).ToList() is { Count: > 0 } all ? string.Join("、", all) : "无";

    private static string Of(string step, string? of, DateOnly? start, DateOnly? due, bool provisional) =>
        string.Create(CultureInfo.InvariantCulture, $"{step}{(of is null ? "" : $"（{of}）")}{(start is null ? "" : $" {start:yyyy-MM-dd} 起")}{(due is null ? "" : $" {due:yyyy-MM-dd} 到期")}{(provisional ? "（暂定）" : "")}");
}
