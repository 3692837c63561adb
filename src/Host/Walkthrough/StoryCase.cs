using WorkflowEngine.Storage.Cases;

namespace WorkflowEngine.Host.Walkthrough;

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
    public CasePicture Picture { get; set; } = null!;

    /// <summary>What came since the act before.</summary>
    public IEnumerable<NoticeLine> NewNotices => Picture.Notices.Where(notice => !_seen.Contains(notice.Id));

    public IEnumerable<WarningLine> NewWarnings => Picture.Warnings.Where(warning => !_seen.Contains(warning.Id));

    public IEnumerable<TaskDetail> NewTasks => Picture.Tasks.Where(task => !_seen.Contains(task.Line.Id));

    /// <summary>What went wrong inside the platform.</summary>
    public IEnumerable<IncidentLine> NewIncidents => Picture.View.Incidents.Where(incident => !_seen.Contains(incident.Id));

    /// <summary>Everything there is now is not new any more.</summary>
    public void Seen()
    {
        foreach (var notice in Picture.Notices) _seen.Add(notice.Id);
        foreach (var warning in Picture.Warnings) _seen.Add(warning.Id);
        foreach (var incident in Picture.View.Incidents) _seen.Add(incident.Id);
        foreach (var task in Picture.Tasks) _seen.Add(task.Line.Id);
    }
}
