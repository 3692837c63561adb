using System.Text.Json;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Incidents;
using WorkflowEngine.Storage.Instances;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Cases;

/// <summary>
/// Incidents, and what people decide about them. Who looks after the installation may have a step done again and take note of what stops nothing, since that
/// changes nothing of the procedure; to go on without a step is for who answers for the case: the authority's leader, or the province (ADR 0012).
/// </summary>
public sealed class IncidentService(
    IncidentStore incidents, InstanceStore instances, ContentReleases releases, BurstExecutor executor, CommitStore commits, AnswerStore answers, BusinessClock clock)
{
    private const int MaxAttempts = 20;

    public async Task<Page<IncidentView>> ListAsync(SignedInPerson person, int page, int pageSize, CancellationToken ct)
    {
        var found = await incidents.ListAsync(EyesOf(person), page, pageSize, ct);
        return new Page<IncidentView>(await ViewsAsync(found.Items, person, ct), found.Total);
    }

    /// <summary>Those of one case, for its page.</summary>
    public async Task<IReadOnlyList<IncidentView>> OfInstanceAsync(Guid instance, SignedInPerson person, CancellationToken ct) =>
        await ViewsAsync(await incidents.OfInstanceAsync(person.Tenant, instance, ct), person, ct);

    /// <summary>How many this person may decide about.</summary>
    public Task<int> CountAsync(SignedInPerson person, CancellationToken ct) =>
        incidents.CountAsync(EyesOf(person), person.Actor.Role == Roles.Leader ? person.Actor.OrganisationId : null, ct);

    public async Task<ResolveIncidentResult> ResolveAsync(ResolveIncident resolve, SignedInPerson by, CancellationToken ct)
    {
        if (!CaseService.IsKey(resolve.IdempotencyKey)) return new ResolveIncidentResult.Refused("缺少提交标识，请刷新页面后重新提交。");

        var reason = resolve.Reason?.Trim() is { Length: > 0 } given ? given : null;
        var key = CaseService.KeyOf(by, resolve.IdempotencyKey, ["incident", resolve.IncidentId, resolve.Decision.ToString(), resolve.Outcome ?? "", reason ?? ""], answer: "");
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            // A repeated click is answered before it is judged: the incident is settled by then.
            if (await answers.FindAsync(key, ct) is { } before) return Answered(before);
            if (await incidents.FindAsync(EyesOf(by), resolve.IncidentId, ct) is not { } incident) return new ResolveIncidentResult.NotFound();
            if (!AllowedTo(by, incident).Contains(resolve.Decision)) return new ResolveIncidentResult.Refused(NotYours(resolve.Decision));
            if (reason is null && resolve.Decision != IncidentDecision.Retry) return new ResolveIncidentResult.Refused("请填写理由，理由将记入办理经过。");
            if (reason?.Length > RequestLimits.Reason) return new ResolveIncidentResult.Refused($"理由不能超过 {RequestLimits.Reason} 字。");

            var now = clock.Now;
            var stored = incident.InstanceId is { } id ? (await instances.LoadAsync([id], ct)).GetValueOrDefault(id) : null;
            var standing = StandingOf(incident, stored);
            if (standing is null && !PossibleAbout(incident, standing).Contains(resolve.Decision)) return new ResolveIncidentResult.Refused("此项中断没有停住的步骤，请核查原因后作知悉处理。");
            if (stored is null)
            {
                return await incidents.SettleAsync(incident, EndBy(resolve.Decision), by.Actor, reason, now, ct)
                    ? new ResolveIncidentResult.Resolved(incident.CaseNumber, FailedAgain: false)
                    : new ResolveIncidentResult.NotFound();
            }

            var turn = InstanceTurn.Resume(stored, await releases.GetAsync(stored.ReleaseId, ct));
            Stimulus stimulus = standing is null
                ? new Stimulus.IncidentNoted(incident.Id, incident.ActivityId, EndBy(resolve.Decision), reason, by.Actor)
                : new Stimulus.IncidentResolved(resolve.IncidentId, resolve.Decision, resolve.Outcome, reason, by.Actor);
            switch (await executor.RunAsync(turn, stimulus, now, ct))
            {
                case RunResult.Refused refused:
                    return new ResolveIncidentResult.Refused(refused.Message);
                case RunResult.NotWaiting:
                    continue;
            }

            var failedAgain = turn.State.Incidents.Any(one => one.IsOpen && stored.State.Incidents.All(known => known.Id != one.Id));
            var done = new ResolveIncidentResult.Resolved(incident.CaseNumber, failedAgain);
            var unit = turn.ToUnit(now, by.Actor) with { IdempotencyKey = key with { Answer = JsonSerializer.Serialize(done) } };
            switch ((await commits.CommitAsync([unit], ct))[0])
            {
                case CommitResult.Committed:
                    return done;
                case CommitResult.LostRace:
                    continue;
                case var other:
                    return Answered(other);
            }
        }

        throw new InvalidOperationException($"Incident {resolve.IncidentId}: {MaxAttempts} attempts lost their race.");
    }

    private static ResolveIncidentResult Answered(CommitResult result) => result switch
    {
        CommitResult.DuplicateKey first => JsonSerializer.Deserialize<ResolveIncidentResult.Resolved>(first.Answer)!,
        CommitResult.KeyReused => new ResolveIncidentResult.KeyReused(),
        var other => throw new InvalidOperationException($"A decision about an incident could not be committed: {other}."),
    };

    private async Task<IReadOnlyList<IncidentView>> ViewsAsync(IReadOnlyList<OpenIncident> found, SignedInPerson person, CancellationToken ct)
    {
        var loaded = await instances.LoadAsync([.. found.Select(incident => incident.InstanceId).OfType<Guid>().Distinct()], ct);
        var views = new List<IncidentView>();
        foreach (var incident in found)
        {
            var stored = incident.InstanceId is { } id ? loaded.GetValueOrDefault(id) : null;
            var flow = stored is null ? null : (await releases.GetAsync(stored.ReleaseId, ct)).Flows.GetValueOrDefault(stored.DefinitionId);
            var step = incident.ActivityId is { Length: > 0 } activity ? flow?.Find(activity) : null;
            var standing = StandingOf(incident, stored);
            var allowed = AllowedTo(person, incident);
            views.Add(new IncidentView(
                incident.Id, incident.CaseNumber, ReadsCases(person) ? incident.CaseTitle : null, flow?.Name ?? stored?.DefinitionId ?? "", NameOf(step, incident),
                incident.AuthorityName, incident.Message, incident.RaisedAt, standing is not null, [.. PossibleAbout(incident, standing).Where(allowed.Contains)],
                standing is { IsAside: false } && step is { Ports.Count: > 1 } ? [.. step.Ports.Select(port => new OutcomeChoice(port, OutcomeLabels.Of(step, port, flow!.Activities) ?? port))] : [],
                AdviceOn(incident, standing)));
        }

        return views;
    }

    private static string? NameOf(Workflows.Definitions.ActivityNode? step, OpenIncident incident) =>
        step?.DisplayName is { Length: > 0 } name ? name : incident.ActivityId is { Length: > 0 } id ? id : null;

    /// <summary>The incident as the instance knows it, where a step stands because of it.</summary>
    private static Incident? StandingOf(OpenIncident incident, StoredInstance? stored) => stored?.State.Incidents.FirstOrDefault(one => one.Id == incident.Id && one.IsOpen);

    private static IReadOnlyList<IncidentDecision> PossibleAbout(OpenIncident incident, Incident? standing) =>
        standing is not null ? standing.Decisions : incident.IsSetAside ? [IncidentDecision.Retry, IncidentDecision.Acknowledge] : [IncidentDecision.Acknowledge];

    private static IncidentEnd EndBy(IncidentDecision decision) => decision == IncidentDecision.Retry ? IncidentEnd.Retried : IncidentEnd.Acknowledged;

    private static string AdviceOn(OpenIncident incident, Incident? standing) => standing switch
    {
        null when incident.IsSetAside => "一项定时、消息或邮件未能处理，已搁置。排除原因后可重试；不再需要的，说明理由后作知悉处理。",
        null => "流程没有因此停住。请核查原因和影响（如通知内容是否已另行告知），说明情况后作知悉处理。",
        { HasEnded: true } when standing.Decisions.Contains(IncidentDecision.Retry) => "步骤本身已经完成，其后的走向未能确定，尚未进入任何后续步骤。排除原因后重试，流程从此处继续；确不需要继续的，由负责人取消此分支。",
        { HasEnded: true } => "步骤本身已经完成，是其后的走向出了问题。请由政策人员核对流程；确不需要继续的，由负责人取消此分支。",
        { IsAside: true } => "提醒或超期处理循环不止，没有执行；该环节本身照常办理。请由政策人员核对流程；可由负责人跳过此次提醒。",
        { IsStalled: true } when standing.Decisions.Contains(IncidentDecision.Retry) => "收到的内容会使流程循环不止，没有执行，已保留。数据补正后可重试；否则由负责人说明理由后跳过或取消此步骤。",
        { IsStalled: true } => "按提交的结果办理，流程会循环不止，因此没有接收，该环节仍可办理。请办理人员改选其他结果，或由负责人说明理由后跳过或取消此步骤。",
        _ => "请先排除原因（补正数据、恢复对方系统等），再重试；该步骤已在线下完成或不再需要的，由负责人说明理由后跳过或取消。其他环节及其时限照常进行。",
    };

    /// <summary>What this person may decide, were it possible.</summary>
    private static IReadOnlyList<IncidentDecision> AllowedTo(SignedInPerson person, OpenIncident incident) => person.Actor.Role switch
    {
        Roles.ProvinceOfficer => All,
        Roles.Leader when incident.AuthorityId == person.Actor.OrganisationId => All,
        // Without a case nobody's procedure is touched.
        Roles.Operator => incident.CaseNumber is null ? All : [IncidentDecision.Retry, IncidentDecision.Acknowledge],
        _ => [],
    };

    private static IReadOnlyList<IncidentDecision> All { get; } = Enum.GetValues<IncidentDecision>();

    private static string NotYours(IncidentDecision decision) => decision is IncidentDecision.Retry or IncidentDecision.Acknowledge
        ? "此项中断由受理单位的负责人、省级主管或运维人员处理。"
        : "跳过或取消步骤由受理单位的负责人或省级主管决定，您可以重试。";

    private static bool ReadsCases(SignedInPerson person) => person.Actor.Role != Roles.Operator;

    /// <summary>Who looks after the installation sees every incident, and of a case no more than its number.</summary>
    private static Tenant EyesOf(SignedInPerson person) => ReadsCases(person) ? person.Tenant : Tenant.System;
}
