namespace WorkflowEngine.Host.Ingest;

/// <summary>
/// Requests that one transaction may store although the register is asked about all of them before any is stored: none of them is judged by what another one of them teaches. So the result is
/// that of one after the other. Who has to wait for another one goes into the next group, and after it whatever else its key's case sends.
/// </summary>
public sealed class ArrivalGroup
{
    /// <summary>What one transaction holds at most: it must not keep those who come after it waiting, nor grow in memory.</summary>
    private const int MostRequests = 256, MostRecords = 2_000, MostBytes = 8 * 1024 * 1024;

    private const string Attendance = "WorkerAttendance.Add";

    private readonly List<Arrival> _members = [];
    private readonly HashSet<string> _taught = new(StringComparer.Ordinal);

    /// <summary>Where a person was, by the messages of this group.</summary>
    private readonly Dictionary<string, string> _places = new(StringComparer.Ordinal);

    /// <summary>Whose picture it is, by the messages of this group.</summary>
    private readonly Dictionary<string, string> _pictures = new(StringComparer.Ordinal);

    private int _records;
    private int _bytes;

    public IReadOnlyList<Arrival> Members => _members;

    public bool IsFull => _members.Count >= MostRequests || _records >= MostRecords || _bytes >= MostBytes;

    /// <summary>Takes the request, unless it has to wait for one that is in the group.</summary>
    public bool Take(Arrival arrival)
    {
        var lessons = LessonsOf(arrival).ToList();
        if (_members.Count > 0 && (IsTold(arrival) || lessons.Exists(_taught.Contains) || QuestionsOf(arrival).Any(_taught.Contains))) return false;

        _members.Add(arrival);
        _records += arrival.Asked.Count;
        _bytes += arrival.Bytes;
        _taught.UnionWith(lessons);
        foreach (var asked in arrival.Asked.Where(asked => asked.Person is not null))
        {
            if (arrival.Message.Method == Attendance) _places.TryAdd(asked.Person!, PlaceOf(arrival, asked.ProjectCode));
            if (asked.Image is { } picture) _pictures.TryAdd(picture, asked.Person!);
        }

        return true;
    }

    /// <summary>By what is compared across projects: a person's whereabouts and pictures.</summary>
    private bool IsTold(Arrival arrival) => arrival.Asked.Any(asked =>
        asked.Person is { } person
        && (_places.TryGetValue(person, out var place) && (asked.PayMonth is not null || place != PlaceOf(arrival, asked.ProjectCode))
            || asked.Image is { } picture && _pictures.TryGetValue(picture, out var other) && other != person));

    /// <summary>What the register knows afterwards that it did not know before, but for attendance and pictures. A number that the platform gives is named by nobody before it was answered.</summary>
    private static IEnumerable<string> LessonsOf(Arrival arrival) => arrival.Message.Method switch
    {
        "Corp.Upload" => [CorpsOf(arrival)],
        "Project.Add" => [ProjectsOf(arrival)],
        "Project.PartUpdate" or "ProjectSubContractor.Add" or "Team.Add" => arrival.Asked.Select(asked => PlaceOf(arrival, asked.ProjectCode)).Append(ProjectsOf(arrival)),
        "ProjectWorker.Add" or "ProjectWorker.Update" or "WorkerEntryExit.Add" => arrival.Asked.Select(asked => PersonAt(arrival, asked.ProjectCode, asked.Person)),
        _ => [],
    };

    private static IEnumerable<string> QuestionsOf(Arrival arrival) => arrival.Asked
        .SelectMany(asked => new[] { PlaceOf(arrival, asked.ProjectCode), PersonAt(arrival, asked.ProjectCode, asked.Person) })
        .Append(arrival.Message.Method == "ProjectSubContractor.Add" ? CorpsOf(arrival) : "")
        // Who names a team and no project is judged by whatever project the team is of.
        .Append(arrival.Asked.Any(asked => asked.ProjectCode is null) ? ProjectsOf(arrival) : "");

    private static string ProjectsOf(Arrival arrival) => $"projects {arrival.Scope:N}";

    private static string CorpsOf(Arrival arrival) => $"corps {arrival.Scope:N}";

    private static string PlaceOf(Arrival arrival, string? project) => $"project {arrival.Scope:N} {project}";

    private static string PersonAt(Arrival arrival, string? project, string? person) => $"person {arrival.Scope:N} {project} {person}";
}
