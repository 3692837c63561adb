using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using WorkflowEngine.Content.Forms;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Storage.Attachments;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Instances;
using WorkflowEngine.Storage.Organisations;
using WorkflowEngine.Workflows.Definitions;
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
            return new StartCaseResult.NotAllowed($"没有可以在线申请的事项“{Short(start.FlowId)}”。");
        }

        if (!offer.MayBeFiledBy(by.Actor.Role))
        {
            return new StartCaseResult.NotAllowed($"只有{string.Join("、", offer.Roles.Select(Roles.NameOf))}可以提交“{offer.Flow.Name}”，请联系本企业的管理员。");
        }

        if (await organisations.FindAsync(start.AuthorityId, ct) is not { Kind: "authority", Level: not OrganisationLevel.Province } authority)
        {
            return new StartCaseResult.NotAllowed("请选择受理申请的市、县（区）主管部门。");
        }

        if (!offer.MayBeFiledAt(authority)) return new StartCaseResult.NotAllowed(await OutsideAsync(offer, authority, ct));

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
        var isConfidential = offer.IsConfidential(values) || isAboutConfidential;
        var header = HeaderOf(offer, await numbering.NextAsync(offer, authority.Id, ct), values, isConfidential, authority, by) with { IsLinkedConfidential = isAboutConfidential };
        var turn = InstanceTurn.Begin(Guid.NewGuid(), new NewInstance(offer.Flow.DefinitionId, offer.Flow.Version, content.Id, header.OwnerId) { Unit = unit, Limit = LimitOf(offer) }, content, header);
        turn.Brought[new FactKey(FactKind.Submission, submission.Id.ToString())] = open;
        var input = new JsonObject { ["submissionId"] = submission.Id.ToString(), ["form"] = offer.Form.Id, ["values"] = open.DeepClone() };

        switch (await executor.RunAsync(turn, new Stimulus.Start(offer.Trigger.Id, input, CorrelationId: null), now, ct))
        {
            case RunResult.Refused refused:
                return new StartCaseResult.NotAllowed(refused.Message);
            case RunResult.NotWaiting:
                throw new InvalidOperationException($"Flow {start.FlowId} does not start by its trigger {offer.Trigger.Id}.");
        }

        var answer = JsonSerializer.Serialize(new StartAnswer(header.Number, turn.State.InstanceId));
        var order = turn.ToUnit(now, by.Actor) with { IdempotencyKey = key with { Answer = answer }, Submission = submission, Attachments = FilesIn(offer.Form.Fields, values) };
        return (await commits.CommitAsync([order], ct))[0] switch
        {
            CommitResult.Committed => new StartCaseResult.Started(header.Number, turn.State.InstanceId),
            CommitResult.UnitTaken => await OpenOneAsync() ?? new StartCaseResult.NotAllowed("同一申请刚刚办结，请重新提交。"),
            CommitResult.OverLimit over => new StartCaseResult.NotAllowed(TooMany(offer, over)),
            CommitResult.NotActivated => new StartCaseResult.NotAllowed(Activations.RefusalOf(offer.Flow)),
            var other => Opened(other),
        };

        async Task<StartCaseResult?> OpenOneAsync() =>
            unit is not null && await register.OpenOneAsync(start.FlowId, by.Actor.OrganisationId, authority.Id, unit, ct) is { } number
                ? new StartCaseResult.NotAllowed($"同一申请已在{authority.Name}办理，办件编号 {number}，不能重复提交。请在原办件中继续办理。")
                : null;
    }

    /// <summary>Why an authority of another province is not asked, and whom to ask instead.</summary>
    private async Task<string> OutsideAsync(FlowOnOffer offer, Organisation authority, CancellationToken ct)
    {
        var province = (await organisations.FindAsync(offer.Province!, ct))?.Name ?? offer.Province;
        return $"“{offer.Flow.Name}”只由{province}所辖的市、县（区）主管部门受理，{authority.Name}不在其中，不能向其提交。请选择该省的主管部门；在其他省开展业务的，按当地的规定办理。";
    }

    /// <summary>Days are counted as they are written on the case: by the business calendar date (T1).</summary>
    private FilingLimit? LimitOf(FlowOnOffer offer) =>
        offer is { MaxOpen: null, MaxPerDay: null } ? null : new FilingLimit(offer.MaxOpen, offer.MaxPerDay, new DateTimeOffset(clock.Today, TimeOnly.MinValue, BusinessClock.Offset));

    private string TooMany(FlowOnOffer offer, CommitResult.OverLimit over) => over.IsOfDay
        ? $"“{offer.Flow.Name}”同一企业每天最多提交 {offer.MaxPerDay} 件，贵单位今天已提交 {over.Count} 件。{clock.Today.AddDays(1):yyyy年M月d日} 0 时起可以再次提交。"
        : $"“{offer.Flow.Name}”同一企业最多同时有 {offer.MaxOpen} 件未办结，贵单位现有 {over.Count} 件。其中有一件办结或者撤回以后，可以再次提交。";

    private static StartCaseResult Opened(CommitResult result) => result switch
    {
        CommitResult.DuplicateKey first when JsonSerializer.Deserialize<StartAnswer>(first.Answer) is { } told => new StartCaseResult.Started(told.Number, told.InstanceId),
        CommitResult.KeyReused => new StartCaseResult.KeyReused(),
        var other => throw new InvalidOperationException($"A new case could not be committed: {other}."),
    };

    private static CaseHeader HeaderOf(FlowOnOffer offer, string number, JsonObject values, bool isConfidential, Organisation authority, SignedInPerson by)
    {
        var parties = new Dictionary<string, string>
        {
            [CaseHeader.Applicant] = by.Actor.OrganisationId,
            [CaseHeader.Authority] = authority.Id,
            [CaseHeader.Province] = authority.Path.Split('/')[0],
        };
        if (offer.VendorIn(values) is { } vendor) parties[CaseHeader.Vendor] = vendor;
        return new CaseHeader(number, isConfidential ? $"申请保密 · {offer.Flow.Name}" : TitleOf(offer.Flow, values, by), parties)
        {
            LinkedTo = offer.LinkIn(values),
            IsConfidential = isConfidential,
        };
    }

    /// <summary>What is about a confidential case would give its applicant away (a review of a complaint), so it is confidential too.</summary>
    private async Task<bool> IsAboutConfidentialAsync(FlowOnOffer offer, JsonObject values, DateTimeOffset now, CancellationToken ct) =>
        offer.LinkIn(values) is { } number
        && (await register.EntriesAsync($"number/{number}", now, ct)).FirstOrDefault() is { } linked
        && linked["confidential"]!.GetValue<bool>();

    /// <summary>A case that the form names must be there and the filer's to see; which of the two it is not, is not told.</summary>
    private async Task<IReadOnlyList<FieldProblem>> LinkProblemAsync(FlowOnOffer offer, JsonObject values, SignedInPerson by, CancellationToken ct) =>
        offer.LinkIn(values) is { } number && await instances.FindByCaseNumberAsync(by.Tenant, number, ct) is null
            ? [new FieldProblem(offer.LinkField!, LabelOf(offer.Form, offer.LinkField!), $"没有找到办件“{Short(number)}”，请核对编号；只能填写本企业的办件。")]
            : [];

    /// <summary>A vendor that the form names must be one that is registered: letters about the case go to it.</summary>
    private async Task<IReadOnlyList<FieldProblem>> VendorProblemAsync(FlowOnOffer offer, JsonObject values, CancellationToken ct) =>
        offer.VendorIn(values) is { } vendor && await organisations.FindAsync(vendor, ct) is not { Level: OrganisationLevel.Enterprise, Kind: "vendor" }
            ? [new FieldProblem(offer.VendorField!, LabelOf(offer.Form, offer.VendorField!), $"平台上没有软硬件企业“{Short(vendor)}”，请核对代码；尚未在平台登记的，请该企业先登记并申请接入。")]
            : [];

    /// <summary>Finishes a task with one of its outcomes, as of now.</summary>
    public async Task<CompleteTaskResult> CompleteTaskAsync(CompleteTask complete, SignedInPerson by, CancellationToken ct)
    {
        if (!IsKey(complete.IdempotencyKey)) return new CompleteTaskResult.Refused("缺少提交标识，请刷新页面后重新提交。");
        if (!EffectId.TryParse(complete.TaskId, out var id)) return new CompleteTaskResult.NotFound();

        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await queries.TaskAsync(by.Tenant, complete.TaskId, ct) is not { } task || !by.MaySee(task.Line.OrganisationId, task.Line.Role)) return new CompleteTaskResult.NotFound();

            // Row-level security lets a superior read what its cities do; acting on it is another matter.
            if (task.Line.OrganisationId != by.Actor.OrganisationId) return new CompleteTaskResult.Refused($"此事项由{task.Line.OrganisationName}办理。");
            if (!Roles.MayDo(by.Actor.Role, task.Line.Role)) return new CompleteTaskResult.Refused("您的岗位不能办理此事项，请交由相应岗位的人员办理。");

            var key = KeyOf(by, complete.IdempotencyKey, ["complete", complete.TaskId, complete.Outcome, complete.Values.ToJsonString()], task.Line.CaseNumber ?? "");
            if (!task.Line.Open) return await AnsweredBeforeAsync(task, key, ct);
            if (task.Outcomes.All(outcome => outcome.Name != complete.Outcome))
            {
                return new CompleteTaskResult.Refused($"请选择办理结果：{string.Join("、", task.Outcomes.Select(outcome => outcome.Label))}。");
            }

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
                return new CompleteTaskResult.Refused("办件因系统处理中断而停住，您填写的内容没有提交。请待中断处理完毕后再办理。");
            }

            if (run is RunResult.NotWaiting) continue;

            if (run is RunResult.Ran { IsTakenBack: true })
            {
                // The person is told that nothing was taken over; the incident that tells the others is kept.
                if ((await commits.CommitAsync([turn.ToUnit(now, by.Actor)], ct))[0] is CommitResult.LostRace) continue;

                return new CompleteTaskResult.Refused("按此结果办理，流程会循环不止，因此没有办理，您填写的内容没有提交。已通知运维人员和负责人；您可以改选其他结果，或待处理完毕后再办理。");
            }

            var unit = turn.ToUnit(now, by.Actor) with
            {
                IdempotencyKey = key,
                Submission = new NewSubmission(Guid.NewGuid(), form.Id, by.Actor.OrganisationId, open, personal),
                Attachments = FilesIn(form.Fields, values),
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
        var problems = FormValidator.Validate(form, values, outcome);
        problems = [.. problems, .. ApplicantProblems(form, values, by).Where(found => problems.All(known => known.Field != found.Field))];
        if (problems.Count > 0) return (problems, values);

        var named = FilesIn(form.Fields, values);
        if (named.Count == 0) return ([], values);

        var known = (await attachments.DescribeAsync(by.Tenant, named, ct)).Where(file => file.OrganisationId == by.Actor.OrganisationId).ToDictionary(file => file.Id);
        var stored = (JsonObject)values.DeepClone();
        var missing = new List<FieldProblem>();
        foreach (var field in form.Fields.Where(field => field.Type == FormFieldType.File))
        {
            var files = FilesIn([field], values);
            if (files.TrueForAll(known.ContainsKey))
            {
                if (files.Count > 0) stored[field.Name] = new JsonArray([.. files.Select(file => AttachmentHandle.Of(known[file]).ToJson())]);
                continue;
            }

            missing.Add(new FieldProblem(field.Name, field.Label, $"“{field.Label}”中有附件未上传成功，请重新上传。"));
        }

        // Once more, now that each file has its own name: the kind that a field accepts is told by it.
        return missing.Count > 0 ? (missing, values) : (FormValidator.Validate(form, stored, outcome), stored);
    }

    /// <summary>An enterprise applies for itself: its name and its code on a form are those of who is signed in.</summary>
    private static IEnumerable<FieldProblem> ApplicantProblems(FormDefinition form, JsonObject values, SignedInPerson by)
    {
        if (by.Level != OrganisationLevel.Enterprise) yield break;

        if (Differs("uscc", by.Actor.OrganisationId)) yield return new FieldProblem("uscc", LabelOf(form, "uscc"), "统一社会信用代码与登录企业不一致");
        if (Differs("companyName", by.OrganisationName)) yield return new FieldProblem("companyName", LabelOf(form, "companyName"), "企业名称与登录企业不一致");

        bool Differs(string field, string own) =>
            form.Fields.Any(known => known.Name == field) && values[field]?.ToString().Trim() is { Length: > 0 } given && !string.Equals(given, own, StringComparison.OrdinalIgnoreCase);
    }

    private static string LabelOf(FormDefinition form, string field) => form.Fields.FirstOrDefault(known => known.Name == field)?.Label ?? field;

    private static List<Guid> FilesIn(IEnumerable<FormField> fields, JsonObject values) =>
    [
        .. from field in fields
           where field.Type == FormFieldType.File
           from file in values[field.Name] as JsonArray ?? []
           let id = Guid.TryParse((file as JsonObject)?["id"]?.ToString(), out var parsed) ? parsed : Guid.Empty
           select id,
    ];

    /// <summary>What a list shows of the case: the project or the product, when the form asks for one, else who files it.</summary>
    private static string TitleOf(WorkflowDefinition flow, JsonObject values, SignedInPerson by)
    {
        var subject = values["projectName"]?.ToString().Trim() is { Length: > 0 } project ? project : $"{values["productName"]} {values["productVersion"]}".Trim();
        return $"{(subject.Length > 0 ? subject : by.OrganisationName)} · {flow.Name}";
    }

    internal static bool IsKey(string key) => key.Length is > 0 and <= MaxKeyLength && !string.IsNullOrWhiteSpace(key);

    internal static IdempotencyKey KeyOf(SignedInPerson by, string key, string[] body, string answer) => new(
        Scope: $"{by.Actor.OrganisationId}/{by.Actor.UserId}",
        key,
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\u001f', body))),
        answer);

    private static string Short(string text) => text.Length <= 40 ? text : text[..40] + "…";

    private sealed record StartAnswer(string Number, Guid InstanceId);
}
