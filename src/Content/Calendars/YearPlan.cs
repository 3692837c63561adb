using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace WorkflowEngine.Content.Calendars;

/// <summary>What came of putting a year's holidays into the calendar.</summary>
/// <param name="Text">The calendar's file with that year; null where there are problems.</param>
/// <param name="Problems">In Chinese, each with its line.</param>
public sealed record YearResult(string? Text, IReadOnlyList<string> Problems);

/// <summary>
/// The State Council's plan of one year's holidays as it is typed off the notice: a line for each run of days, <c>2027-02-05至2027-02-11 春节 休</c> or
/// <c>2027-02-14 春节 班</c>. It takes the place of everything that the calendar says of that year.
/// </summary>
public static partial class YearPlan
{
    private const int MostLines = 200;
    private const int LongestRun = 31;
    private const int LongestName = 20;
    private const int LongestPaper = 300;

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="calendar">The calendar's file.</param>
    /// <param name="paper">Where the notice is to be found, or its number.</param>
    /// <param name="today">Becomes the calendar's version.</param>
    public static YearResult Import(string calendar, int year, string paper, string plan, DateOnly today)
    {
        var problems = new List<string>();
        if (year is < 2000 or > 2200) problems.Add("请填写年份，如 2027。");
        if (string.IsNullOrWhiteSpace(paper) || paper.Length > LongestPaper) problems.Add($"请填写国务院办公厅通知的文号或网址，不超过 {LongestPaper} 个字。");
        var days = Days(plan, year, problems);
        if (Parse(calendar) is not { } file || file["published"] is not JsonObject published || file["days"] is not JsonObject known)
        {
            problems.Add("现有的工作日历文件不是合法的 JSON，请先在下面改正。");
            return new YearResult(null, problems);
        }

        if (problems.Count > 0) return new YearResult(null, problems);

        file["version"] = today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var name = year.ToString(CultureInfo.InvariantCulture);
        published[name] = new JsonObject { ["status"] = "official", ["paper"] = paper.Trim() };
        file["published"] = InOrder(published);
        foreach (var old in known.Select(day => day.Key).Where(day => day.StartsWith($"{name}-", StringComparison.Ordinal)).ToList()) known.Remove(old);
        foreach (var (date, (holiday, isOff)) in days) known[date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)] = new JsonObject { ["name"] = holiday, ["isOffDay"] = isOff };
        file["days"] = InOrder(known);
        return new YearResult(Write(file), []);
    }

    private static SortedDictionary<DateOnly, (string Name, bool IsOff)> Days(string plan, int year, List<string> problems)
    {
        var days = new SortedDictionary<DateOnly, (string Name, bool IsOff)>();
        var lines = plan.Split('\n').Index().Where(line => line.Item.Trim().Length > 0).ToList();
        if (lines.Count is 0 or > MostLines) problems.Add($"请按通知逐行填写放假和上班的日期，最多 {MostLines} 行。");
        foreach (var (index, line) in lines.Take(MostLines))
        {
            var read = Line().Match(line.Trim());
            if (!read.Success || Date(read.Groups["first"].Value) is not { } first || (read.Groups["last"].Success ? Date(read.Groups["last"].Value) : first) is not { } last)
            {
                problems.Add($"第 {index + 1} 行“{line.Trim()}”应写成“2027-02-05至2027-02-11 春节 休”或“2027-02-14 春节 班”。");
                continue;
            }

            var name = read.Groups["name"].Value;
            if (name.Length > LongestName) problems.Add($"第 {index + 1} 行的节日名称超过 {LongestName} 个字。");
            if (first.Year != year || last.Year != year) problems.Add($"第 {index + 1} 行的日期不在 {year} 年。跨年的假期按年份分开填写。");
            else if (last < first || last.DayNumber - first.DayNumber >= LongestRun) problems.Add($"第 {index + 1} 行的起止日期不对。");
            else
            {
                for (var date = first; date <= last; date = date.AddDays(1))
                {
                    if (!days.TryAdd(date, (name, read.Groups["kind"].Value is not ("班" or "上班")))) problems.Add($"第 {index + 1} 行：{date:yyyy-MM-dd} 前面已经写过。");
                }
            }
        }

        return days;
    }

    private static DateOnly? Date(string text) =>
        DateOnly.TryParseExact(text, ["yyyy-MM-dd", "yyyy-M-d", "yyyy/M/d", "yyyy年M月d日"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;

    private static JsonObject? Parse(string calendar)
    {
        try
        {
            return JsonNode.Parse(calendar) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonObject InOrder(JsonObject members) => new(members.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));

    /// <summary>As the shipped file is written: a line for each year and each day.</summary>
    private static string Write(JsonObject file)
    {
        var text = new StringBuilder("{");
        var separator = "";
        foreach (var (name, value) in file)
        {
            text.Append(separator).Append("\n  ").Append(JsonSerializer.Serialize(name, Plain)).Append(": ");
            if (name is "published" or "days" && value is JsonObject { Count: > 0 } entries)
            {
                text.Append("{\n").AppendJoin(",\n", entries.Select(entry => $"    {JsonSerializer.Serialize(entry.Key, Plain)}: {Short(entry.Value)}")).Append("\n  }");
            }
            else
            {
                text.Append(Short(value));
            }

            separator = ",";
        }

        return text.Append("\n}\n").ToString();
    }

    private static string Short(JsonNode? value) => value switch
    {
        JsonObject members => $"{{{string.Join(", ", members.Select(member => $"{JsonSerializer.Serialize(member.Key, Plain)}: {Short(member.Value)}"))}}}",
        _ => value?.ToJsonString(Plain) ?? "null",
    };

    [GeneratedRegex(@"^(?<first>[0-9年月日/-]+)(\s*(至|~|—|到)\s*(?<last>[0-9年月日/-]+))?\s+(?<name>\S+)\s+(?<kind>休|休息|放假|班|上班)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Line();
}
