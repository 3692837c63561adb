using System.Text.Json.Nodes;
using WorkflowEngine.Content.Scenarios.Playing;
using WorkflowEngine.Rules;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Content.Rehearsal;

/// <summary>An instance in memory with everything that came of it: its rows, were there a database.</summary>
public sealed class CaseFile
{
    private readonly List<TaskSight> _tasks = [];
    private readonly List<WarningSight> _warnings = [];
    private readonly List<NoticeSight> _notices = [];
    private readonly List<IncidentSight> _incidents = [];

    internal CaseFile(WorkflowState state, Library release, WorkflowDefinition flow, string organisationId, DateTimeOffset submittedAt)
    {
        State = state;
        Release = release;
        Flow = flow;
        OrganisationId = organisationId;
        SubmittedAt = submittedAt;
    }

    public WorkflowState State { get; internal set; }

    /// <summary>What it began with and stays on; the calendar is always the current one.</summary>
    public Library Release { get; }

    public WorkflowDefinition Flow { get; }

    public CaseHeader? Header => State.Case;

    /// <summary>Business time.</summary>
    public DateTimeOffset SubmittedAt { get; }

    public DateTimeOffset? ClosedAt { get; internal set; }

    /// <summary>In the order in which they were decided, as all that follow.</summary>
    public IReadOnlyList<TaskSight> Tasks => _tasks;

    public IReadOnlyList<WarningSight> Warnings => _warnings;

    public IReadOnlyList<NoticeSight> Notices => _notices;

    public IReadOnlyList<IncidentSight> Incidents => _incidents;

    internal List<KeyFile> Keys { get; } = [];

    /// <summary>What those keys told of projects.</summary>
    internal SiteBook Sites { get; } = new();

    internal string OrganisationId { get; }

    internal Guid? Parent { get; init; }

    internal string? ParentBookmark { get; init; }

    /// <summary>What the case is an application for; while one is open there is no second (D-27).</summary>
    internal string? Unit { get; init; }

    /// <summary>The open values of the form that opened it.</summary>
    internal JsonObject? Opening { get; init; }

    internal FactObject OpeningFacts => field ??= FactJson.Plain(Opening) as FactObject ?? FactObject.Empty;

    internal string? OpenedBy { get; set; }

    internal int JournalLength { get; set; }

    /// <summary>Organisations that can read the case.</summary>
    internal HashSet<string> Readers { get; init; } = [];

    internal void Add(TaskSight task) => _tasks.Add(task);

    internal void Change(string taskId, Func<TaskSight, TaskSight> change)
    {
        var index = _tasks.FindIndex(task => task.Id == taskId);
        if (index >= 0 && _tasks[index].IsOpen) _tasks[index] = change(_tasks[index]);
    }

    internal void Add(WarningSight warning) => _warnings.Add(warning);

    internal void Change(string warningId, Func<WarningSight, WarningSight> change)
    {
        var index = _warnings.FindIndex(warning => warning.Id == warningId);
        if (index >= 0 && _warnings[index].AnsweredAt is null) _warnings[index] = change(_warnings[index]);
    }

    internal void Add(NoticeSight notice) => _notices.Add(notice);

    internal void Add(IncidentSight incident) => _incidents.Add(incident);

    /// <summary>The case as everybody together sees it.</summary>
    internal CaseSight Look(IReadOnlyDictionary<string, OpenedTask> opened) => new(
        Header!.Number, Flow.DefinitionId, State.InstanceId, Release.Content.Id, State.Revision, JournalLength, State.Outcome, ClosedAt, [.. Tasks], [.. Warnings], [.. Notices],
        [.. Keys.Select(key => key.Look())],
        [.. State.Clocks.Values.Select(clock => CaseSight.ClockOf(
            clock.Name, clock.Allotted, clock.Used, clock.RunningSince, _tasks.FindLast(task => opened[task.Id].Order.Clock == clock.Name)?.ClosedAt))],
        [.. Incidents]);
}

/// <summary>What a task was opened as.</summary>
internal sealed record OpenedTask(CaseFile Of, Effect.OpenTask Order);
