namespace WorkflowEngine.Content.Scenarios.Playing;

/// <summary>A case of a story, by the name that the story gives it.</summary>
public sealed class StoryCase(string name, string number, string applicantId, string authorityId)
{
    private readonly HashSet<string> _seen = [];

    public string Name => name;

    /// <summary>办件编号.</summary>
    public string Number => number;

    public string ApplicantId => applicantId;

    public string AuthorityId => authorityId;

    /// <summary>As it stood when the player looked last.</summary>
    public CaseSight Sight { get; set; } = null!;

    /// <summary>What came since the act before.</summary>
    public IEnumerable<NoticeSight> NewNotices => Sight.Notices.Where(notice => !_seen.Contains(notice.Id));

    public IEnumerable<WarningSight> NewWarnings => Sight.Warnings.Where(warning => !_seen.Contains(warning.Id));

    public IEnumerable<TaskSight> NewTasks => Sight.Tasks.Where(task => !_seen.Contains(task.Id));

    /// <summary>What went wrong inside the platform.</summary>
    public IEnumerable<IncidentSight> NewIncidents => Sight.Incidents.Where(incident => !_seen.Contains(incident.Id));

    /// <summary>Everything there is now is not new any more.</summary>
    public void Seen()
    {
        foreach (var notice in Sight.Notices) _seen.Add(notice.Id);
        foreach (var warning in Sight.Warnings) _seen.Add(warning.Id);
        foreach (var incident in Sight.Incidents) _seen.Add(incident.Id);
        foreach (var task in Sight.Tasks) _seen.Add(task.Id);
    }
}
