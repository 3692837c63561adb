using System.Text.Json.Nodes;
using WorkflowEngine.Content.Filing;
using WorkflowEngine.Content.Notices;
using WorkflowEngine.Content.Scenarios.Playing;
using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Content.Rehearsal;

/// <summary>
/// The platform in memory: cases with their tasks, limits, letters and keys, on a clock that is moved. The engine, the rules, the forms and the letters are the real
/// ones; there is no database, no network and no second thread, so what is done is done at once and nothing can come between.
/// </summary>
public sealed partial class Office
{
    private readonly OrganisationBook _directory;
    private readonly Dictionary<Guid, CaseFile> _files = [];
    private readonly Dictionary<string, CaseFile> _byNumber = [];
    private readonly Dictionary<string, List<CaseFile>> _ofApplicant = [];
    private readonly Dictionary<(string Applicant, string Flow), List<CaseFile>> _byApplicant = [];
    private readonly Dictionary<string, List<CaseFile>> _byLink = [];
    private readonly Dictionary<string, OpenedTask> _tasks = [];
    private readonly Dictionary<(string Series, int Year), long> _numbers = [];
    private readonly Dictionary<string, JsonObject> _submissions = [];
    private readonly Dictionary<string, Facts> _known = [];
    private readonly Dictionary<string, string> _letters = [];
    private readonly IRehearsalWatch? _watch;
    private int _instances;

    /// <param name="content">What is in force.</param>
    /// <param name="start">Business time.</param>
    /// <param name="watch">Sees every burst; null: nobody does.</param>
    public Office(Library content, OrganisationBook directory, DateTimeOffset start, IRehearsalWatch? watch = null)
    {
        Current = content;
        Calendar = content.Content.Calendar;
        Now = start;
        _directory = directory;
        _watch = watch;
    }

    /// <summary>What new cases begin with.</summary>
    public Library Current { get; private set; }

    /// <summary>The one calendar that counts now: holidays are facts, so running cases follow the latest.</summary>
    public WorkingDayCalendar Calendar { get; private set; }

    /// <summary>Business time, in +08:00.</summary>
    public DateTimeOffset Now { get; private set; }

    /// <summary>In the order in which they began.</summary>
    public IEnumerable<CaseFile> Files => _files.Values;

    private DateOnly Today => Deadlines.DateOf(Now);

    public CaseFile? Find(string number) => _byNumber.GetValueOrDefault(number);

    internal string? Letter(string noticeId) => _letters.GetValueOrDefault(noticeId);

    /// <summary>Lets another release be in force from now on; deadlines that its calendar moves are planned anew.</summary>
    public void Publish(Library content)
    {
        Current = content;
        Follow(content.Content.Calendar);
    }

    /// <summary>Lets another calendar count from now on, for all cases; deadlines that it moves are planned anew.</summary>
    internal void Follow(WorkingDayCalendar calendar)
    {
        var before = Calendar;
        Calendar = calendar;
        _known.Clear();
        if (before.Version == Calendar.Version && ReferenceEquals(before, Calendar)) return;

        foreach (var file in _files.Values.Where(file => file.State.Status == InstanceStatus.Running && file.Tasks.Any(task => task is { IsOpen: true, Due: not null })).ToList())
        {
            var limits = file.Tasks.Where(task => task is { IsOpen: true, Due: not null }).ToDictionary(task => task.Id, task => new OpenLimit(
                task.Id, task.Title, _tasks[task.Id].Order.Party, task.OrganisationId, task.Role, task.Due!.Value, task.Provisional, task.Step));
            Run(file, new Stimulus.CalendarChanged(), burst => DeadlineNotices.AddTo(burst, file.Flow, limits, Calendar, Now));
        }
    }

    private CaseFile Begin(Guid id, FlowStart start)
    {
        var state = WorkflowState.New(id, start.Flow, start.Header);
        var file = new CaseFile(state, start.Release, start.Flow, start.OrganisationId, start.SubmittedAt ?? Now)
        {
            Parent = start.Parent,
            ParentBookmark = start.ParentBookmark,
            Unit = start.Unit,
            Opening = start.Opening,
            OpenedBy = start.OpenedBy,
            Readers = start.Header is { } header ? [.. header.Readers.SelectMany(reader => _directory.Find(reader)?.Line ?? [reader])] : [],
        };
        return file;
    }

    /// <summary>The instance exists from now on.</summary>
    private void Keep(CaseFile file)
    {
        _files.Add(file.State.InstanceId, file);
        if (file.Header is not { } header) return;

        _byNumber[header.Number] = file;
        var applicant = header.Parties.GetValueOrDefault(CaseHeader.Applicant, "");
        ListOf(_byApplicant, (applicant, file.Flow.DefinitionId)).Add(file);
        ListOf(_ofApplicant, applicant).Add(file);
        if (header.LinkedTo is { } linked) ListOf(_byLink, linked).Add(file);
    }

    private static List<CaseFile> ListOf<TKey>(Dictionary<TKey, List<CaseFile>> lists, TKey key)
        where TKey : notnull
    {
        if (!lists.TryGetValue(key, out var list)) lists.Add(key, list = []);
        return list;
    }

    private Guid NewId() => new(++_instances, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]);

    private string NextNumber(FlowOnOffer offer, string authorityId)
    {
        var key = ($"{offer.NumberPrefix}-{authorityId}", Today.Year);
        string number;
        do
        {
            var serial = _numbers[key] = _numbers.GetValueOrDefault(key) + 1;
            number = CaseNumber.From(offer.NumberPrefix, Today.Year, authorityId, serial);
        }
        while (_taken.Contains(number));
        return number;
    }

    /// <summary>One stimulus: the engine decides, letters are written, and all of it has happened.</summary>
    private RunResult Run(CaseFile file, Stimulus stimulus, Func<Burst, Burst>? amend = null, Func<Burst, bool>? mayHappen = null, Guid? submission = null)
    {
        var known = KnownTo(file.Release);
        // The form that is being filed comes with the stimulus.
        if (submission is { } filed) known = known.With(new FactKey(FactKind.Submission, filed.ToString()), _submissions[filed.ToString()]);
        var run = WorkflowRunner.Run(file.Flow, file.State, stimulus, known, Now);
        if (run is RunResult.Ran ran)
        {
            var burst = amend?.Invoke(ran.Burst) ?? ran.Burst;
            if (mayHappen?.Invoke(burst) != false) Commit(file, burst);
        }

        return run;
    }

    /// <summary>What bursts on the release read: the release, the calendar in force, and what is in this office.</summary>
    private Facts KnownTo(Library release)
    {
        if (_known.TryGetValue(release.Content.Id, out var known)) return known;

        var facts = ReferenceEquals(release.Content.Calendar, Calendar) ? release.Facts : release.Facts.With(FactKey.Calendar, Calendar);
        return _known[release.Content.Id] = facts.ReadFrom(key => Find(key) ?? (key.Kind == FactKind.File ? null : throw new StoryException($"流程读取“{key}”，平台上没有（{release.Content.Id[..8]}）。")));
    }

    private object? Find(FactKey key) => key.Kind switch
    {
        FactKind.Organisation => _directory.Fact(key.Name),
        FactKind.Submission => _submissions.GetValueOrDefault(key.Name),
        FactKind.Cases => RegisterEntry.List(Entries(key.Name)),
        FactKind.Conformance => ConformanceFigures.Summary(key.Name, _keys.TryGetValue(key.Name, out var credential) ? credential.Figures : []),
        _ => null,
    };

    /// <summary>The register of cases as <c>CaseRegister</c> keeps it: newest first.</summary>
    private IEnumerable<RegisterEntry> Entries(string key)
    {
        IEnumerable<CaseFile> found = key.Split('/', 3) switch
        {
            ["applicant", var applicant, var flow] => _byApplicant.GetValueOrDefault((applicant, flow)) ?? [],
            ["at", var authority, var applicant] => (_ofApplicant.GetValueOrDefault(applicant) ?? [])
                .Where(file => file.Header!.Parties[CaseHeader.Authority] == authority && !file.Header.IsConfidential),
            ["linked", var number] => _byLink.GetValueOrDefault(number) ?? [],
            ["number", var number] => Find(number) is { } one ? [one] : [],
            _ => [],
        };
        return found.OrderByDescending(file => file.SubmittedAt).ThenByDescending(file => file.Header!.Number, StringComparer.Ordinal).Take(RegisterEntry.MaxEntries).Select(Entry);
    }

    private RegisterEntry Entry(CaseFile file)
    {
        var header = file.Header!;
        var open = file.Tasks.Where(task => task is { IsOpen: true, Kind: TaskKind.Work }).OrderBy(task => task.OpenedAt).ThenBy(task => task.Id, StringComparer.Ordinal).ToList();
        var key = file.Keys.LastOrDefault();
        return new RegisterEntry
        {
            Number = header.Number,
            Flow = file.Flow.DefinitionId,
            Title = header.Title,
            Applicant = header.Parties.GetValueOrDefault(CaseHeader.Applicant, ""),
            Authority = header.Parties[CaseHeader.Authority],
            AuthorityName = _directory.NameOf(header.Parties[CaseHeader.Authority]),
            SubmittedAt = file.SubmittedAt,
            ClosedAt = file.ClosedAt,
            Outcome = file.State.Outcome,
            LinkedTo = header.LinkedTo,
            IsConfidential = header.IsConfidential,
            Values = file.OpeningFacts,
            OpenSteps = [.. open.Select(task => task.Step)],
            OverdueSteps = [.. open.Where(task => task.OverdueAt <= Now).Select(task => task.Step)],
            Key = key is null ? null : new RegisterKey(key.Id, key.IssuedAt, key.RevokedAt),
            Traffic = key?.Traffic,
        };
    }

    private sealed record FlowStart(Library Release, Workflows.Definitions.WorkflowDefinition Flow, string OrganisationId, CaseHeader? Header)
    {
        public Guid? Parent { get; init; }

        public string? ParentBookmark { get; init; }

        public string? Unit { get; init; }

        public DateTimeOffset? SubmittedAt { get; init; }

        public JsonObject? Opening { get; init; }

        public string? OpenedBy { get; init; }
    }
}

/// <summary>Sees what happens in a rehearsal, burst by burst.</summary>
public interface IRehearsalWatch
{
    void Saw(CaseFile file, Burst burst);
}
