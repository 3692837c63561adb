using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Content.Scenarios.Playing;

/// <summary>Something that happened in a story.</summary>
/// <param name="At">Business time.</param>
/// <param name="Who">Who did it, in a word or two.</param>
/// <param name="What">What was done, one line.</param>
/// <param name="Details">What followed from it, as the platform tells it.</param>
public sealed record Step(DateTimeOffset At, string Who, string What, IReadOnlyList<string> Details);

/// <summary>A task of the case as the platform keeps it.</summary>
public sealed record TaskTold(
    string Id, string Step, string Kind, string Title, string Organisation, string Role, string? StartDate, string? DueDate, bool Provisional,
    DateTimeOffset OpenedAt, DateTimeOffset? ClosedAt, string? Outcome, string? By, bool Late);

public sealed record WarningTold(
    string Id, string Step, string Title, string Colour, string Organisation, DateTimeOffset RaisedAt, string? AnswerDue, DateTimeOffset? AnsweredAt);

public sealed record NoticeTold(string Id, string Template, string To, string? Role, string Subject, DateTimeOffset SentAt);

/// <summary>A named clock, in working days.</summary>
public sealed record ClockTold(string Name, int Allotted, int Used);

/// <summary>A key, without its secret.</summary>
public sealed record KeyTold(string Appid, DateTimeOffset IssuedAt, DateTimeOffset? RevokedAt);

/// <summary>A request that devices sent, with what the platform found in it.</summary>
public sealed record MessageTold(string Id, string Method, bool Accepted, string Code, DateTimeOffset ReceivedAt, IReadOnlyList<FindingTold> Findings);

public sealed record FindingTold(string Path, string Field, string Rule, string Level, string Message, string Basis, string Advice);

/// <summary>How a case ended, read back from the platform after everything.</summary>
/// <param name="Name">What the story calls it.</param>
public sealed record CaseTold(
    string Name, string Number, string Flow, string InstanceId, string Release, string? Outcome, DateTimeOffset? ClosedAt, int Revision, int JournalLength,
    IReadOnlyList<TaskTold> Tasks, IReadOnlyList<WarningTold> Warnings, IReadOnlyList<NoticeTold> Notices, IReadOnlyList<ClockTold> Clocks, IReadOnlyList<KeyTold> Keys,
    IReadOnlyList<MessageTold> Messages)
{
    public static CaseTold From(string name, CaseSight sight, DateTimeOffset now, WorkingDayCalendar calendar, IEnumerable<RequestSight> messages) => new(
        name, sight.Number, sight.Flow, sight.InstanceId.ToString("N"), sight.ReleaseId, sight.Outcome, Zoned(sight.ClosedAt), sight.Revision, sight.JournalLength,
        [.. sight.Tasks.Select(task => new TaskTold(
            task.Id, task.Step, task.Kind.ToString(), task.Title, task.OrganisationName, task.Role, Date(task.Start), Date(task.Due), task.Provisional, Zoned(task.OpenedAt),
            Zoned(task.ClosedAt), task.Outcome, task.ClosedBy, task.ClosedAt >= task.OverdueAt))],
        [.. sight.Warnings.Select(warning => new WarningTold(
            warning.Id, warning.Step, warning.Title, warning.Colour.ToString(), warning.OrganisationName, Zoned(warning.RaisedAt), Date(warning.AnswerDue), Zoned(warning.AnsweredAt)))],
        [.. sight.Notices.OrderBy(notice => notice.SentAt).ThenBy(notice => notice.Id, StringComparer.Ordinal)
            .Select(notice => new NoticeTold(notice.Id, notice.Template, notice.OrganisationName, notice.Role, notice.Subject, Zoned(notice.SentAt)))],
        [.. sight.Clocks.Select(clock => new ClockTold(clock.Name, clock.Allotted, clock.UsedOn(Deadlines.DateOf(now), calendar)))],
        [.. sight.Keys.Select(key => new KeyTold(key.KeyId, Zoned(key.IssuedAt), Zoned(key.RevokedAt)))],
        [.. messages.OrderBy(message => message.ReceivedAt).Select(message => new MessageTold(
            message.Id, message.Method, message.IsAccepted, message.Code, Zoned(message.ReceivedAt), message.Findings))]);

    private static string? Date(DateOnly? date) => date?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static DateTimeOffset Zoned(DateTimeOffset at) => at.ToOffset(Deadlines.Shanghai);

    private static DateTimeOffset? Zoned(DateTimeOffset? at) => at?.ToOffset(Deadlines.Shanghai);
}

/// <summary>
/// What a story told: its steps in order, how the case stands at the end, and where it differs from what the story wants.
/// The story succeeded when nothing differs.
/// </summary>
public sealed class Chronicle(string id, string title)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };

    private readonly List<Step> _steps = [];
    private readonly List<StoryDifference> _differences = [];

    /// <summary>In the order in which they were opened.</summary>
    public List<CaseTold> Cases { get; } = [];

    /// <summary>The case that the story is about: its first.</summary>
    public CaseTold? Case => Cases.FirstOrDefault();

    public string Id { get; } = id;

    public string Title { get; } = title;

    /// <summary>In the order of business time: what the platform did by itself is often seen only later.</summary>
    private IEnumerable<Step> Steps => _steps.OrderBy(step => step.At);

    public bool EndedAsTold => Case is not null && _differences.Count == 0;

    public void Tell(DateTimeOffset at, string who, string what, params IEnumerable<string> details) =>
        _steps.Add(new Step(at.ToOffset(Deadlines.Shanghai), who, what, [.. details]));

    public IReadOnlyList<StoryDifference> Differences => _differences;

    /// <summary>Notes that something is not as the story wants it.</summary>
    public void Differs(StoryDifference difference) => _differences.Add(difference);

    public string ToJson() => ToJson(this);

    public static string ToJson(IEnumerable<Chronicle> chronicles) => JsonSerializer.Serialize(chronicles.Select(Data), Json);

    private static string ToJson(Chronicle chronicle) => JsonSerializer.Serialize(Data(chronicle), Json);

    private static object Data(Chronicle chronicle) => new
    {
        story = chronicle.Id,
        title = chronicle.Title,
        endedAsTold = chronicle.EndedAsTold,
        differences = chronicle._differences.Select(difference => difference.ToString()),
        steps = chronicle.Steps,
        @case = chronicle.Case,
        cases = chronicle.Cases,
    };

    public override string ToString()
    {
        var text = new StringBuilder().Append(Title).Append('\n').Append('\n');
        foreach (var step in Steps)
        {
            text.Append(CultureInfo.InvariantCulture, $"{step.At:yyyy-MM-dd HH:mm} {Weekday(step.At)}  {Pad(step.Who, 10)}{step.What}\n");
            foreach (var detail in step.Details) text.Append(' ', 32).Append(detail).Append('\n');
        }

        foreach (var told in Cases)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n办件编号 {told.Number}  结果 {told.Outcome ?? "（未办结）"}  流程日志 {told.JournalLength} 条  通知 {told.Notices.Count} 份  预警 {told.Warnings.Count} 次\n");
            foreach (var task in told.Tasks.Where(task => task.Kind != nameof(TaskKind.Option) || task.Outcome is not null))
            {
                var limit = task.DueDate is null ? "不限时" : $"{task.StartDate} 起，应于 {task.DueDate} 前办结{(task.Provisional ? "（暂定）" : "")}";
                text.Append(CultureInfo.InvariantCulture, $"  {Pad(task.Title, 16)}{limit}；{(task.ClosedAt is { } closed ? $"{closed:yyyy-MM-dd HH:mm} 办结{(task.Late ? "（逾期）" : "")}" : "未办结")}\n");
            }
        }

        foreach (var difference in _differences) text.Append("与故事不符：").Append(difference).Append('\n');
        text.Append(EndedAsTold ? "故事按预期结束。" : "故事没有按预期结束。").Append('\n');
        return text.ToString();
    }

    private static string Weekday(DateTimeOffset at) => "周" + "日一二三四五六"[(int)at.DayOfWeek];

    /// <summary>A Chinese character takes two columns of a terminal.</summary>
    private static string Pad(string text, int columns)
    {
        var width = text.Sum(c => c > 0x2E80 ? 2 : 1);
        return text + new string(' ', Math.Max(1, columns - width));
    }
}
