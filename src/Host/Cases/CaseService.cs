using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using WorkflowEngine.Content.Forms;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Organisations;
using WorkflowEngine.Storage.Attachments;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Instances;
using WorkflowEngine.Storage.Organisations;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Cases;

/// <summary>
/// What people do with cases: file the form that opens one, finish a task. Pages and API both come through here, so the
/// rules stand once. Every act carries an idempotency key; a repeated click gets the first answer and does nothing.
/// </summary>
public sealed class CaseService(
    ContentReleases releases, BurstExecutor executor, CommitStore commits, AnswerStore answers, InstanceStore instances, CaseNumbering numbering, CaseQueries queries,
    CaseRegister register, OrganisationStore organisations, AttachmentStore attachments, BusinessClock clock)
{
    /// <summary>Of the name of an act, in characters.</summary>
    public const int MaxKeyLength = 100;

    /// <summary>Two people at one task is Tuesday; losing this often to others is a defect.</summary>
    private const int MaxAttempts = 20;

    /// <summary>Files the form that opens a case, as of now.</summary>
    public async Task<StartCaseResult> StartAsync(StartCase start, SignedInPerson by, CancellationToken ct)
    {
        if (!IsKey(start.IdempotencyKey)) return new StartCaseResult.NotAllowed("缺少提交标识，请刷新页面后重新提交。");

        var content = releases.Current;
        if (OfferedFlows.Find(content, start.FlowId) is not { } offer)
        {
            return new StartCaseResult.NotAllowed(FilingRules.NoFlow(start.FlowId));
        }

        if (FilingRules.RoleRefusal(offer, by.Person) is { } notTheirs) return new StartCaseResult.NotAllowed(notTheirs);

        if ((await organisations.FindAsync(start.AuthorityId, ct))?.Body is not { } authority || !FilingRules.Receives(authority)) return new StartCaseResult.NotAllowed(FilingRules.NoAuthority);

        if (!offer.MayBeFiledAt(authority))
        {
            return new StartCaseResult.NotAllowed(FilingRules.Outside(offer, authority, (await organisations.FindAsync(offer.Province!, ct))?.Name));
        }

        // A repeated click is answered before it is judged: what it asked for is there by now, and might be refused for that very reason.
        var key = KeyOf(by, start.IdempotencyKey, ["start", start.FlowId, start.AuthorityId, start.Values.ToJsonString()], answer: "");
        if (await answers.FindAsync(key, ct) is { } before) return Opened(before);

        var (problems, values) = await CheckAsync(offer.Form, start.Values, outcome: null, by, ct);
        if (problems.Count == 0) problems = await LinkProblemAsync(offer, values, by, ct);
        if (problems.Count == 0) problems = await VendorProblemAsync(offer, values, ct);
        if (problems.Count > 0) return new StartCaseResult.Invalid(problems);

        var unit = offer.UnitOf(values);
        if (await OpenOneAsync() is { } taken) return taken;

        var (open, personal) = offer.Form.Split(values);
        var submission = new NewSubmission(Guid.NewGuid(), offer.Form.Id, by.Actor.OrganisationId, open, personal);
        var now = clock.Now;
        var isAboutConfidential = await IsAboutConfidentialAsync(offer, values, now, ct);
        var header = FilingRules.HeaderOf(offer, await numbering.NextAsync(offer, authority.Id, ct), values, isAboutConfidential, authority, by.Person);
        var turn = InstanceTurn.Begin(Guid.NewGuid(), new NewInstance(offer.Flow.DefinitionId, offer.Flow.Version, content.Id, header.OwnerId) { Unit = unit, Limit = LimitOf(offer) }, content, header);
        turn.Brought[new FactKey(FactKind.Submission, submission.Id.ToString())] = open;

        switch (await executor.RunAsync(turn, FilingRules.Beginning(offer, submission.Id, open), now, ct))
        {
            case RunResult.Refused refused:
                return new StartCaseResult.NotAllowed(refused.Message);
            case RunResult.NotWaiting:
                throw new InvalidOperationException($"Flow {start.FlowId} does not start by its trigger {offer.Trigger.Id}.");
        }

        var answer = JsonSerializer.Serialize(new StartAnswer(header.Number, turn.State.InstanceId));
        var order = turn.ToUnit(now, by.Actor) with { IdempotencyKey = key with { Answer = answer }, Submission = submission, Attachments = FilingRules.FilesIn(offer.Form.Fields, values) };
        return (await commits.CommitAsync([order], ct))[0] switch
        {
            CommitResult.Committed => new StartCaseResult.Started(header.Number, turn.State.InstanceId),
            CommitResult.UnitTaken => await OpenOneAsync() ?? new StartCaseResult.NotAllowed("同一申请刚刚办结，请重新提交。"),
            CommitResult.OverLimit over => new StartCaseResult.NotAllowed(FilingRules.TooMany(offer, over.IsOfDay ? 0 : over.Count, over.IsOfDay ? over.Count : 0, clock.Today)!),
            CommitResult.NotActivated => new StartCaseResult.NotAllowed(FilingRules.NotActivated(offer.Flow)),
            var other => Opened(other),
        };

        async Task<StartCaseResult?> OpenOneAsync() =>
            unit is not null && await register.OpenOneAsync(start.FlowId, by.Actor.OrganisationId, authority.Id, unit, ct) is { } number
                ? new StartCaseResult.NotAllowed(FilingRules.UnitTaken(authority, number))
                : null;
    }

    /// <summary>Days are counted as they are written on the case: by the business calendar date (T1).</summary>
    private FilingLimit? LimitOf(FlowOnOffer offer) =>
        offer is { MaxOpen: null, MaxPerDay: null } ? null : new FilingLimit(offer.MaxOpen, offer.MaxPerDay, new DateTimeOffset(clock.Today, TimeOnly.MinValue, BusinessClock.Offset));

    private static StartCaseResult Opened(CommitResult result) => result switch
    {
        CommitResult.DuplicateKey first when JsonSerializer.Deserialize<StartAnswer>(first.Answer) is { } told => new StartCaseResult.Started(told.Number, told.InstanceId),
        CommitResult.KeyReused => new StartCaseResult.KeyReused(),
        var other => throw new InvalidOperationException($"A new case could not be committed: {other}."),
    };

    /// <summary>What is about a confidential case would give its applicant away (a review of a complaint), so it is confidential too.</summary>
    private async Task<bool> IsAboutConfidentialAsync(FlowOnOffer offer, JsonObject values, DateTimeOffset now, CancellationToken ct) =>
        offer.LinkIn(values) is { } number
        && (await register.EntriesAsync($"number/{number}", now, ct)) is [var linked, ..] && linked["confidential"] is true;

    /// <summary>A case that the form names must be there and the filer's to see; which of the two it is not, is not told.</summary>
    private async Task<IReadOnlyList<FieldProblem>> LinkProblemAsync(FlowOnOffer offer, JsonObject values, SignedInPerson by, CancellationToken ct) =>
        offer.LinkIn(values) is { } number && await instances.FindByCaseNumberAsync(by.Tenant, number, ct) is null
            ? [FilingRules.UnknownLink(offer, number)]
            : [];

    /// <summary>A vendor that the form names must be one that is registered: letters about the case go to it.</summary>
    private async Task<IReadOnlyList<FieldProblem>> VendorProblemAsync(FlowOnOffer offer, JsonObject values, CancellationToken ct) =>
        offer.VendorIn(values) is { } vendor && !FilingRules.IsVendor((await organisations.FindAsync(vendor, ct))?.Body)
            ? [FilingRules.UnknownVendor(offer, vendor)]
            : [];

    /// <summary>Finishes a task with one of its outcomes, as of now.</summary>
    public async Task<CompleteTaskResult> CompleteTaskAsync(CompleteTask complete, SignedInPerson by, CancellationToken ct)
    {
        if (!IsKey(complete.IdempotencyKey)) return new CompleteTaskResult.Refused("缺少提交标识，请刷新页面后重新提交。");
        if (!EffectId.TryParse(complete.TaskId, out var id)) return new CompleteTaskResult.NotFound();

        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await queries.TaskAsync(by.Tenant, complete.TaskId, ct) is not { } task || !by.MaySee(task.Line.OrganisationId, task.Line.Role)) return new CompleteTaskResult.NotFound();

            if (TaskRules.Refusal(task.Line.OrganisationId, task.Line.OrganisationName, task.Line.Role, by.Person) is { } notTheirs) return new CompleteTaskResult.Refused(notTheirs);

            var key = KeyOf(by, complete.IdempotencyKey, ["complete", complete.TaskId, complete.Outcome, complete.Values.ToJsonString()], task.Line.CaseNumber ?? "");
            if (!task.Line.Open) return await AnsweredBeforeAsync(task, key, ct);
            if (TaskRules.Refusal(task.Outcomes, complete.Outcome) is { } noSuch) return new CompleteTaskResult.Refused(noSuch);

            if ((await instances.LoadAsync([id.InstanceId], ct)).GetValueOrDefault(id.InstanceId) is not { } stored) return new CompleteTaskResult.NotFound();
            var content = await releases.GetAsync(stored.ReleaseId, ct);
            var form = content.Forms[task.FormId];
            var (problems, values) = await CheckAsync(form, complete.Values, complete.Outcome, by, ct);
            if (problems.Count > 0) return new CompleteTaskResult.Invalid(problems);

            var now = clock.Now;
            var (open, personal) = form.Split(values);
            var turn = InstanceTurn.Resume(stored, content);
            var run = await executor.RunAsync(turn, new Stimulus.TaskCompleted(complete.TaskId, complete.Outcome, open, by.Actor), now, ct);
            if (run is RunResult.Refused refused)
            {
                // What was read may be old: the same click may have gone through on another host, and then that is the answer.
                return await answers.FindAsync(key, ct) is { } before ? AnsweredAs(before) : new CompleteTaskResult.Refused(refused.Message);
            }

            if (run is RunResult.NotWaiting && stored.State.SubStatus == InstanceSubStatus.Faulted)
            {
                return new CompleteTaskResult.Refused(TaskRules.Faulted);
            }

            if (run is RunResult.NotWaiting) continue;

            if (run is RunResult.Ran { IsTakenBack: true })
            {
                // The person is told that nothing was taken over; the incident that tells the others is kept.
                if ((await commits.CommitAsync([turn.ToUnit(now, by.Actor)], ct))[0] is CommitResult.LostRace) continue;

                return new CompleteTaskResult.Refused(TaskRules.Circles);
            }

            var unit = turn.ToUnit(now, by.Actor) with
            {
                IdempotencyKey = key,
                Submission = new NewSubmission(Guid.NewGuid(), form.Id, by.Actor.OrganisationId, open, personal),
                Attachments = FilingRules.FilesIn(form.Fields, values),
            };
            switch ((await commits.CommitAsync([unit], ct))[0])
            {
                case CommitResult.Committed or CommitResult.DuplicateKey:
                    return new CompleteTaskResult.Completed(task.Line.CaseNumber ?? "");
                case CommitResult.KeyReused:
                    return new CompleteTaskResult.KeyReused();
                case CommitResult.Failed failed:
                    throw new InvalidOperationException($"Task {complete.TaskId} could not be committed: {failed.Message}");
            }
        }

        throw new InvalidOperationException($"Task {complete.TaskId}: {MaxAttempts} attempts lost their race or found an open task that does not wait.");
    }

    private async Task<CompleteTaskResult> AnsweredBeforeAsync(TaskDetail task, IdempotencyKey key, CancellationToken ct) =>
        await answers.FindAsync(key, ct) is { } before
            ? AnsweredAs(before)
            : new CompleteTaskResult.AlreadyDone(task.End, task.ClosedBy, task.Outcomes.FirstOrDefault(outcome => outcome.Name == task.Outcome)?.Label ?? task.Outcome, task.ClosedAt);

    private static CompleteTaskResult AnsweredAs(CommitResult before) =>
        before is CommitResult.DuplicateKey first ? new CompleteTaskResult.Completed(first.Answer) : new CompleteTaskResult.KeyReused();

    /// <summary>
    /// The form's own checks, and that the files it names exist and are this organisation's. The answer comes back with the
    /// files as they are stored: of a handle only the id is taken from the sender, or an officer would read a name and a digest that nobody checked.
    /// </summary>
    private async Task<(IReadOnlyList<FieldProblem> Problems, JsonObject Values)> CheckAsync(
        FormDefinition form, JsonObject values, string? outcome, SignedInPerson by, CancellationToken ct)
    {
        var problems = FilingRules.FormProblems(form, values, outcome, by.Person);
        if (problems.Count > 0) return (problems, values);

        var named = FilingRules.FilesIn(form.Fields, values);
        if (named.Count == 0) return ([], values);

        var known = (await attachments.DescribeAsync(by.Tenant, named, ct)).Where(file => file.OrganisationId == by.Actor.OrganisationId).ToDictionary(file => file.Id);
        return FilingRules.WithFiles(form, values, outcome, id => known.TryGetValue(id, out var file) ? AttachmentHandle.Of(file).ToJson() : null);
    }

    internal static bool IsKey(string key) => key.Length is > 0 and <= MaxKeyLength && !string.IsNullOrWhiteSpace(key);

    internal static IdempotencyKey KeyOf(SignedInPerson by, string key, string[] body, string answer) => new(
        Scope: $"{by.Actor.OrganisationId}/{by.Actor.UserId}",
        key,
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\u001f', body))),
        answer);

    private sealed record StartAnswer(string Number, Guid InstanceId);
}
