using System.Globalization;

namespace WorkflowEngine.Content.Scenarios.Playing;

/// <summary>Compares two tellings of one story, on a host and in memory: whatever people can see of a case must be the same, to the minute and the word.</summary>
public static class Twins
{
    /// <summary>Refused requests are counted together for some seconds of real time, so how many lines tell of them is left to chance.</summary>
    private static readonly string[] CountedByChance = ["S2-signature", "S3-timestamp"];

    /// <param name="told">On the host.</param>
    /// <param name="twin">In memory.</param>
    /// <returns>What differs; none when nothing does.</returns>
    public static IEnumerable<StoryDifference> Differences(Chronicle told, Chronicle twin)
    {
        foreach (var difference in twin.Differences.Where(found => told.Differences.All(known => known != found)))
        {
            yield return Of($"只在内存中运行时不符：{difference}", $"only in memory: {difference.English}");
        }

        if (told.Cases.Count != twin.Cases.Count) yield return Of($"主机上有 {told.Cases.Count} 个办件，内存中有 {twin.Cases.Count} 个。", $"{told.Cases.Count} cases on the host, {twin.Cases.Count} in memory");
        foreach (var (host, memory) in told.Cases.Zip(twin.Cases))
        {
            foreach (var line in Lines(host).Except(Lines(memory)))
            {
                yield return Of($"办件“{host.Name}”：主机上有而内存中没有：{line}", $"case '{host.Name}': on the host and not in memory: {line}");
            }

            foreach (var line in Lines(memory).Except(Lines(host)))
            {
                yield return Of($"办件“{host.Name}”：内存中有而主机上没有：{line}", $"case '{host.Name}': in memory and not on the host: {line}");
            }
        }

        static StoryDifference Of(string chinese, string english) => new(0, 0, "主机与内存中运行的比对", chinese, english);
    }

    /// <summary>
    /// Everything that is told of a case, without names of persons and without ids, which are each platform's own; and without revision and length of the journal: a
    /// host that is woken between two messages of one moment looks twice.
    /// </summary>
    private static List<string> Lines(CaseTold told)
    {
        var lines = new List<string>
        {
            Line($"办件 {told.Number} {told.Flow} {told.Outcome} {told.ClosedAt:O}"),
        };
        lines.AddRange(told.Tasks.Select(task => Line(
            $"任务 {task.Step} {task.Kind} {task.Title} {task.Organisation} {task.Role} {task.StartDate} {task.DueDate} {task.Provisional} {task.OpenedAt:O} {task.ClosedAt:O} {task.Outcome} {task.Late}")));
        lines.AddRange(told.Warnings.Select(warning => Line(
            $"预警 {warning.Step} {warning.Title} {warning.Colour} {warning.Organisation} {warning.RaisedAt:O} {warning.AnswerDue} {warning.AnsweredAt:O}")));
        lines.AddRange(told.Notices.Select(notice => Line($"通知 {notice.Template} {notice.To} {notice.Role} {notice.Subject} {notice.SentAt:O}")));
        lines.AddRange(told.Clocks.Select(clock => Line($"计时 {clock.Name} {clock.Allotted} {clock.Used}")));
        lines.AddRange(told.Keys.Select(key => Line($"密钥 {key.IssuedAt:O} {key.RevokedAt:O}")));
        lines.AddRange(told.Messages.Where(message => !CountedByChance.Contains(message.Method)).Select(message => Line(
            $"报文 {message.Method} {message.Accepted} {message.Code} {message.ReceivedAt:O} {string.Join('，', message.Findings.Select(found => $"{found.Path} {found.Rule} {found.Message}"))}")));
        // Several may be alike: the second is another line than the first.
        return [.. lines.GroupBy(line => line).SelectMany(same => same.Select((line, index) => index == 0 ? line : $"{line}（第 {index + 1} 次）"))];
    }

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
