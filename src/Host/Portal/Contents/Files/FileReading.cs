using System.Globalization;
using WorkflowEngine.Content;
using WorkflowEngine.Content.Differences;
using WorkflowEngine.Content.Forms;
using WorkflowEngine.Content.RuleSets;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.ContentSync;
using WorkflowEngine.Host.Designer.Files;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Timers;
using WorkflowEngine.Storage.Content;
using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Host.Portal.Contents.Files;

/// <summary>What somebody typed and is shown again because it was not taken.</summary>
/// <param name="Text">Null: as it was saved.</param>
public sealed record Typed(IReadOnlyList<string> Refusals, string? Text = null, string? Seen = null, string Reason = "")
{
    public static Typed Nothing { get; } = new([]);

    public RuleQuestion? Question { get; init; }

    public (string Year, string Paper, string Plan) Year { get; init; } = ("", "", "");
}

/// <summary>Puts together what the page of a file shows.</summary>
public sealed class FileReading(
    FileDesk desk, DraftPublishing publishing, DraftCheck checks, VersionStore versions, ContentReleases releases, DeadlineForecasts forecasts, BusinessClock clock)
{
    /// <returns>Null: there is no such file, and nobody is beginning it.</returns>
    public async Task<FileModel?> ReadAsync(string path, bool isNew, SignedInPerson person, Typed typed, CancellationToken ct)
    {
        var history = await desk.HistoryAsync(path, ct);
        if (history.Count == 0 && !(isNew && FileKinds.IsContentPath(path) && FileKinds.Of(path) != FileKind.Flow)) return null;

        var version = history is [var newest, ..] ? await desk.OpenAsync(newest, isLatest: true, ct) : null;
        var text = typed.Text ?? version?.Text ?? "";
        var kind = FileKinds.Of(path);
        return new FileModel(
            path, NameOf(path, text), version, await TogetherAsync(path, ct), history,
            version is { IsDraft: true } ? await DraftAsync(version, typed.Reason, ct) : null,
            kind == FileKind.Flow ? null : new EditorModel(text, typed.Seen ?? version?.File.Id ?? "", version is null && typed.Text is null ? [] : await checks.CheckAsync(path, text, ct)),
            ContentOwner.MayPublish(person))
        {
            Refusals = typed.Refusals,
            Rules = kind is FileKind.Rules or FileKind.RuleExamples && version is not null ? await RulesAsync(path, text, typed.Question, ct) : null,
            Form = kind == FileKind.Form ? FormReader.Read(text, path).Form : null,
            Calendar = path == ContentReader.CalendarFile ? await CalendarAsync(version, typed, ct) : null,
        };
    }

    public async Task<FileListModel> ListAsync(FileGroup group, SignedInPerson person, IReadOnlyList<string> refusals, CancellationToken ct)
    {
        var files = (await desk.ListAsync("", ct)).DistinctBy(version => version.Path).Where(version => group.Kinds.Contains(FileKinds.Of(version.Path)));
        return new FileListModel(
            group,
            [
                .. files.GroupBy(version => group.Id == "stories" ? version.Path : FileKinds.WrittenTogether(version.Path)[0])
                    .Select(item => new FileLine(NameOf(item.First().Path, releases.Current.Files.GetValueOrDefault(item.Key, "")), [.. item]))
                    .OrderBy(line => line.Files[0].Path, StringComparer.Ordinal),
            ],
            ContentOwner.MayPublish(person), refusals);
    }

    private async Task<DraftSheetModel> DraftAsync(OpenedVersion draft, string reason, CancellationToken ct)
    {
        var path = draft.File.Path;
        var others = (await versions.DraftsAsync(ct)).Where(other => other.Path != path).Select(other => new OtherDraft(other, FileKinds.WrittenTogether(path).Contains(other.Path))).ToList();
        IReadOnlyList<OpenedVersion> tried = [draft, .. await desk.DraftsAsync([.. others.Where(other => other.IsTogether).Select(other => other.Draft.Path)], ct)];
        var result = publishing.Rehearse(tried);
        var errors = result.Problems.Where(problem => problem.Severity == ProblemSeverity.Error).ToList();
        var stories = result.Report.Stories is null ? [] : errors;
        var replaced = await publishing.ReplacedBaseAsync(draft, ct);
        return new DraftSheetModel(
            Changes(path, releases.Current.Files.GetValueOrDefault(path), draft.Text),
            stories.Count > 0 || errors.Count == 0 ? [] : FileProblems.InChinese(errors, path, draft.Text),
            stories,
            result.Report.Stories?.Stories,
            [.. others.OrderByDescending(other => other.IsTogether)],
            replaced is null ? null : new ReplacedModel(replaced, Changes(path, await TextAsync(replaced.Base, ct), await TextAsync(replaced.Published, ct))),
            reason);
    }

    private async Task<string?> TextAsync(FileVersion? version, CancellationToken ct) => version is null ? null : (await desk.OpenAsync(version, isLatest: false, ct)).Text;

    private static IReadOnlyList<Difference> Changes(string path, string? before, string? after) => ContentDifferences.Between(Only(path, before), Only(path, after));

    private static Dictionary<string, string> Only(string path, string? text) => text is null ? [] : new Dictionary<string, string> { [path] = text };

    private async Task<IReadOnlyList<FilePart>> TogetherAsync(string path, CancellationToken ct)
    {
        var parts = new List<FilePart>();
        foreach (var part in FileKinds.WrittenTogether(path)) parts.Add(new FilePart(part, LabelOf(part), part == path, await desk.HistoryAsync(part, ct) is [var latest, ..] ? latest.State : null));
        return parts;
    }

    private async Task<RuleTrialModel?> RulesAsync(string path, string text, RuleQuestion? asked, CancellationToken ct)
    {
        var files = await checks.FilesAsync(path, text, ct);
        var together = FileKinds.WrittenTogether(path);
        if (!files.TryGetValue(together[0], out var rules) || RuleTrial.Of(together[0], rules) is not { } trial) return null;

        var examples = trial.Examples(files.GetValueOrDefault(together[1])).Select(example => (Example: example, Report: trial.Try(example.RuleSet, example.Facts, example.BusinessDate))).ToList();
        var first = examples.Count > 0 ? examples[0].Example : null;
        var question = asked ?? new RuleQuestion(first?.RuleSet ?? trial.RuleSets.First(), first?.Facts ?? "{ }", Written(clock.Today), null, null);
        return new RuleTrialModel(
            [.. trial.RuleSets], [.. examples.Where(example => example.Report is not null).Select(example => new TriedExample(example.Example, example.Report!))], asked is null ? question : Answered(trial, question));
    }

    private static RuleQuestion Answered(RuleTrial trial, RuleQuestion asked)
    {
        if (!DateOnly.TryParseExact(asked.Date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)) return asked with { Problem = "日期应写成“2022-09-30”。" };

        var report = trial.Try(asked.RuleSet, asked.Facts, date);
        return report switch
        {
            null => asked with { Problem = "事实应是一个 JSON 对象，可以从上面的示例改起。" },
            { Fault: { } fault } => asked with { Problem = $"无法判断：{fault.Message}" },
            _ => asked with { Report = report },
        };
    }

    private async Task<CalendarModel> CalendarAsync(OpenedVersion? version, Typed typed, CancellationToken ct)
    {
        var calendar = version is { IsDraft: true } ? WorkingDayCalendar.Read(version.Text, version.File.Path).Calendar : null;
        var (year, paper, plan) = typed.Year;
        return new CalendarModel(calendar is null ? null : await forecasts.OfAsync(calendar, ct), year.Length > 0 ? year : Number(clock.Today.Year + 1), paper, plan);
    }

    /// <summary>What people call it; a letter's texts go by the letter's title.</summary>
    private string NameOf(string path, string text)
    {
        if (path == ContentReader.CalendarFile) return "国务院工作日历";

        var item = FileKinds.WrittenTogether(path)[0];
        return releases.Current.Files.GetValueOrDefault(item) is { } model && item != path ? ContentDifferences.NameOf(item, model) : ContentDifferences.NameOf(path, text);
    }

    public static string LabelOf(string path) => Path.GetExtension(path) switch
    {
        ".subject" => "主题",
        ".html" => "邮件",
        ".txt" => "纯文本",
        _ => FileKinds.Of(path).Chinese(),
    };

    private static string Written(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
