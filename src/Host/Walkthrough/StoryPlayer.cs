using WorkflowEngine.Content;
using WorkflowEngine.Content.Scenarios;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Walkthrough;

/// <summary>
/// Plays a story act by act on a simulated host: its people do what it says over HTTP, and what must be so then is read back
/// from the platform as its people see it. Every due date is the platform's; the story only says which one it should be.
/// </summary>
public sealed class StoryPlayer
{
    private static readonly TimeSpan BeforeFirstAct = TimeSpan.FromHours(1);

    private readonly Scenario _scenario;
    private readonly Stage _stage;
    private readonly ContentSet _content;
    private readonly StoryPeople _people;
    private readonly StoryDeeds _deeds;
    private readonly Chronicle _told;

    /// <summary>In the order in which they were opened.</summary>
    private readonly List<StoryCase> _cases = [];

    private StoryPlayer(Scenario scenario, Stage stage, ContentSet content)
    {
        _scenario = scenario;
        _stage = stage;
        _content = content;
        _told = new Chronicle(scenario.Id, scenario.Title);
        _people = new StoryPeople(stage, scenario, content);
        _deeds = new StoryDeeds(stage, _people, _cases, _told);
    }

    /// <summary>Plays the story on a host of its own.</summary>
    /// <param name="content">What the story was read against: the content of the settings' folder.</param>
    /// <exception cref="StoryException">The stage cannot be set: the content is refused.</exception>
    public static async Task<Chronicle> PlayAsync(HostSettings settings, Scenario scenario, ContentSet content, CancellationToken ct)
    {
        // The host watches this folder; a story that changes content must not change the reader's own.
        using var copy = scenario.Content.Count > 0 || scenario.Acts.Any(act => act.Deed is Deed.Publish) ? ContentFolderCopy.Of(content, scenario.Content) : null;
        var host = settings with
        {
            ContentRoot = copy?.Path ?? settings.ContentRoot,
            DemoGuests = StoryPeople.Of(scenario, content),
        };
        await using var stage = await Stage.SetAsync(host, scenario.Acts[0].At - BeforeFirstAct, ct);
        var player = new StoryPlayer(scenario, stage, content);
        try
        {
            await player.PlayAsync(ct);
        }
        catch (Exception problem) when (problem is StoryException or HttpRequestException)
        {
            // What was told until then helps to see why.
            player._told.Differs($"故事讲不下去了：{problem.Message}");
        }

        foreach (var @case in player._cases) player._told.Cases.Add(CaseTold.From(@case.Name, @case.Picture, stage.Now, stage.Calendar, await player._deeds.MessagesAsync(@case, ct)));
        return player._told;
    }

    private async Task PlayAsync(CancellationToken ct)
    {
        var before = _stage.Now;
        for (var i = 0; i < _scenario.Acts.Count; i++)
        {
            var act = _scenario.Acts[i];
            await _stage.WaitUntilAsync(act.At, ct);
            var done = act.Deed is null ? DeedDone.Nothing : await _deeds.DoAsync(act, ct);
            await _stage.SettleAsync(ct);
            await LookAsync(ct);

            var place = $"第 {i + 1} 步 {act.At:yyyy-MM-dd HH:mm}（{_scenario.File}:{act.Line}）";
            Tell(act, done, before);
            if (done.Refusal is { } refusal && !act.Expect.Any(expect => expect.Refused is not null))
            {
                _told.Differs($"{place}：应能办理，平台拒绝：{refusal}");
            }

            foreach (var (@case, incident) in _cases.SelectMany(@case => @case.NewIncidents.Select(incident => (@case, incident))))
            {
                _told.Differs($"{place}：办件“{@case.Name}”办理过程中出现异常，{incident.ActivityId}：{incident.Message}");
            }

            foreach (var expect in act.Expect) await CheckAsync(expect, act, done, before, place, ct);
            foreach (var @case in _cases) @case.Seen();
            before = act.At;
        }

        if ((await _stage.ReadinessAsync(ct)).Reconciled is { Ever: > 0 and var found }) _told.Differs($"巡检在没有人为改动的办件中发现 {found} 处缺失。");
    }

    /// <summary>Looks at every case and tells the letters and warnings that are new, each at its own time.</summary>
    private async Task LookAsync(CancellationToken ct)
    {
        foreach (var @case in _cases)
        {
            @case.Picture = await CasePicture.TakeAsync(@case.Number, await _people.ReadersAsync(@case.ApplicantId, @case.AuthorityId, ct), ct);
        }
    }

    private void Tell(Act act, DeedDone done, DateTimeOffset before)
    {
        var details = new List<string>(done.Details);
        if (done.Refusal is { } refusal) details.Add($"平台拒绝：{refusal}");
        foreach (var @case in _cases)
        {
            details.AddRange(@case.NewTasks.Where(task => task.Line.OpenedAt == act.At && task.Line.Kind != TaskKind.Option).Select(task => Words.Due(task)));
        }

        if (act.Deed is not null || act.Note is not null) _told.Tell(act.At, act.Who is null ? "" : _people.NameOf(act.Who), done.What is null ? act.Note! : done.What + (act.Note is { } note ? $"（{note}）" : ""), details);
        foreach (var @case in _cases)
        {
            foreach (var warning in @case.NewWarnings) _told.Tell(warning.RaisedAt, "平台", $"预警（{warning.OrganisationName}）：{warning.Title}", warning.AnswerDue is { } due ? [$"核实反馈应于 {due:yyyy-MM-dd} 前作出"] : []);
            foreach (var notice in @case.NewNotices) _told.Tell(notice.SentAt, "平台", $"通知{notice.OrganisationName}{(notice.Role is { } role ? Words.Role(role) : "")}：{notice.Subject}");
        }
    }

    private async Task CheckAsync(Expectation expect, Act act, DeedDone done, DateTimeOffset before, string place, CancellationToken ct)
    {
        if (expect.Opens is { } opened && await _deeds.FindNewCaseAsync(opened, expect.Case, ct) is { } found)
        {
            _cases.Add(found);
            await LookAsync(ct);
        }

        if (_cases.Find(@case => @case.Name == expect.Case) is not { } looked)
        {
            if (expect.Refused is null || done.Refusal is null) _told.Differs($"{place}：没有办件“{expect.Case}”可以核对。");
            else if (!done.Refusal.Contains(expect.Refused, StringComparison.Ordinal)) _told.Differs($"{place}：拒绝的理由应提到“{expect.Refused}”，平台说：{done.Refusal}");
            return;
        }

        var check = new ExpectationCheck(expect, looked, act.At, _stage.Calendar, difference => _told.Differs($"{place}，办件“{looked.Name}”：{difference}"));
        check.Run(done);
        if (expect.Opens is not null && _cases.All(@case => @case.Name != expect.Opens)) _told.Differs($"{place}：应另开一个办件“{expect.Opens}”，平台上没有。");
        await check.NoticesSayAsync(person => _people.AsAsync(person, ct), ct);
        await ReadersAsync(expect, looked, place, ct);
    }

    private async Task ReadersAsync(Expectation expect, StoryCase looked, string place, CancellationToken ct)
    {
        foreach (var (person, may) in (expect.Readers ?? []).Select(person => (person, true)).Concat((expect.NotReaders ?? []).Select(person => (person, false))))
        {
            using var response = await (await _people.AsAsync(person, ct)).ReadAsync($"/api/cases/{looked.Number}", ct);
            if (response.IsSuccessStatusCode != may)
            {
                _told.Differs($"{place}：{_people.NameOf(person)}（{person}）{(may ? "应能" : "不应能")}查看办件“{looked.Name}”，平台答复 HTTP {(int)response.StatusCode}。");
            }
        }
    }
}
