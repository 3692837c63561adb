using System.Text.Json.Nodes;
using WorkflowEngine.Content.Filing;
using WorkflowEngine.Content.Replays;
using WorkflowEngine.Content.Scenarios.Playing;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Content.Rehearsal;

/// <summary>What was done once, done again: forms, roles and limits were judged then, and only the flow may refuse it now.</summary>
public sealed partial class Office
{
    private readonly HashSet<string> _taken = [];
    private readonly Dictionary<string, string> _continuations = [];

    /// <summary>
    /// True: cases of the past are done again. Letters are sent and their text is not written, and where nobody can answer the platform (another system, an organisation
    /// that is not there) it is an incident of the case and the other cases go on.
    /// </summary>
    internal bool IsReplay { get; init; }

    /// <summary>Keeps the numbers for the cases that had them.</summary>
    internal void Reserve(IEnumerable<PastCase> cases)
    {
        foreach (var past in cases)
        {
            _taken.Add(past.Number);
            if (past.Continues is { } from) _continuations[from] = past.Number;
        }
    }

    /// <summary>Opens a case of the past as of now, under its number. Null, or why not.</summary>
    internal string? Reopen(PastCase past)
    {
        if (Current.Offer(past.Flow) is not { } offer) return FilingRules.NoFlow(past.Flow);
        if (_directory.Find(past.Authority) is not { } authority) return FilingRules.NoAuthority;

        var by = new Person(new Actor(past.Applicant, past.Applicant, past.Applicant, past.Kind), OrganisationLevel.Enterprise, past.Applicant);
        var (open, _) = offer.Form.Split(past.Values);
        var isAboutConfidential = offer.LinkIn(open) is { } link && Find(link)?.Header is { IsConfidential: true };
        var header = FilingRules.HeaderOf(offer, past.Number, open, isAboutConfidential, authority, by);
        var submission = NewId();
        _submissions.Add(submission.ToString(), open);
        var file = Begin(NewId(), new FlowStart(Current, offer.Flow, header.OwnerId, header) { Unit = offer.UnitOf(open), Opening = open, OpenedBy = past.Applicant });
        return Attempt(() => Run(file, FilingRules.Beginning(offer, submission, open), submission: submission));
    }

    /// <summary>Finishes the open task of the step as of now. Null, or why not.</summary>
    internal string? Redo(CaseFile file, PastAct act)
    {
        var open = file.Tasks.Where(task => task.IsOpen && task.Step == act.Step).ToList();
        if ((open.Find(task => task.OrganisationId == act.Organisation) ?? open.FirstOrDefault()) is not { } task)
        {
            return file.Flow.Find(act.Step) is null ? "流程中没有这个步骤" : file.State.Outcome is { } outcome ? $"办件已经办结（{outcome}）" : "这一步当时没有待办任务";
        }

        var order = _tasks[task.Id].Order;
        if (!order.Outcomes.Any(outcome => outcome.Name == act.Outcome)) return "这一步没有这个办理结果";

        var form = file.Release.Content.Forms[order.FormId];
        var (answers, _) = form.Split(new JsonObject(act.Values.Where(value => form.Field(value.Key) is not null).Select(value => KeyValuePair.Create(value.Key, value.Value?.DeepClone()))));
        var by = new Actor($"{task.OrganisationId}-{act.Role}", act.Role, task.OrganisationId, act.Role);
        return Attempt(() => Run(file, new Stimulus.TaskCompleted(task.Id, act.Outcome, answers, by)));
    }

    /// <summary>Counts requests for a key of the case as they were judged then. Null, or why not.</summary>
    internal string? Receive(CaseFile file, PastRequest request)
    {
        if (file.Keys.ElementAtOrDefault(request.Key - 1) is not { } key) return "密钥没有发放";
        // What comes with a key that is over counts for nothing.
        if (key.RevokedAt is not null) return null;

        key.Count(request.Method, request.IsAccepted, request.Times, request.Records, request.Workers, Now);
        if (!request.IsAccepted) key.Refuse(request.Code, "", request.Times);
        Send(ConformanceExpectation, key.Id, payload: null);
        return null;
    }

    private string NumberOf(TransferredCase transferred, FlowOnOffer offer) =>
        _continuations.Remove(transferred.From, out var number) ? number : NextNumber(offer, transferred.AuthorityId);

    private static string? Attempt(Func<RunResult> run)
    {
        try
        {
            return run() switch
            {
                RunResult.Refused refused => refused.Message,
                RunResult.NotWaiting => "办件因系统处理中断而停住",
                RunResult.Ran { IsTakenBack: true } => "流程会循环不止",
                _ => null,
            };
        }
        catch (StoryException problem)
        {
            return problem.Message;
        }
    }

    /// <summary>What nobody waits for here: in a replay it is this case that cannot go on, not all of them.</summary>
    private void CarryOut(CaseFile file, Action work)
    {
        try
        {
            work();
        }
        catch (StoryException problem) when (IsReplay)
        {
            file.Add(new IncidentSight($"{file.State.InstanceId:N}.{file.Incidents.Count}", null, problem.Message));
        }
    }
}
