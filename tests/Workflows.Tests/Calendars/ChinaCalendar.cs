using WorkflowEngine.Workflows.Calendars;

namespace WorkflowEngine.Workflows.Tests.Calendars;

internal static class ChinaCalendar
{
    public static WorkingDayCalendar Shipped { get; } = Read(RepositoryFiles.Read("rules/calendars/cn.json"));

    public static WorkingDayCalendar Read(string json)
    {
        var result = WorkingDayCalendar.Read(json, "cn.json");
        Assert.Empty(result.Problems);
        return result.Calendar!;
    }
}
