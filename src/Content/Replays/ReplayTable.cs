using System.Globalization;
using System.Text;
using WorkflowEngine.Content.People;
using WorkflowEngine.Workflows.Calendars;

namespace WorkflowEngine.Content.Replays;

/// <summary>A comparison as tables to read in a terminal or to paste into a document (zh-CN).</summary>
internal static class ReplayTable
{
    public static string Of(ReplayComparison comparison)
    {
        var text = new StringBuilder();
        var total = comparison.Total;
        Line(text, $"重放 {total.Cases} 个办件，算到 {comparison.Until.ToOffset(Deadlines.Shanghai):yyyy-MM-dd HH:mm}；{(comparison.IsSame ? "两个版本没有差别" : $"其中 {total.Differing} 个有差别")}。“现行 → 草案”，没有箭头的两边相同。");
        foreach (var note in comparison.Notes) Line(text, $"注意：{note}");
        if (total.Cases == 0) return text.ToString();

        Line(text, "\n| 地市 | 办件 | 有差别 | 期限提前 / 推后 | 逾期 | 预警 | 通知 | 结果不同 | 不能照做 |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|");
        foreach (var city in comparison.Cities) Line(text, $"| {city.Name} {Row(city.Figures)}");
        if (comparison.Cities.Count > 1) Line(text, $"| 合计 {Row(total)}");
        if (!comparison.IsSame) Differences(text, comparison);
        Reasons(text, total.NotReplayed);
        return text.ToString();
    }

    private static void Differences(StringBuilder text, ReplayComparison comparison)
    {
        var total = comparison.Total;
        var steps = comparison.Steps.Where(step => !step.Tasks.IsSame || step.DueMoves.Count > 0 || !step.Overdue.IsSame).ToList();
        if (steps.Count > 0)
        {
            Line(text, "\n| 步骤 | 任务 | 期限变动 | 逾期 | 例如 |\n|---|--:|---|--:|---|");
            foreach (var step in steps)
            {
                var examples = step.DueMoves.SelectMany(move => move.Examples).Concat(step.Overdue.Examples).Concat(step.Tasks.Examples);
                Line(text, $"| {step.Title}（{step.Step}） | {Both(step.Tasks)} | {string.Join("；", step.DueMoves.Select(Moved))} | {Both(step.Overdue)} | {Examples(Tally.Some(examples))} |");
            }
        }

        Tallies(text, "预警", [.. total.Warnings.Select(warning => ($"{WarningWords.Of(warning.Level)}{WarningWords.Of(warning.Colour)}预警", warning.Count))]);
        Tallies(text, "通知", [.. total.Notices.Select(notice => ($"{notice.Title}（{notice.Template}）", notice.Count))]);
        if (total.Outcomes.Count == 0) return;

        Line(text, "\n| 办结结果：现行 | 草案 | 办件 | 例如 |\n|---|---|--:|---|");
        foreach (var outcome in total.Outcomes) Line(text, $"| {outcome.Published} | {outcome.Draft} | {outcome.Cases} | {Examples(outcome.Examples)} |");
    }

    private static void Tallies(StringBuilder text, string what, IReadOnlyList<(string Name, Tally Count)> tallies)
    {
        if (tallies.All(tally => tally.Count.IsSame)) return;

        Line(text, $"\n| {what} | 现行 → 草案 | 增加 | 减少 | 例如 |\n|---|--:|--:|--:|---|");
        foreach (var (name, count) in tallies.Where(tally => !tally.Count.IsSame)) Line(text, $"| {name} | {Both(count)} | {count.More} | {count.Less} | {Examples(count.Examples)} |");
    }

    private static void Reasons(StringBuilder text, IReadOnlyList<NotReplayed> reasons)
    {
        if (reasons.Count == 0) return;

        Line(text, "\n| 不能照做的 | 步骤 | 当时的办理 | 原因 | 办件 | 例如 |\n|---|---|---|---|--:|---|");
        foreach (var reason in reasons)
        {
            var on = reason.On switch { ReplaySide.Draft => "草案", ReplaySide.Published => "现行", _ => "两边都" };
            Line(text, $"| {on} | {(reason.Step is null ? "" : $"{reason.Title}（{reason.Step}）")} | {reason.Outcome} | {reason.Reason} | {reason.Cases} | {Examples(reason.Examples)} |");
        }
    }

    private static string Row(ReplayFigures figures)
    {
        var (earlier, later) = (figures.DueMoves.Where(move => move.WorkingDays < 0).Sum(move => move.Tasks), figures.DueMoves.Where(move => move.WorkingDays > 0).Sum(move => move.Tasks));
        var notReplayed = figures.NotReplayed.Where(reason => reason.On == ReplaySide.Draft).Sum(reason => reason.Cases);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {figures.Cases} | {figures.Differing} | {earlier} / {later} | {Both(figures.Overdue)} | {Both([.. figures.Warnings.Select(warning => warning.Count)])} | {Both([.. figures.Notices.Select(notice => notice.Count)])} | {figures.Outcomes.Sum(outcome => outcome.Cases)} | {notReplayed} |");
    }

    private static string Both(params IReadOnlyList<Tally> tallies)
    {
        var (published, draft) = (tallies.Sum(tally => tally.Published), tallies.Sum(tally => tally.Draft));
        return string.Create(CultureInfo.InvariantCulture, $"{published}{(tallies.All(tally => tally.IsSame) ? "" : $" → {draft}")}");
    }

    private static string Moved(DueMove move) => string.Create(
        CultureInfo.InvariantCulture, $"{(move.WorkingDays < 0 ? "提前" : "推后")} {Math.Abs(move.WorkingDays)} 个工作日 × {move.Tasks}");

    private static string Examples(IReadOnlyList<string> numbers) => string.Join("、", numbers);

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
