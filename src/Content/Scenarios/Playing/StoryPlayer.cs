using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Content.Scenarios.Playing;

/// <summary>
/// Plays a story act by act on a platform: its people do what it says, and what must be so then is read back from the platform as its people see it. Every due date
/// is the platform's; the story only says which one it should be.
/// </summary>
public sealed class StoryPlayer
{
    /// <summary>The platform is there this long before the first act.</summary>
    public static readonly TimeSpan BeforeFirstAct = TimeSpan.FromHours(1);

    private readonly Scenario _scenario;
    private readonly IPlatform _platform;
    private readonly StoryCast _cast;
    private readonly StoryDeeds _deeds;
    private readonly Chronicle _told;

    /// <summary>In the order in which they were opened.</summary>
    private readonly List<StoryCase> _cases = [];

    private StoryPlayer(Scenario scenario, IPlatform platform, StoryCast cast)
    {
        _scenario = scenario;
        _platform = platform;
        _cast = cast;
        _told = new Chronicle(scenario.Id, scenario.Title);
        _deeds = new StoryDeeds(platform, cast, _cases, _told);
    }

    /// <param name="mayBreak">Besides <see cref="StoryException"/>: what may go wrong on the way to the platform.</param>
    public static async ValueTask<Chronicle> PlayAsync(Scenario scenario, IPlatform platform, StoryCast cast, CancellationToken ct, Func<Exception, bool>? mayBreak = null)
    {
        var player = new StoryPlayer(scenario, platform, cast);
        try
        {
            await player.PlayAsync(ct);
        }
        catch (Exception problem) when (problem is StoryException || mayBreak?.Invoke(problem) == true)
        {
            // What was told until then helps to see why.
            player._told.Differs(new StoryDifference(player._act, player._act == 0 ? scenario.Line : scenario.Acts[player._act - 1].Line, "故事讲不下去了", problem.Message, $"the story cannot go on: {problem.Message}"));
        }

        foreach (var @case in player._cases.Where(@case => @case.Sight is not null))
        {
            player._told.Cases.Add(CaseTold.From(@case.Name, @case.Sight, platform.Now, platform.Calendar, await player._deeds.MessagesAsync(@case, ct)));
        }

        return player._told;
    }

    /// <summary>The act that is being played, from 1.</summary>
    private int _act;

    private async ValueTask PlayAsync(CancellationToken ct)
    {
        var before = _platform.Now;
        for (var i = 0; i < _scenario.Acts.Count; i++)
        {
            _act = i + 1;
            var act = _scenario.Acts[i];
            await _platform.WaitUntilAsync(act.At, ct);
            var done = act.Deed is null ? DeedDone.Nothing : await _deeds.DoAsync(act, ct);
            await _platform.WaitUntilAsync(act.At, ct);
            await LookAsync(ct);

            Tell(act, done);
            if (done.Refusal is { } refusal && !act.Expect.Any(expect => expect.Refused is not null))
            {
                Differs(act, null, $"应能办理，平台拒绝：{refusal}", $"this should be possible, it is refused: {refusal}");
            }

            foreach (var (@case, incident) in _cases.SelectMany(@case => @case.NewIncidents.Select(incident => (@case, incident))))
            {
                Differs(act, null, $"办件“{@case.Name}”办理过程中出现异常，{incident.Step}：{incident.Message}", $"case '{@case.Name}' met an incident at {incident.Step}: {incident.Message}");
            }

            foreach (var expect in act.Expect) await CheckAsync(expect, act, done, ct);
            foreach (var @case in _cases) @case.Seen();
        }

        if (await _platform.FaultAsync(ct) is { } fault) _told.Differs(new StoryDifference(0, _scenario.Line, "全部办完以后", fault, fault));
    }

    private async ValueTask LookAsync(CancellationToken ct)
    {
        foreach (var @case in _cases) @case.Sight = await _platform.LookAsync(@case, ct);
    }

    /// <summary>Tells the act, and the letters and warnings that are new, each at its own time.</summary>
    private void Tell(Act act, DeedDone done)
    {
        var details = new List<string>(done.Details);
        if (done.Refusal is { } refusal) details.Add($"平台拒绝：{refusal}");
        foreach (var @case in _cases)
        {
            details.AddRange(@case.NewTasks.Where(task => task.OpenedAt == act.At && task.Kind != TaskKind.Option).Select(Words.Due));
        }

        if (act.Deed is not null || act.Note is not null) _told.Tell(act.At, act.Who is null ? "" : _cast.NameOf(act.Who), done.What is null ? act.Note! : done.What + (act.Note is { } note ? $"（{note}）" : ""), details);
        foreach (var @case in _cases)
        {
            foreach (var warning in @case.NewWarnings) _told.Tell(warning.RaisedAt, "平台", $"预警（{warning.OrganisationName}）：{warning.Title}", warning.AnswerDue is { } due ? [$"核实反馈应于 {due:yyyy-MM-dd} 前作出"] : []);
            foreach (var notice in @case.NewNotices) _told.Tell(notice.SentAt, "平台", $"通知{notice.OrganisationName}{(notice.Role is { } role ? Words.Role(role) : "")}：{notice.Subject}");
        }
    }

    private async ValueTask CheckAsync(Expectation expect, Act act, DeedDone done, CancellationToken ct)
    {
        if (expect.Opens is { } opened && await _deeds.FindNewCaseAsync(opened, expect.Case, ct) is { } found)
        {
            _cases.Add(found);
            await LookAsync(ct);
        }

        if (_cases.Find(@case => @case.Name == expect.Case) is not { } looked)
        {
            if (expect.Refused is null || done.Refusal is null) Differs(act, null, $"没有办件“{expect.Case}”可以核对。", $"there is no case '{expect.Case}' to look at");
            else if (!done.Refusal.Contains(expect.Refused, StringComparison.Ordinal)) Refusals.Differ((chinese, english) => Differs(act, null, chinese, english), expect.Refused, done.Refusal);
            return;
        }

        var check = new ExpectationCheck(expect, looked, act.At, _platform.Calendar, (chinese, english) => Differs(act, looked, chinese, english));
        check.Run(done);
        if (expect.Opens is not null && _cases.All(@case => @case.Name != expect.Opens))
        {
            Differs(act, null, $"应另开一个办件“{expect.Opens}”，平台上没有。", $"another case '{expect.Opens}' should be opened, there is none");
        }

        await check.NoticesSayAsync(_platform, ct);
        foreach (var (person, may) in (expect.Readers ?? []).Select(person => (person, true)).Concat((expect.NotReaders ?? []).Select(person => (person, false))))
        {
            var refusal = await _platform.MayNotReadAsync(person, looked, ct);
            if (refusal is null == may) continue;

            Differs(
                act, null, $"{_cast.NameOf(person)}（{person}）{(may ? "应能" : "不应能")}查看办件“{looked.Name}”，平台答复：{refusal ?? "可以"}。",
                $"{person} should {(may ? "" : "not ")}be able to read case '{looked.Name}', the platform answers: {refusal ?? "yes"}");
        }
    }

    private void Differs(Act act, StoryCase? looked, string chinese, string english)
    {
        var of = looked is null ? "" : $"，办件“{looked.Name}”";
        _told.Differs(new StoryDifference(_act, act.Line, $"第 {_act} 步 {act.At:yyyy-MM-dd HH:mm}（{_scenario.File}:{act.Line}）{of}", chinese, looked is null ? english : $"case '{looked.Name}': {english}"));
    }
}
