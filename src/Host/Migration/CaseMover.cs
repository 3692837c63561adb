using WorkflowEngine.Content;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Instances;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;
using WorkflowEngine.Workflows.Migration;

namespace WorkflowEngine.Host.Migration;

/// <summary>A plan that cannot be carried out as it is; the message (zh-CN, English) says why and what to do.</summary>
public sealed class MigrationPlanException(string message) : Exception(message);

/// <summary>
/// Moves running cases to another version of their flow, beside hosts that work: each case wholly or not at all, guarded by its revision. One that was moved is on the new release and is not met
/// again, so an order that was cut off is simply given again.
/// </summary>
public sealed class CaseMover(ContentReleases releases, InstanceStore instances, CommitStore commits, BurstExecutor executor, BusinessClock clock, ILogger<CaseMover> log)
{
    private const int PageSize = 400;

    /// <summary>Committed in one transaction; each succeeds or fails on its own.</summary>
    private const int BatchSize = 25;

    /// <summary>While the database writes one batch, others are decided.</summary>
    private const int AtOnce = 4;

    /// <summary>A case that moves on this often between being read and being written is left for the next order.</summary>
    private const int MaxAttempts = 20;

    /// <summary>The releases on which running cases of the flow are.</summary>
    public Task<IReadOnlyList<PopulatedRelease>> ReleasesAsync(string flow, CancellationToken ct) => instances.ReleasesAsync(flow, ct);

    /// <summary>What the program can tell of the way from one release to another.</summary>
    /// <param name="target">The new content; null: the release in force.</param>
    /// <exception cref="MigrationPlanException">A release is unknown, or has no such flow.</exception>
    public async Task<MigrationPlan> ProposeAsync(string flow, string from, ContentSet? target, CancellationToken ct)
    {
        var to = target ?? releases.Current;
        return MigrationProposal.Of(from, to.Id, FlowOf(await ContentAsync(from, ct), flow), FlowOf(to, flow));
    }

    /// <summary>Goes through every running case of the plan's release in memory, with the real engine and the facts of the database, and writes nothing.</summary>
    /// <param name="target">The new content where it is not published yet; null: the plan's release.</param>
    public Task<MigrationReport> RehearseAsync(MigrationPlan plan, ContentSet? target, Actor by, CancellationToken ct) => GoThroughAsync(plan, target, isRehearsal: true, "演练", by, ct);

    /// <summary>Moves every running case of the plan's release that can go over.</summary>
    /// <param name="reason">For the journal of every case and the audit.</param>
    /// <exception cref="MigrationPlanException">The plan has obstacles or lines that nobody has confirmed.</exception>
    public Task<MigrationReport> ApplyAsync(MigrationPlan plan, string reason, Actor by, CancellationToken ct)
    {
        var open = plan.Unconfirmed.Select(move => $"{move.From} → {move.To}").ToList();
        if (open.Count > 0)
        {
            throw new MigrationPlanException(
                $"方案中有尚未确认的对应：{string.Join("，", open)}。请核对后把 confirmed 改为 true，或改正 to。Confirm these lines of the plan first (\"confirmed\": true), or correct them.");
        }

        return string.IsNullOrWhiteSpace(reason)
            ? throw new MigrationPlanException("请写明迁移的理由，它会记入每个案件的办理记录和审计。Say why: the reason goes into every case's journal and the audit.")
            : GoThroughAsync(plan, null, isRehearsal: false, reason, by, ct);
    }

    private async Task<MigrationReport> GoThroughAsync(MigrationPlan plan, ContentSet? target, bool isRehearsal, string reason, Actor by, CancellationToken ct)
    {
        if (plan.From == plan.To) throw new MigrationPlanException("from 和 to 是同一版本。'from' and 'to' are the same release.");

        var content = target ?? await ContentAsync(plan.To, ct);
        if (content.Id != plan.To) throw new MigrationPlanException($"方案是为版本 {plan.To} 写的，所给内容是 {content.Id}。The plan is for release {plan.To} and the content given is {content.Id}.");

        var prepared = CaseMigration.Prepare(plan, FlowOf(await ContentAsync(plan.From, ct), plan.FlowId), FlowOf(content, plan.FlowId));
        if (prepared.Migration is not { } migration) throw new MigrationPlanException(string.Join('\n', prepared.Obstacles));

        var order = new Order(plan, migration, content, reason, by, isRehearsal, new MigrationBook(plan.FlowId, plan.From, plan.To, isRehearsal));
        for (var after = Guid.Empty; ;)
        {
            var page = await instances.RunningAsync(plan.FlowId, plan.From, after, PageSize, ct);
            await Parallel.ForEachAsync(
                page.Chunk(BatchSize), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct }, async (some, stopping) => await GoThroughAsync(order, some, stopping));
            if (page.Count < PageSize) break;

            after = page[^1];
        }

        var report = order.Book.ToReport();
        if (!isRehearsal) log.LogInformation("Flow {Flow}: {Moved} cases went from release {From} to {To}, {Stayed} stay.", plan.FlowId, report.Moved, plan.From, plan.To, report.Stayed);
        return report;
    }

    /// <summary>A case that changed meanwhile is read and decided on again.</summary>
    private async Task GoThroughAsync(Order order, IReadOnlyCollection<Guid> some, CancellationToken ct)
    {
        for (var attempt = 1; some.Count > 0; attempt++)
        {
            var turns = new List<InstanceTurn>();
            foreach (var stored in (await instances.LoadAsync(some, ct)).Values.Where(stored => stored.ReleaseId == order.Plan.From && stored.State.Status == InstanceStatus.Running))
            {
                if (await DecideAsync(order, stored, ct) is { } turn) turns.Add(turn);
            }

            some = order.IsRehearsal ? [] : await CommitAsync(order, turns, attempt == MaxAttempts, ct);
        }
    }

    private async Task<InstanceTurn?> DecideAsync(Order order, StoredInstance stored, CancellationToken ct)
    {
        var number = stored.State.Case?.Number ?? stored.State.InstanceId.ToString();
        switch (order.Migration.Carry(stored.State))
        {
            case MigrationResult.Refused refused:
                foreach (var obstacle in refused.Obstacles.Take(1)) order.Book.Refused(number, obstacle.Place, obstacle.Chinese, obstacle.English);
                return null;

            case MigrationResult.Carried carried:
                // As a host will read it that goes on with it.
                var again = WorkflowState.FromJson(carried.State.ToJson());
                var turn = InstanceTurn.Resume(stored with { State = again }, order.Content);
                var change = new Stimulus.VersionChanged(order.Plan.From, order.Plan.To, order.Migration.Old.Version, order.Migration.Renamed, order.Reason, order.By);
                try
                {
                    if (await executor.RunAsync(turn, change, clock.Now, ct) is RunResult.Refused no)
                    {
                        order.Book.Refused(number, no.Code, no.Message, $"the new version cannot take over: {no.Code}");
                        return null;
                    }
                }
                catch (Exception problem) when (problem is EngineContentException or FormatException)
                {
                    order.Book.Refused(number, "", $"新版本无法接手：{problem.Message}", problem.Message);
                    return null;
                }

                if (MissingForm(turn) is { } form)
                {
                    order.Book.Refused(number, form, $"新版本没有任务所用的表单“{form}”。", $"the new version has no form '{form}'");
                    return null;
                }

                if (order.IsRehearsal) Note(order, turn);
                return turn;

            default:
                throw new InvalidOperationException("A state is carried or refused.");
        }
    }

    private static string? MissingForm(InstanceTurn turn) =>
        turn.Bursts.SelectMany(burst => burst.Effects).OfType<Effect.RestateTask>().Select(task => task.FormId).FirstOrDefault(form => !turn.Content.Forms.ContainsKey(form));

    /// <returns>Those to be decided on again.</returns>
    private async Task<List<Guid>> CommitAsync(Order order, List<InstanceTurn> turns, bool isLast, CancellationToken ct)
    {
        var again = new List<Guid>();
        var now = clock.Now;
        var results = await commits.CommitAsync([.. turns.Select(turn => turn.ToUnit(now, order.By))], ct);
        for (var index = 0; index < turns.Count; index++)
        {
            var turn = turns[index];
            var number = turn.State.Case?.Number ?? turn.State.InstanceId.ToString();
            switch (results[index])
            {
                case CommitResult.Committed:
                    Note(order, turn);
                    break;
                case CommitResult.LostRace when !isLast:
                    again.Add(turn.State.InstanceId);
                    break;
                case CommitResult.LostRace:
                    order.Book.Refused(number, "", "案件正在不断变化，请稍后再执行一次。", "the case changes all the time: give the order again later");
                    break;
                case CommitResult.Failed failed:
                    log.LogError("Instance {Instance} cannot be moved: {Problem}", turn.State.InstanceId, failed.Message);
                    order.Book.Refused(number, "", "数据库拒绝了这一改动，案件保持原样。", $"the database refused it: {failed.Message}");
                    break;
                case var other:
                    throw new InvalidOperationException($"A move cannot come to {other}.");
            }
        }

        return again;
    }

    private static void Note(Order order, InstanceTurn turn) =>
        order.Book.Moved(turn.State.Bookmarks.Select(bookmark => bookmark.ActivityId).Distinct(StringComparer.Ordinal).Select(step => $"{turn.Definition.Find(step)?.DisplayName}（{step}）"));

    private async Task<ContentSet> ContentAsync(string release, CancellationToken ct)
    {
        try
        {
            return await releases.GetAsync(release, ct);
        }
        catch (EngineContentException unknown)
        {
            throw new MigrationPlanException($"没有版本 {release}，或本程序读不了它。{unknown.Message}");
        }
    }

    private static WorkflowDefinition FlowOf(ContentSet content, string flow) => content.Flows.TryGetValue(flow, out var found) ? found
        : throw new MigrationPlanException($"版本 {content.Id} 没有流程“{flow}”{Rules.DidYouMean.Chinese(flow, content.Flows.Keys)}。Release {content.Id} has no flow '{flow}'.");

    private sealed record Order(MigrationPlan Plan, CaseMigration Migration, ContentSet Content, string Reason, Actor By, bool IsRehearsal, MigrationBook Book);
}
