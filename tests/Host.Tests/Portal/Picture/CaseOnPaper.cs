using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Tests.Portal.Picture;

/// <summary>A case written down for a picture: what happened, in a few words each.</summary>
internal sealed class CaseOnPaper
{
    private readonly List<TimelineEntry> _timeline = [];
    private readonly List<TaskDetail> _tasks = [];
    private DateTimeOffset? _closed;

    public static WorkingDayCalendar Calendar { get; } = ReadCalendar();

    public CaseView View => new(
        new CaseLine(Guid.Empty, "YJDJ-2022-440100-000001", "闸机", "flow", "vendor", "乙智能", "440100", "广州市住建局", At("2022-09-30"), _closed is null ? null : "联调成功", _closed, 0),
        "release", 1, InstanceStatus.Running, _tasks, _timeline, [], [], [], [], [], []);

    public static WorkflowDefinition Flow(string name) => ReadFlow(Path.Combine("workflows", name + ".json"));

    public static IEnumerable<string> AllFlows() => Directory.EnumerateFiles(Path.Combine(HostSettings.ContentRootFrom(null), "workflows"), "*.json", SearchOption.AllDirectories)
        .Where(path => !path.EndsWith(".scenarios.json", StringComparison.Ordinal) && !path.Contains("/forms/", StringComparison.Ordinal))
        .Select(path => Path.GetRelativePath(Path.Combine(HostSettings.ContentRootFrom(null), "workflows"), path)[..^".json".Length])
        .Order();

    public CaseOnPaper Completed(string activity, string at, string outcome = "Done") => Noted(activity, at, "Completed", outcome);

    public CaseOnPaper Fired(string activity, string at, string port) => Noted(activity, at, "Fired", port);

    public CaseOnPaper Opened(string activity, string at, string due)
    {
        _tasks.Add(Task(activity, at, due, null, null));
        return Noted(activity, at, "Suspended");
    }

    public CaseOnPaper Decided(string activity, string opened, string due, string at, string outcome, string label)
    {
        _tasks.Add(Task(activity, opened, due, new TaskOutcome(outcome, label), at));
        return Noted(activity, opened, "Suspended").Completed(activity, at, outcome);
    }

    public CaseOnPaper Closed(string activity, string at)
    {
        _closed = At(at);
        return Completed(activity, at);
    }

    private CaseOnPaper Noted(string activity, string at, string what, string? outcome = null)
    {
        _timeline.Add(new TimelineEntry(_timeline.Count, 0, At(at), activity, "", what, outcome is null ? null : [outcome], null, null, null, null));
        return this;
    }

    private static TaskDetail Task(string activity, string opened, string due, TaskOutcome? outcome, string? closed) => new(
        new TaskLine($"task-{activity}-{opened}", Guid.Empty, null, null, null, TaskKind.Work, activity, "440100", "广州市住建局", "officer", closed is null, At(opened), Day(opened), Day(due), false, null),
        activity, "authority", "form", outcome is null ? [] : [outcome], null, null, null, closed is null ? null : TaskEnd.Completed, outcome?.Name, null, null,
        closed is null ? null : At(closed), "release");

    private static DateOnly Day(string day) => DateOnly.ParseExact(day, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    public static DateTimeOffset At(string day) => new(Day(day), new TimeOnly(10, 0), TimeSpan.FromHours(8));

    private static WorkflowDefinition ReadFlow(string path) =>
        WorkflowDefinition.Read(File.ReadAllText(Path.Combine(HostSettings.ContentRootFrom(null), path)), path).Definition!;

    private static WorkingDayCalendar ReadCalendar()
    {
        const string File = "rules/calendars/cn.json";
        return WorkingDayCalendar.Read(System.IO.File.ReadAllText(Path.Combine(HostSettings.ContentRootFrom(null), File)), File).Calendar!;
    }
}
