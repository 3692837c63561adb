using System.Text.Json.Nodes;
using WorkflowEngine.Content.Filing;
using WorkflowEngine.Content.Forms;
using WorkflowEngine.Content.People;
using WorkflowEngine.Content.Scenarios.Playing;
using WorkflowEngine.Content.Standards;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Content.Rehearsal;

/// <summary>What people and devices do. The rules are those of the host; what it looks up in a database is looked up here.</summary>
public sealed partial class Office
{
    private const string NotTheirs = "没有这一项，或不属于本单位。";

    private readonly Dictionary<string, TaskEnd> _ends = [];
    private readonly Dictionary<Guid, (string OrganisationId, JsonObject Handle)> _uploads = [];

    /// <summary>Files the form that opens a case, as of now.</summary>
    public Filed File(Person by, string flowId, string authorityId, JsonObject values)
    {
        if (!Roles.OfApplicants.Contains(by.Actor.Role)) return Refused("HTTP 403 ");
        if (Current.Offer(flowId) is not { } offer) return Refused(FilingRules.NoFlow(flowId));
        if (FilingRules.RoleRefusal(offer, by) is { } notTheirs) return Refused(notTheirs);
        if (_directory.Find(authorityId) is not { } authority || !FilingRules.Receives(authority)) return Refused(FilingRules.NoAuthority);
        if (!offer.MayBeFiledAt(authority)) return Refused(FilingRules.Outside(offer, authority, _directory.Find(offer.Province!)?.Name));

        var (problems, filled) = Check(offer.Form, values, outcome: null, by);
        if (problems.Count == 0 && offer.LinkIn(filled) is { } link && Find(link)?.Readers.Contains(by.Actor.OrganisationId) != true) problems = [FilingRules.UnknownLink(offer, link)];
        if (problems.Count == 0 && offer.VendorIn(filled) is { } vendor && !FilingRules.IsVendor(_directory.Find(vendor))) problems = [FilingRules.UnknownVendor(offer, vendor)];
        if (problems.Count > 0) return Refused(Told(problems));

        var unit = offer.UnitOf(filled);
        if (unit is not null && OpenOne(flowId, by.Actor.OrganisationId, authority.Id, unit) is { } taken) return Refused(FilingRules.UnitTaken(authority, taken));

        var (open, _) = offer.Form.Split(filled);
        var isAboutConfidential = offer.LinkIn(filled) is { } number && Find(number)?.Header is { IsConfidential: true };
        var header = FilingRules.HeaderOf(offer, NextNumber(offer, authority.Id), filled, isAboutConfidential, authority, by);
        var submission = NewId();
        _submissions.Add(submission.ToString(), open);
        var file = Begin(NewId(), new FlowStart(Current, offer.Flow, header.OwnerId, header) { Unit = unit, Opening = open, OpenedBy = by.Actor.OrganisationId });
        string? excluded = null;
        var run = Run(file, FilingRules.Beginning(offer, submission, open), mayHappen: _ => (excluded = Excluded(offer, by)) is null, submission: submission);
        return run is RunResult.Refused refused ? Refused(refused.Message)
            : excluded is not null ? Refused(excluded)
            : new Filed(header.Number, authority.Id, null);

        Filed Refused(string reason) => new(null, authorityId, reason);
    }

    /// <summary>Finishes a task with one of its outcomes, as of now. Null, or why not.</summary>
    public string? Finish(Person by, string taskId, string outcome, JsonObject values)
    {
        if (!Roles.OfTaskWork.Contains(by.Actor.Role)) return "HTTP 403 ";
        if (!_tasks.TryGetValue(taskId, out var opened) || !IsVisible(opened, by)) return NotTheirs;

        var (file, order) = opened;
        if (TaskRules.Refusal(order.OrganisationId, _directory.NameOf(order.OrganisationId), order.Role, by) is { } notTheirs) return notTheirs;

        var task = file.Tasks.Single(task => task.Id == taskId);
        if (!task.IsOpen)
        {
            return TaskRules.DoneBefore(
                _ends.GetValueOrDefault(taskId), task.ClosedBy, order.Outcomes.FirstOrDefault(known => known.Name == task.Outcome)?.Label ?? task.Outcome, task.ClosedAt);
        }

        if (TaskRules.Refusal(order.Outcomes, outcome) is { } noSuch) return noSuch;

        var form = file.Release.Content.Forms[order.FormId];
        var (problems, filled) = Check(form, values, outcome, by);
        if (problems.Count > 0) return Told(problems);

        var (open, _) = form.Split(filled);
        return Run(file, new Stimulus.TaskCompleted(taskId, outcome, open, by.Actor)) switch
        {
            RunResult.Refused refused => refused.Message,
            RunResult.NotWaiting => TaskRules.Faulted,
            RunResult.Ran { IsTakenBack: true } => TaskRules.Circles,
            _ => null,
        };
    }

    /// <summary>Takes a file in; the handle is what a form carries instead of it.</summary>
    public JsonObject Upload(Person by, string name, long size, string type, string sha256)
    {
        var id = NewId();
        var handle = new JsonObject { ["id"] = id.ToString(), ["name"] = name, ["size"] = size, ["type"] = type, ["sha256"] = sha256 };
        _uploads.Add(id, (by.Actor.OrganisationId, handle));
        return (JsonObject)handle.DeepClone();
    }

    /// <summary>Whether this person can open the case.</summary>
    public static bool MayRead(Person person, CaseFile file) => Roles.OfCaseWork.Contains(person.Actor.Role) && file.Readers.Contains(person.Actor.OrganisationId);

    internal CaseSight Look(CaseFile file) => file.Look(_tasks);

    /// <summary>What a request is answered, and with it whatever its key's case waits for.</summary>
    /// <param name="spoken">The profile whose address the request went to.</param>
    internal GateAnswer Receive(SigningProfile spoken, ReceivedRequest request)
    {
        var content = Current.Content;
        var parameters = request.Parameters;
        if (MessageGate.FaultOf(spoken, parameters) is { } fault) return fault;

        var key = _keys.Values.FirstOrDefault(key => key.KeyId == parameters[spoken.KeyId]);
        if (key is null || !content.Standards.TryGetValue(key.Order.SigningProfile, out var standard) || standard.Signing.Transport != spoken.Transport
            || standard.Signing.FaultOf(parameters) is not null)
        {
            return MessageGate.UnknownKey(spoken);
        }

        var profile = standard.Signing;
        if (MessageGate.OfSignature(profile, parameters, key.Secret) is { } unsigned) return TurnedAway(key, unsigned);
        if (MessageGate.OfKey(profile, key.RevokedAt, Now) is { } over) return over;
        if (MessageGate.OfTime(profile, parameters, Now) is { } late) return TurnedAway(key, late);
        if (Current.Checker(standard.Id) is not { } checker) return MessageGate.NoMessages(standard);

        var method = request.MethodOf(profile);
        if (MessageGate.OfMethod(standard, method, key.Order.Stage.ToString()) is { } barred) return barred;

        var isFormal = key.Order.Stage == CredentialStage.Formal;
        var context = new CheckContext
        {
            BusinessNow = Now,
            AuthorityArea = content.Regions.Authority(key.Order.AuthorityId)?.AreaCode ?? "",
            Stage = key.Order.Stage.ToString(),
            Permit = key.Order.Permit,
            Decrypt = cipher => FieldCipher.Decrypt(cipher, key.Secret),
        };
        var read = checker.Read(method, request.DataOf(profile), context);
        var report = checker.Judge(read, key.Sites.Ask(method, read.Questions, isFormal), context);
        key.Given = report.IsAccepted ? key.Sites.Keep(report, Now) : null;
        var answer = MessageGate.Answer(profile, report);
        Note(
            key,
            new RequestSight(NewId().ToString("N"), MessageGate.CountedMethod(report), report.IsAccepted, answer.Code, Now,
                [.. report.Findings.Select(found => new FindingTold(found.Path, found.Field, found.Rule, found.Level.ToString(), found.Message, found.Basis, found.Advice))]),
            answer.Message,
            [.. report.Records.Select(record => (MessageGate.KeyOf(record, report.Definition!, key.Secret), record.Identity))]);
        return answer;
    }

    internal KeyFile? Key(string id) => _keys.GetValueOrDefault(id);

    private GateAnswer TurnedAway(KeyFile key, GateAnswer refusal)
    {
        var line = refusal.Counted!;
        Note(
            key,
            new RequestSight(NewId().ToString("N"), line.Rule, false, refusal.Code, Now, [new FindingTold("", "", line.Rule, nameof(FindingLevel.Reject), line.Message, line.Basis, line.Advice)]),
            line.Message, []);
        return refusal;
    }

    private void Note(KeyFile key, RequestSight request, string message, IReadOnlyList<(string Key, string? Identity)> records)
    {
        key.Note(request, message, records);
        Send(ConformanceExpectation, key.Id, payload: null);
    }

    private (IReadOnlyList<FieldProblem> Problems, JsonObject Values) Check(FormDefinition form, JsonObject values, string? outcome, Person by)
    {
        var problems = FilingRules.FormProblems(form, values, outcome, by);
        return problems.Count > 0 || FilingRules.FilesIn(form.Fields, values).Count == 0
            ? (problems, values)
            : FilingRules.WithFiles(form, values, outcome, id => _uploads.TryGetValue(id, out var file) && file.OrganisationId == by.Actor.OrganisationId ? (JsonObject)file.Handle.DeepClone() : null);
    }

    /// <summary>What keeps a case from being opened that the flow itself would let begin; null: nothing.</summary>
    private string? Excluded(FlowOnOffer offer, Person by)
    {
        if (ActivationExclusion.Of(offer.Flow, correlationId: null) is { } exclusion
            && _files.Values.Any(file => file.State.Status == InstanceStatus.Running && exclusion.Matches(file.Flow.DefinitionId, file.State.CorrelationId)))
        {
            return FilingRules.NotActivated(offer.Flow);
        }

        if (offer is { MaxOpen: null, MaxPerDay: null }) return null;

        var mine = _byApplicant.GetValueOrDefault((by.Actor.OrganisationId, offer.Flow.DefinitionId)) ?? [];
        return FilingRules.TooMany(
            offer, mine.Count(file => file.State.Outcome is null), mine.Count(file => file.SubmittedAt >= Workflows.Calendars.Deadlines.StartOf(Today)), Today);
    }

    private string? OpenOne(string flowId, string applicant, string authorityId, string unit) =>
        (_byApplicant.GetValueOrDefault((applicant, flowId)) ?? [])
            .Find(file => file.Unit == unit && file.State.Outcome is null && file.Header!.Parties[CaseHeader.Authority] == authorityId)?.Header!.Number;

    /// <summary>The task's organisation sees it, and who reads the case; the answer to a warning is for authorities.</summary>
    private static bool IsVisible(OpenedTask task, Person by)
    {
        var organisation = by.Actor.OrganisationId;
        var reads = task.Of.Readers.Contains(organisation) && (task.Order.Kind != TaskKind.Warning || by.Level != OrganisationLevel.Enterprise);
        return (task.Order.OrganisationId == organisation || reads) && by.MaySee(task.Order.OrganisationId, task.Order.Role);
    }

    private static string Told(IReadOnlyList<FieldProblem> problems) => string.Join("；", problems.Select(problem => $"{problem.Label}：{problem.Message}"));
}
