using System.Globalization;
using System.Text.Json.Nodes;
using WorkflowEngine.Content.Standards;

namespace WorkflowEngine.Content.Rehearsal;

/// <summary>
/// What the keys of one case told of their projects: the numbers that the platform gave, and what the order of calls is judged by. Days, spans and pictures are
/// left to the database's register: no story asks for them.
/// </summary>
internal sealed class SiteBook
{
    private const long FirstTeam = 1_300_000_000;

    private readonly Dictionary<string, Site> _sites = new(StringComparer.Ordinal);
    private readonly HashSet<string> _corps = new(StringComparer.Ordinal);
    private int _numbers;

    /// <summary>One answer for each question, under the names that the rule set declares for <c>known</c>.</summary>
    public IReadOnlyList<Dictionary<string, object?>> Ask(string method, IReadOnlyList<RegisterQuestion> questions, bool isFormal) =>
        [.. questions.Select(question => Answer(method, question, isFormal))];

    /// <summary>Keeps what an accepted message tells.</summary>
    /// <returns>The number that the platform gives to it; null: it gives none.</returns>
    public string? Keep(MessageReport report, DateTimeOffset now)
    {
        string? given = null;
        foreach (var record in report.Records)
        {
            given = Keep(report.Method, record, now) ?? given;
        }

        return given;
    }

    private Dictionary<string, object?> Answer(string method, RegisterQuestion question, bool isFormal)
    {
        var site = question.ProjectCode is { } code ? _sites.GetValueOrDefault(code) : _sites.Values.FirstOrDefault(site => question.TeamSysNo is { } team && site.Teams.ContainsKey(team));
        var known = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["projectIsKnown"] = site is not null ? true : isFormal ? false : null,
            ["hasOtherProject"] = question.OwnNumber is { } own && _sites.Values.Any(other => other.OwnNumber != own),
        };
        if (site is null) return known;

        if (method == "ProjectSubContractor.Add") known["corpIsKnown"] = question.CorpCode is { } corp && _corps.Contains(corp);
        else if (question.CorpCode is { } participant) known["corpIsParticipant"] = site.Participants.Contains(participant);
        if (question.TeamSysNo is { } number) known["teamBelongsToCorp"] = site.Teams.TryGetValue(number, out var team) && (question.CorpCode is null || question.CorpCode == team.Corp);
        known["teamNameIsTaken"] = question.TeamName is { } name && site.Teams.Values.Any(other => other.Name == name);
        if (question.Person is { } person) known["workerIsInTeam"] = site.Workers.TryGetValue(person, out var of) && (question.TeamSysNo is null || question.TeamSysNo == of);
        return known;
    }

    private string? Keep(string method, CheckedRecord record, DateTimeOffset now)
    {
        string Text(string name) => (record.Values[name] as JsonValue)?.ToString() ?? "";
        var site = _sites.GetValueOrDefault(Text("projectCode"));
        switch (method)
        {
            case "Corp.Upload":
                _corps.Add(Text("corpCode"));
                return null;
            case "Project.Add":
                var own = Text("thirdPartyProjectCode");
                if (_sites.Values.Any(known => known.OwnNumber == own)) return null;

                var code = string.Create(CultureInfo.InvariantCulture, $"{Text("areaCode")}{now:yyyyMMdd}{++_numbers:D6}");
                _sites.Add(code, new Site(own) { Participants = { Text("contractorCorpCode") } });
                return code;
            case "ProjectSubContractor.Add":
                site?.Participants.Add(Text("corpCode"));
                return null;
            case "Team.Add" when site is not null:
                var team = FirstTeam + ++_numbers;
                site.Teams.Add(team, (Text("corpCode"), Text("teamName")));
                return team.ToString(CultureInfo.InvariantCulture);
            case "ProjectWorker.Add" or "ProjectWorker.Update" when site is not null && record.Identity is { } person:
                site.Workers[person] = long.Parse(Text("teamSysNo"), CultureInfo.InvariantCulture);
                return null;
            default:
                return null;
        }
    }

    private sealed class Site(string ownNumber)
    {
        public string OwnNumber => ownNumber;

        public HashSet<string> Participants { get; } = new(StringComparer.Ordinal);

        public Dictionary<long, (string Corp, string Name)> Teams { get; } = [];

        public Dictionary<string, long> Workers { get; } = new(StringComparer.Ordinal);
    }
}
