using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Storage.Cases;

namespace WorkflowEngine.Host.Walkthrough;

/// <summary>Something that happened in a story.</summary>
/// <param name="At">Business time.</param>
/// <param name="Who">Who did it, in a word or two.</param>
/// <param name="What">What was done, one line.</param>
/// <param name="Details">What followed from it, as the platform tells it.</param>
public sealed record Step(DateTimeOffset At, string Who, string What, IReadOnlyList<string> Details);

/// <summary>A task of the case as the platform keeps it.</summary>
public sealed record TaskTold(
    string Id, string Title, string Organisation, string? StartDate, string? DueDate, bool Provisional, DateTimeOffset OpenedAt, DateTimeOffset? ClosedAt, string? Outcome, string? By);

public sealed record WarningTold(string Id, string Title, string Colour, string Organisation, DateTimeOffset RaisedAt, DateTimeOffset? AnsweredAt);

public sealed record NoticeTold(string Id, string Template, string To, string Subject, DateTimeOffset SentAt);

/// <summary>A request that devices sent, with what the platform found in it.</summary>
public sealed record MessageTold(string Id, string Method, bool Accepted, string Code, DateTimeOffset ReceivedAt, IReadOnlyList<FindingTold> Findings);

public sealed record FindingTold(string Path, string Field, string Rule, string Level, string Message, string Basis, string Advice);

/// <summary>How a case ended, read back from the platform after everything.</summary>
public sealed record CaseTold(
    string Number, string InstanceId, string Release, string? Outcome, DateTimeOffset? ClosedAt, int Revision, int JournalLength,
    IReadOnlyList<TaskTold> Tasks, IReadOnlyList<WarningTold> Warnings, IReadOnlyList<NoticeTold> Notices, IReadOnlyList<MessageTold> Messages)
{
    public static CaseTold From(CaseView view, IEnumerable<NoticeLine> notices, IEnumerable<ConformanceLine> messages) => new(
        view.Line.Number, view.Line.InstanceId.ToString("N"), view.ReleaseId, view.Line.Outcome, view.Line.ClosedAt?.ToOffset(BusinessClock.Offset), view.Revision, view.Timeline.Count,
        [.. view.Tasks.Select(task => new TaskTold(
            task.Line.Id, task.Line.Title, task.Line.OrganisationName, Date(task.Line.StartDate), Date(task.Line.DueDate), task.Line.Provisional,
            task.Line.OpenedAt.ToOffset(BusinessClock.Offset), task.ClosedAt?.ToOffset(BusinessClock.Offset), task.Outcome, task.ClosedBy))],
        [.. view.Warnings.Select(warning => new WarningTold(
            warning.Id, warning.Title, warning.Colour.ToString(), warning.OrganisationName, warning.RaisedAt.ToOffset(BusinessClock.Offset), warning.AnsweredAt?.ToOffset(BusinessClock.Offset)))],
        [.. notices.OrderBy(notice => notice.SentAt).ThenBy(notice => notice.Id, StringComparer.Ordinal)
            .Select(notice => new NoticeTold(notice.Id, notice.Template, notice.OrganisationName, notice.Subject, notice.SentAt.ToOffset(BusinessClock.Offset)))],
        [.. messages.OrderBy(message => message.ReceivedAt).Select(message => new MessageTold(
            message.Id.ToString("N"), message.Method, message.Accepted, message.Code, message.ReceivedAt.ToOffset(BusinessClock.Offset),
            [.. message.Findings.Select(found => new FindingTold(found.Path, found.Field, found.Rule, found.Level.ToString(), found.Message, found.Basis, found.Advice))]))]);

    private static string? Date(DateOnly? date) => date?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
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
    private readonly List<string> _differences = [];

    public CaseTold? Case { get; set; }

    /// <summary>In the order of business time: what the platform did by itself is often seen only later.</summary>
    private IEnumerable<Step> Steps => _steps.OrderBy(step => step.At);

    public bool EndedAsTold => Case is not null && _differences.Count == 0;

    public void Tell(DateTimeOffset at, string who, string what, params IEnumerable<string> details) =>
        _steps.Add(new Step(at.ToOffset(BusinessClock.Offset), who, what, [.. details]));

    /// <summary>Notes a difference when what the story wants is not so.</summary>
    public void Expect(bool isSo, string difference)
    {
        if (!isSo) _differences.Add(difference);
    }

    public string ToJson() => JsonSerializer.Serialize(new { story = id, title, endedAsTold = EndedAsTold, differences = _differences, steps = Steps, @case = Case }, Json);

    public override string ToString()
    {
        var text = new StringBuilder().Append(title).Append('\n').Append('\n');
        foreach (var step in Steps)
        {
            text.Append(CultureInfo.InvariantCulture, $"{step.At:yyyy-MM-dd HH:mm} {Weekday(step.At)}  {Pad(step.Who, 10)}{step.What}\n");
            foreach (var detail in step.Details) text.Append(' ', 32).Append(detail).Append('\n');
        }

        if (Case is { } told)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n办件编号 {told.Number}  结果 {told.Outcome ?? "（未办结）"}  流程日志 {told.JournalLength} 条  通知 {told.Notices.Count} 份  预警 {told.Warnings.Count} 次\n");
            foreach (var task in told.Tasks)
            {
                var limit = task.DueDate is null ? "不限时" : $"{task.StartDate} 起，应于 {task.DueDate} 前办结{(task.Provisional ? "（暂定）" : "")}";
                text.Append(CultureInfo.InvariantCulture, $"  {Pad(task.Title, 16)}{limit}；{(task.ClosedAt is { } closed ? $"{closed:yyyy-MM-dd HH:mm} 办结" : "未办结")}\n");
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
