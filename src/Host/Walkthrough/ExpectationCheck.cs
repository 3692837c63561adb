using WorkflowEngine.Content.Scenarios;
using WorkflowEngine.Host.Portal.Dates;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Walkthrough;

/// <summary>Compares what a story says of a case after an act with what the platform has, and tells each difference in words.</summary>
internal sealed class ExpectationCheck(Expectation expect, StoryCase looked, DateTimeOffset at, WorkingDayCalendar calendar, Action<string> differs)
{
    private CasePicture Picture => looked.Picture;

    /// <summary>The letters of this very instant.</summary>
    private IEnumerable<NoticeLine> Sent => looked.NewNotices.Where(notice => notice.SentAt == at);

    public void Run(DeedDone done)
    {
        if (expect.Refused is { } reason)
        {
            if (done.Refusal is not { } refusal) differs($"应被拒绝{(reason.Length > 0 ? $"（{reason}）" : "")}，平台却办理了。");
            else if (!refusal.Contains(reason, StringComparison.Ordinal)) differs($"拒绝的理由应提到“{reason}”，平台说：{refusal}");
        }

        Same("未办任务", expect.Tasks, [.. Picture.Open(TaskKind.Work)], Words.Of, Words.Of, Fits);
        Same("可选事项", expect.Options, [.. Picture.Open(TaskKind.Option)], step => step, task => task.ActivityId, (step, task) => step == task.ActivityId);
        Same("未反馈的预警", expect.Warnings, [.. Picture.Warnings.Where(warning => warning.AnsweredAt is null)], Words.Of, Words.Of, Fits);
        Same("此刻发出的通知", expect.Notices, [.. Sent], Words.Of, Words.Of, Fits);
        if (expect.Quiet && (looked.NewNotices.Any() || looked.NewWarnings.Any()))
        {
            differs($"上一步以来不应有通知和预警，平台有：{Words.All([.. looked.NewNotices.Select(Words.Of), .. looked.NewWarnings.Select(Words.Of)])}。");
        }

        Clocks();
        Outcome();
        Keys();
        Traffic(done);
    }

    /// <summary>Opens the letters that must contain certain words, as those who got them.</summary>
    public async Task NoticesSayAsync(Func<Participant, Task<PlatformClient>> signIn, CancellationToken ct)
    {
        foreach (var wanted in (expect.Notices ?? []).Where(notice => notice.Says.Count > 0))
        {
            if (Sent.FirstOrDefault(notice => Fits(wanted, notice)) is not { } line) continue;

            var letter = await (await signIn(wanted.To)).GetAsync<NoticeView>($"/api/notices/{line.Id}", ct);
            foreach (var text in wanted.Says.Where(text => !letter.Text.Contains(text, StringComparison.Ordinal) && !letter.Line.Subject.Contains(text, StringComparison.Ordinal)))
            {
                differs($"通知 {Words.Of(line)} 应写有“{text}”，实际为：{letter.Text.ReplaceLineEndings(" ")}");
            }
        }
    }

    private void Clocks()
    {
        var clocks = Picture.Clocks();
        foreach (var wanted in expect.Clocks ?? [])
        {
            if (clocks.FirstOrDefault(clock => clock.Name == wanted.Name) is not { } clock)
            {
                differs($"应有计时“{wanted.Name}”，平台只有：{Words.All(clocks.Select(clock => clock.Name))}。");
                continue;
            }

            var used = clock.UsedOn(ChineseDates.DateOf(at), calendar);
            var left = clock.Allotted - used;
            if ((wanted.Used ?? used) != used || (wanted.Left ?? left) != left || (wanted.Running ?? clock.IsRunning) != clock.IsRunning)
            {
                differs($"计时“{wanted.Name}”应为{Told(wanted.Used, wanted.Left, wanted.Running)}，平台为{Told(used, left, clock.IsRunning)}。");
            }
        }

        static string Told(int? used, int? left, bool? running) =>
            string.Join("、", new[] { used is null ? null : $"已用 {used}", left is null ? null : $"剩余 {left}", running switch { null => null, true => "计时中", false => "停止" } }.OfType<string>());
    }

    private void Outcome()
    {
        if (expect.Outcome is { } wanted && wanted.Value != Picture.Line.Outcome)
        {
            differs($"办件结果应为“{wanted.Value ?? "未办结"}”，平台为“{Picture.Line.Outcome ?? "未办结"}”。");
        }
    }

    private void Keys()
    {
        if (expect.Keys is not { } wanted) return;

        var revoked = Picture.Keys.Count(key => key.RevokedAt is not null);
        var active = Picture.Keys.Count - revoked;
        if ((wanted.Active ?? active) != active || (wanted.Revoked ?? revoked) != revoked)
        {
            differs($"密钥应为有效 {wanted.Active} 个、作废 {wanted.Revoked} 个，平台为有效 {active} 个、作废 {revoked} 个。");
        }
    }

    private void Traffic(DeedDone done)
    {
        if (expect.Traffic is not { } wanted) return;

        var answers = done.Answers.CountBy(code => code).ToDictionary();
        if (wanted.Answers is { } codes && !(codes.Count == answers.Count && codes.All(code => answers.GetValueOrDefault(code.Key) == code.Value)))
        {
            differs($"平台的应答应为 {Counted(codes)}，实际为 {Counted(answers)}。");
        }

        if (wanted.Stored is { } stored && stored != done.Stored) differs($"应有 {stored} 个请求成功入库，平台入库 {done.Stored} 个。");
        foreach (var field in wanted.Findings.Where(field => !done.Findings.Contains(field))) differs($"联调检查结果应指出 {field}，平台只指出：{Words.All(done.Findings)}。");

        static string Counted(IReadOnlyDictionary<string, int> codes) => string.Join("、", codes.OrderBy(code => code.Key, StringComparer.Ordinal).Select(code => $"{code.Key} × {code.Value}"));
    }

    /// <summary>Both lists hold the same, in whatever order.</summary>
    private void Same<TWanted, TFound>(
        string what, IReadOnlyList<TWanted>? wanted, List<TFound> found, Func<TWanted, string> tellWanted, Func<TFound, string> tellFound, Func<TWanted, TFound, bool> fits)
    {
        if (wanted is null) return;

        var left = new List<TFound>(found);
        // The most particular first, so that a vague entry does not take what only another one fits.
        var missing = wanted.OrderByDescending(entry => tellWanted(entry).Length).Count(entry => left.FindIndex(item => fits(entry, item)) is var place && (place < 0 || !Take(left, place)));
        if (missing > 0 || left.Count > 0) differs($"{what}应为 [{Words.All(wanted.Select(tellWanted))}]，平台为 [{Words.All(found.Select(tellFound))}]。");

        static bool Take(List<TFound> from, int place)
        {
            from.RemoveAt(place);
            return true;
        }
    }

    private static bool Fits(ExpectedTask wanted, TaskDetail task) =>
        wanted.Step == task.ActivityId
        && Fits(wanted.Of, task.Line.OrganisationId, task.Line.Role)
        && (wanted.Start is null || wanted.Start == task.Line.StartDate)
        && (wanted.Due is null || wanted.Due == task.Line.DueDate)
        && (!wanted.HasNoLimit || task.Line.DueDate is null)
        && (wanted.Provisional is null || wanted.Provisional == task.Line.Provisional);

    private static bool Fits(ExpectedWarning wanted, WarningLine warning) =>
        wanted.Step == warning.ActivityId && Fits(wanted.Of, warning.OrganisationId, null) && (wanted.Due is null || wanted.Due == warning.AnswerDue);

    private static bool Fits(ExpectedNotice wanted, NoticeLine notice) => wanted.Template == notice.Template && Fits(wanted.To, notice.OrganisationId, notice.Role);

    private static bool Fits(Participant? wanted, string organisationId, string? role) =>
        wanted is null || (wanted.OrganisationId == organisationId && (wanted.Role is null || role is null || wanted.Role == role));
}
