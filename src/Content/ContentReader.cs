using WorkflowEngine.Content.Checks;
using WorkflowEngine.Content.Forms;
using WorkflowEngine.Content.Notices;
using WorkflowEngine.Content.Reading;
using WorkflowEngine.Content.Regions;
using WorkflowEngine.Content.RuleSets;
using WorkflowEngine.Content.Standards;
using WorkflowEngine.Rules;
using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Content;

/// <summary>What came of reading content.</summary>
/// <param name="Set">The release; null when a problem is an error.</param>
/// <param name="Report">Everything found, for the author: problems, what was read, what the examples cover.</param>
public sealed record ContentResult(ContentSet? Set, CheckReport Report)
{
    public IReadOnlyList<Problem> Problems => Report.Problems;
}

/// <summary>Turns files into a release, with every check that publishing asks for. Pure: the same files give the same result.</summary>
public static class ContentReader
{
    public const string CalendarFile = "rules/calendars/cn.json";
    public const string RegionsFile = "rules/regions.json";
    public const string FormsFolder = "workflows/forms/";

    private const string FlowsFolder = "workflows/";
    private const string CalendarsFolder = "rules/calendars/";
    private const string TemplatesFolder = "templates/";

    /// <param name="files">Texts by repository path, e.g. <c>workflows/guangdong/vendor-integration.json</c>.</param>
    /// <param name="reachableHosts">The hosts that flows of some organisation may send requests to; null when that is not known.</param>
    /// <param name="memory">What was found in files before, for who reads again and again; null: nothing.</param>
    public static ContentResult Read(IReadOnlyDictionary<string, string> files, IReadOnlyCollection<string>? reachableHosts = null, ContentMemory? memory = null) =>
        Read(files, reachableHosts, memory ?? new ContentMemory(), isPublished: false);

    /// <summary>
    /// A release as it was published, without looking at it again: cases run on it whatever this program would say of it today.
    /// </summary>
    /// <returns>Null when this program cannot read it.</returns>
    public static ContentSet? Restore(IReadOnlyDictionary<string, string> files) => Read(files, null, new ContentMemory(), isPublished: true).Set;

    private static ContentResult Read(IReadOnlyDictionary<string, string> files, IReadOnlyCollection<string>? reachableHosts, ContentMemory memory, bool isPublished)
    {
        memory.BeginReading();
        // Problems come in the order of the paths, whatever the order of the dictionary.
        var sorted = new SortedDictionary<string, string>(files.ToDictionary(), StringComparer.Ordinal);
        var problems = new ProblemList();
        Encoding(sorted, problems);
        var calendar = Calendar(sorted, problems);
        var regions = Required(RegionsFile, sorted, problems) is { } json ? RegionRegister.Read(json, RegionsFile, problems) : null;
        var standards = MessageStandards.Read(sorted, problems);
        var forms = Forms(sorted, problems);
        var notices = NoticeReader.Read(In(sorted, TemplatesFolder), problems, memory);
        var ruleSets = RuleSetReader.Read(sorted.Where(file => IsRuleFile(file.Key)), problems, memory);
        var coverage = new List<RuleSetCoverage>();
        var cases = isPublished ? 0 : RuleCases.Run(sorted, ruleSets, problems, coverage, memory);
        var index = new ContentIndex
        {
            Forms = forms,
            Notices = notices,
            RuleSets = ruleSets.ToDictionary(set => set.Key, set => set.Value.Workflow),
            Broken = Broken(sorted, problems),
            SigningProfiles = [.. standards.Keys],
            Messages = [.. standards.Values.SelectMany(standard => standard.Messages?.Messages.Keys ?? []).Distinct()],
            Provinces = regions is null ? null : [.. regions.Areas.Where(area => area.Level == Workflows.Execution.OrganisationLevel.Province).Select(area => area.Code)],
        };
        var flows = isPublished ? Published(sorted) : FlowReader.Read(
            sorted.Where(file => IsFlowFile(file.Key)), IdOf(sorted.Where(file => MayBeNamed(file.Key))), index, sorted, reachableHosts, problems, memory);

        var report = new CheckReport
        {
            Problems = ProblemList.InOrder(problems.All),
            Counts = new ContentCounts(flows?.Count ?? 0, ruleSets.Count, cases, forms.Count, notices.Count),
            RuleCoverage = coverage,
        };
        if ((!isPublished && !report.IsPublishable) || flows is null || calendar is null || regions is null)
        {
            return new ContentResult(null, report);
        }

        var places = flows.ToDictionary(flow => (ContentKind.Flow, flow.Key), flow => flow.Value.Path);
        Place(places, ContentKind.Form, forms.Select(form => (form.Key, form.Value.Path)));
        Place(places, ContentKind.Notice, notices.Select(notice => (notice.Key, notice.Value.Path)));
        Place(places, ContentKind.RuleSet, ruleSets.Select(set => (set.Key, set.Value.Path)));
        var release = new ContentSet
        {
            Id = IdOf(sorted),
            Files = sorted,
            Flows = flows,
            RuleSets = ruleSets.ToDictionary(set => set.Key, set => set.Value.RuleSet),
            Forms = forms.ToDictionary(form => form.Key, form => form.Value.Form),
            Notices = notices.ToDictionary(notice => notice.Key, notice => notice.Value.Notice),
            Calendar = calendar,
            Regions = regions,
            Standards = standards,
            Places = places,
        };
        return new ContentResult(release, report);
    }

    /// <summary>The release with other texts in some files, checked as far as they go: a story changes a property of a step or the calendar, and the rest was checked before.</summary>
    public static ContentResult Change(ContentSet content, IReadOnlyDictionary<string, string> changed, ContentMemory memory)
    {
        var files = new SortedDictionary<string, string>(content.Files.ToDictionary(), StringComparer.Ordinal);
        foreach (var (path, text) in changed) files[path] = text;
        if (!changed.Keys.All(path => path == CalendarFile)) return Read(files, memory: memory);

        var problems = new ProblemList();
        var calendar = Calendar(files, problems);
        var report = new CheckReport { Problems = problems.All, Counts = new ContentCounts(0, 0, 0, 0, 0), RuleCoverage = [] };
        return new ContentResult(calendar is null || !report.IsPublishable ? null : content.With(IdOf(files), files, calendar), report);
    }

    private static string IdOf(IEnumerable<KeyValuePair<string, string>> files) => TextHash.Of(files.SelectMany(file => new[] { file.Key, file.Value }));

    /// <summary>Bytes that are no UTF-8 are read as U+FFFD, and half of the sentence is lost.</summary>
    private static void Encoding(SortedDictionary<string, string> files, ProblemList problems)
    {
        foreach (var (path, text) in files)
        {
            if (text.AsSpan().IndexOfAny('\uFFFD', '\0') is >= 0 and var at)
            {
                var line = text.AsSpan(0, at).Count('\n') + 1;
                problems.Add(
                    ProblemCodes.Encoding, path, line, at - text.AsSpan(0, at).LastIndexOf('\n'), null,
                    "here stands a character that could not be read; save the file as UTF-8 (it may be in GBK)", "这里有无法读取的字符；请把文件另存为 UTF-8 编码（原来可能是 GBK）");
            }
        }
    }

    private static WorkingDayCalendar? Calendar(SortedDictionary<string, string> files, ProblemList problems)
    {
        if (Required(CalendarFile, files, problems) is not { } json)
        {
            return null;
        }

        var result = WorkingDayCalendar.Read(json, CalendarFile);
        foreach (var problem in result.Problems)
        {
            problems.Add(problem with { Chinese = problem.Chinese ?? $"工作日历有误：{problem.Message}" });
        }

        return result.Calendar;
    }

    private static Dictionary<string, (FormDefinition Form, string Path)> Forms(SortedDictionary<string, string> files, ProblemList problems)
    {
        var forms = new Dictionary<string, (FormDefinition Form, string Path)>();
        foreach (var (path, json) in In(files, FormsFolder).Where(file => file.Key.EndsWith(".json", StringComparison.Ordinal)))
        {
            var result = FormReader.Read(json, path);
            foreach (var problem in result.Problems)
            {
                problems.Add(problem);
            }

            if (result.Form is { } form && !forms.TryAdd(form.Id, (form, path)))
            {
                problems.Add(
                    ProblemCodes.DuplicateName, path, 1, 1, null,
                    $"there is already a form '{form.Id}' in {forms[form.Id].Path}", $"{forms[form.Id].Path} 里已有名为“{form.Id}”的表单");
            }
        }

        return forms;
    }

    /// <summary>The flows of a release, read and not looked at; null when one of them cannot be read.</summary>
    private static Dictionary<string, WorkflowDefinition>? Published(SortedDictionary<string, string> files)
    {
        var flows = new Dictionary<string, WorkflowDefinition>();
        foreach (var (path, json) in files.Where(file => IsFlowFile(file.Key)))
        {
            if (WorkflowDefinition.Read(json, path).Definition is not { } flow)
            {
                return null;
            }

            flows.TryAdd(flow.DefinitionId, flow);
        }

        return flows;
    }

    /// <summary>The names of what could not be read: those of its files and, for rules, those that the files still tell.</summary>
    private static HashSet<string> Broken(SortedDictionary<string, string> files, ProblemList problems)
    {
        var broken = problems.All.Where(problem => problem.Severity == ProblemSeverity.Error).Select(problem => problem.File).ToHashSet();
        return
        [
            .. broken.Select(path => Path.GetFileName(path).Split('.')[0]),
            .. broken.Where(path => IsRuleFile(path) && files.ContainsKey(path)).SelectMany(path => RuleFile.Parse(files[path], path).Workflows).Select(workflow => workflow.WorkflowName),
        ];
    }

    /// <summary>A flow's file: below <c>workflows/</c>, and neither a form nor stories.</summary>
    public static bool IsFlowFile(string path) => path.EndsWith(".json", StringComparison.Ordinal) && FileKinds.Of(path) == FileKind.Flow;

    /// <summary>Whether a flow can speak of what is in this file: of forms, notices, rules, regions and standards, not of other flows, stories, examples and days off.</summary>
    private static bool MayBeNamed(string path) =>
        (!path.StartsWith(FlowsFolder, StringComparison.Ordinal) || path.StartsWith(FormsFolder, StringComparison.Ordinal))
        && !path.StartsWith(CalendarsFolder, StringComparison.Ordinal)
        && !path.EndsWith(RuleCases.Ending, StringComparison.Ordinal);

    private static bool IsRuleFile(string path) => path.EndsWith(".json", StringComparison.Ordinal) && FileKinds.Of(path) == FileKind.Rules;

    private static string? Required(string path, SortedDictionary<string, string> files, ProblemList problems)
    {
        if (files.TryGetValue(path, out var json))
        {
            return json;
        }

        problems.Add(ProblemCodes.MissingFile, path, 1, 1, null, $"'{path}' is missing; nothing can be planned without it", $"缺少“{path}”，没有它无法办理");
        return null;
    }

    private static Dictionary<string, string> In(SortedDictionary<string, string> files, string folder) =>
        files.Where(file => file.Key.StartsWith(folder, StringComparison.Ordinal)).ToDictionary();

    private static void Place(Dictionary<(ContentKind Kind, string Name), string> places, ContentKind kind, IEnumerable<(string Name, string Path)> items)
    {
        foreach (var (name, path) in items)
        {
            places[(kind, name)] = path;
        }
    }
}
