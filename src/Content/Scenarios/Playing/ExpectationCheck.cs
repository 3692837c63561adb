using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Content.Scenarios.Playing;

/// <summary>Compares what a story says of a case after an act with what the platform has, and tells each difference in words.</summary>
internal sealed class ExpectationCheck(Expectation expect, StoryCase looked, DateTimeOffset at, WorkingDayCalendar calendar, Action<string, string> differs)
{
    private CaseSight Sight => looked.Sight;

    /// <summary>The letters of this very instant.</summary>
    private IEnumerable<NoticeSight> Sent => looked.NewNotices.Where(notice => notice.SentAt == at);

    public void Run(DeedDone done)
    {
        if (expect.Refused is { } reason)
        {
            if (done.Refusal is not { } refusal) differs($"应被拒绝{(reason.Length > 0 ? $"（{reason}）" : "")}，平台却办理了。", $"this should be refused{(reason.Length > 0 ? $" ({reason})" : "")}, and was done");
            else if (!refusal.Contains(reason, StringComparison.Ordinal)) Refusals.Differ(differs, reason, refusal);
        }

        Same("未办任务", "open tasks", expect.Tasks, [.. Sight.Open(TaskKind.Work)], Words.Of, Words.Of, Fits);
        Same("可选事项", "options", expect.Options, [.. Sight.Open(TaskKind.Option)], step => step, task => task.Step, (step, task) => step == task.Step);
        Same("未反馈的预警", "unanswered warnings", expect.Warnings, [.. Sight.Warnings.Where(warning => warning.AnsweredAt is null)], Words.Of, Words.Of, Fits);
        Same("此刻发出的通知", "notices of this instant", expect.Notices, [.. Sent], Words.Of, Words.Of, Fits);
        if (expect.Quiet && (looked.NewNotices.Any() || looked.NewWarnings.Any()))
        {
            var came = Words.All([.. looked.NewNotices.Select(Words.Of), .. looked.NewWarnings.Select(Words.Of)]);
            differs($"上一步以来不应有通知和预警，平台有：{came}。", $"there should be no notice and no warning since the act before, there are: {came}");
        }

        Clocks();
        Outcome();
        Keys();
        Traffic(done);
    }

    /// <summary>Opens the letters that must contain certain words, as those who got them.</summary>
    public async ValueTask NoticesSayAsync(IPlatform platform, CancellationToken ct)
    {
        foreach (var wanted in (expect.Notices ?? []).Where(notice => notice.Says.Count > 0))
        {
            if (Sent.FirstOrDefault(notice => Fits(wanted, notice)) is not { } line) continue;

            var letter = await platform.LetterAsync(wanted.To, line, ct);
            foreach (var text in wanted.Says.Where(text => !letter.Contains(text, StringComparison.Ordinal) && !line.Subject.Contains(text, StringComparison.Ordinal)))
            {
                var said = letter.ReplaceLineEndings(" ");
                differs($"通知 {Words.Of(line)} 应写有“{text}”，实际为：{said}", $"notice {Words.Of(line)} should say '{text}', it says: {said}");
            }
        }
    }

    private void Clocks()
    {
        var clocks = Sight.Clocks;
        foreach (var wanted in expect.Clocks ?? [])
        {
            if (clocks.FirstOrDefault(clock => clock.Name == wanted.Name) is not { } clock)
            {
                var known = Words.All(clocks.Select(clock => clock.Name));
                differs($"应有计时“{wanted.Name}”，平台只有：{known}。", $"there should be a clock '{wanted.Name}', there is only: {known}");
                continue;
            }

            var used = clock.UsedOn(Deadlines.DateOf(at), calendar);
            var left = clock.Allotted - used;
            if ((wanted.Used ?? used) != used || (wanted.Left ?? left) != left || (wanted.Running ?? clock.IsRunning) != clock.IsRunning)
            {
                var (should, stands) = (Told(wanted.Used, wanted.Left, wanted.Running), Told(used, left, clock.IsRunning));
                differs($"计时“{wanted.Name}”应为{should}，平台为{stands}。", $"clock '{wanted.Name}' should be at {should}, it is at {stands}");
            }
        }

        static string Told(int? used, int? left, bool? running) =>
            string.Join("、", new[] { used is null ? null : $"已用 {used}", left is null ? null : $"剩余 {left}", running switch { null => null, true => "计时中", false => "停止" } }.OfType<string>());
    }

    private void Outcome()
    {
        if (expect.Outcome is { } wanted && wanted.Value != Sight.Outcome)
        {
            differs(
                $"办件结果应为“{wanted.Value ?? "未办结"}”，平台为“{Sight.Outcome ?? "未办结"}”。",
                $"the outcome should be {(wanted.Value is null ? "none yet" : $"'{wanted.Value}'")}, it is {(Sight.Outcome is null ? "none yet" : $"'{Sight.Outcome}'")}");
        }
    }

    private void Keys()
    {
        if (expect.Keys is not { } wanted) return;

        var revoked = Sight.Keys.Count(key => key.RevokedAt is not null);
        var active = Sight.Keys.Count - revoked;
        if ((wanted.Active ?? active) != active || (wanted.Revoked ?? revoked) != revoked)
        {
            differs(
                $"密钥应为有效 {wanted.Active} 个、作废 {wanted.Revoked} 个，平台为有效 {active} 个、作废 {revoked} 个。",
                $"there should be {wanted.Active} good and {wanted.Revoked} revoked keys, there are {active} and {revoked}");
        }
    }

    private void Traffic(DeedDone done)
    {
        if (expect.Traffic is not { } wanted) return;

        var answers = done.Answers.CountBy(code => code).ToDictionary();
        if (wanted.Answers is { } codes && !(codes.Count == answers.Count && codes.All(code => answers.GetValueOrDefault(code.Key) == code.Value)))
        {
            differs($"平台的应答应为 {Counted(codes)}，实际为 {Counted(answers)}。", $"the answers should be {Counted(codes)}, they are {Counted(answers)}");
        }

        if (wanted.Stored is { } stored && stored != done.Stored) differs($"应有 {stored} 个请求成功入库，平台入库 {done.Stored} 个。", $"{stored} requests should be stored, {done.Stored} were");
        foreach (var field in wanted.Findings.Where(field => !done.Findings.Contains(field)))
        {
            differs($"联调检查结果应指出 {field}，平台只指出：{Words.All(done.Findings)}。", $"the findings should name {field}, they name only: {Words.All(done.Findings)}");
        }

        static string Counted(IReadOnlyDictionary<string, int> codes) => string.Join("、", codes.OrderBy(code => code.Key, StringComparer.Ordinal).Select(code => $"{code.Key} × {code.Value}"));
    }

    /// <summary>Both lists hold the same, in whatever order.</summary>
    private void Same<TWanted, TFound>(
        string what, string inEnglish, IReadOnlyList<TWanted>? wanted, List<TFound> found, Func<TWanted, string> tellWanted, Func<TFound, string> tellFound, Func<TWanted, TFound, bool> fits)
    {
        if (wanted is null) return;

        var left = new List<TFound>(found);
        // The most particular first, so that a vague entry does not take what only another one fits.
        var missing = wanted.OrderByDescending(entry => tellWanted(entry).Length).Count(entry => left.FindIndex(item => fits(entry, item)) is var place && (place < 0 || !Take(left, place)));
        if (missing > 0 || left.Count > 0)
        {
            var (should, are) = (Words.All(wanted.Select(tellWanted)), Words.All(found.Select(tellFound)));
            differs($"{what}应为 [{should}]，平台为 [{are}]。", $"{inEnglish} should be [{should}], they are [{are}]");
        }

        static bool Take(List<TFound> from, int place)
        {
            from.RemoveAt(place);
            return true;
        }
    }

    private static bool Fits(ExpectedTask wanted, TaskSight task) =>
        wanted.Step == task.Step
        && Fits(wanted.Of, task.OrganisationId, task.Role)
        && (wanted.Start is null || wanted.Start == task.Start)
        && (wanted.Due is null || wanted.Due == task.Due)
        && (!wanted.HasNoLimit || task.Due is null)
        && (wanted.Provisional is null || wanted.Provisional == task.Provisional);

    private static bool Fits(ExpectedWarning wanted, WarningSight warning) =>
        wanted.Step == warning.Step && Fits(wanted.Of, warning.OrganisationId, null) && (wanted.Due is null || wanted.Due == warning.AnswerDue);

    private static bool Fits(ExpectedNotice wanted, NoticeSight notice) => wanted.Template == notice.Template && Fits(wanted.To, notice.OrganisationId, notice.Role);

    private static bool Fits(Participant? wanted, string organisationId, string? role) =>
        wanted is null || (wanted.OrganisationId == organisationId && (wanted.Role is null || role is null || wanted.Role == role));
}

/// <summary>A refusal for another reason than the story wants.</summary>
internal static class Refusals
{
    public static void Differ(Action<string, string> differs, string reason, string refusal) =>
        differs($"拒绝的理由应提到“{reason}”，平台说：{refusal}", $"the reason of the refusal should mention '{reason}', it is: {refusal}");
}
