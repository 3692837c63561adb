using System.Text.Json;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Storage;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Incidents;
using WorkflowEngine.Storage.Instances;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Cases;

/// <summary>
/// Steps that could not go on, and what people decide about them. Who looks after the installation may have a step done again, since that changes nothing of
/// the procedure; to go on without it is for who answers for the case: the authority's leader, or the province.
/// </summary>
public sealed class IncidentService(
    IncidentStore incidents, InstanceStore instances, ContentReleases releases, BurstExecutor executor, CommitStore commits, AnswerStore answers, BusinessClock clock)
{
    private const int LongestReason = 500;
    private const int MaxAttempts = 20;

    public async Task<Page<IncidentView>> ListAsync(SignedInPerson person, int page, int pageSize, CancellationToken ct)
    {
        var found = await incidents.ListAsync(EyesOf(person), page, pageSize, ct);
        return new Page<IncidentView>(await ViewsAsync(found.Items, person, ct), found.Total);
    }

    /// <summary>Those of one case, for its page.</summary>
    public async Task<IReadOnlyList<IncidentView>> OfInstanceAsync(Guid instance, SignedInPerson person, CancellationToken ct) =>
        await ViewsAsync(await incidents.OfInstanceAsync(person.Tenant, instance, ct), person, ct);

    public async Task<ResolveIncidentResult> ResolveAsync(ResolveIncident resolve, SignedInPerson by, CancellationToken ct)
    {
        if (!CaseService.IsKey(resolve.IdempotencyKey)) return new ResolveIncidentResult.Refused("缺少提交标识，请刷新页面后重新提交。");

        var reason = resolve.Reason?.Trim() is { Length: > 0 } given ? given : null;
        var key = CaseService.KeyOf(by, resolve.IdempotencyKey, ["incident", resolve.IncidentId, resolve.Decision.ToString(), resolve.Outcome ?? "", reason ?? ""], answer: "");
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            // A repeated click is answered before it is judged: the incident is settled by then.
            if (await answers.FindAsync(key, ct) is { } before) return Answered(before);
            if (await incidents.FindAsync(EyesOf(by), resolve.IncidentId, ct) is not { InstanceId: { } id } incident) return new ResolveIncidentResult.NotFound();
            if (!DecisionsOf(incident, by).Contains(resolve.Decision)) return new ResolveIncidentResult.Refused(NotYours(resolve.Decision));
            if (reason is null && resolve.Decision != IncidentDecision.Retry) return new ResolveIncidentResult.Refused("请填写理由，理由将记入办理经过。");
            if (reason?.Length > LongestReason) return new ResolveIncidentResult.Refused($"理由不能超过 {LongestReason} 字。");
            if ((await instances.LoadAsync([id], ct)).GetValueOrDefault(id) is not { } stored) return new ResolveIncidentResult.NotFound();

            var now = clock.Now;
            var turn = InstanceTurn.Resume(stored, await releases.GetAsync(stored.ReleaseId, ct));
            var stimulus = new Stimulus.IncidentResolved(resolve.IncidentId, resolve.Decision, resolve.Outcome, reason, by.Actor);
            switch (await executor.RunAsync(turn, stimulus, now, ct))
            {
                case RunResult.Refused refused:
                    return new ResolveIncidentResult.Refused(refused.Message);
                case RunResult.NotWaiting:
                    return new ResolveIncidentResult.Refused("此项中断没有停住的步骤，无需处理。");
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
            var standing = stored?.State.Incidents.FirstOrDefault(one => one.Id == incident.Id && one.IsOpen);
            IReadOnlyList<IncidentDecision> decisions = [.. DecisionsOf(incident, person).Where(decision => standing?.Decisions.Contains(decision) == true)];
            views.Add(new IncidentView(
                incident.Id, incident.CaseNumber, ReadsCases(person) ? incident.CaseTitle : null, flow?.Name ?? stored?.DefinitionId ?? "", NameOf(step) ?? incident.ActivityId,
                incident.AuthorityName, incident.Message, incident.RaisedAt, standing is not null, decisions, step is { Ports.Count: > 1 } ? step.Ports : [], AdviceOn(standing)));
        }

        return views;
    }

    private static string? NameOf(Workflows.Definitions.ActivityNode? step) => step?.DisplayName is { Length: > 0 } name ? name : step?.Id;

    private static string AdviceOn(Incident? standing) => standing switch
    {
        null => "流程没有因此停住，供核查。",
        { HasEnded: true } => "步骤本身已经完成，是其后的走向出了问题。请由政策人员核对流程；确不需要继续的，由负责人取消此分支。",
        _ => "请先排除原因（补正数据、恢复对方系统等），再重试；该步骤已在线下完成或不再需要的，由负责人说明理由后跳过或取消。其他环节及其时限照常进行。",
    };

    /// <summary>What this person may decide, were it possible.</summary>
    private static IReadOnlyList<IncidentDecision> DecisionsOf(OpenIncident incident, SignedInPerson person) => person.Actor.Role switch
    {
        Roles.ProvinceOfficer => All,
        Roles.Leader when incident.AuthorityId == person.Actor.OrganisationId => All,
        // Without a case nobody's procedure is touched.
        Roles.Operator => incident.CaseNumber is null ? All : [IncidentDecision.Retry],
        _ => [],
    };

    private static IReadOnlyList<IncidentDecision> All { get; } = [IncidentDecision.Retry, IncidentDecision.Skip, IncidentDecision.Cancel];

    private static string NotYours(IncidentDecision decision) => decision == IncidentDecision.Retry
        ? "此项中断由受理单位的负责人、省级主管或运维人员处理。"
        : "跳过或取消步骤由受理单位的负责人或省级主管决定，您可以重试。";

    private static bool ReadsCases(SignedInPerson person) => person.Actor.Role != Roles.Operator;

    /// <summary>Who looks after the installation sees every incident, and of a case no more than its number.</summary>
    private static Tenant EyesOf(SignedInPerson person) => ReadsCases(person) ? person.Tenant : Tenant.System;
}
