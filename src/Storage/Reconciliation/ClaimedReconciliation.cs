using Npgsql;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Instances;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Signals;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Reconciliation;

/// <summary>A page of a round with what is wrong in it, held until <see cref="CommitAsync"/>. Disposed without it, the page is to be done again.</summary>
public sealed class ClaimedReconciliation : IAsyncDisposable
{
    private readonly TenantBatch _transaction;
    private readonly Database _database;
    private readonly WakeUps _wakeUps;
    private readonly int _checked;
    private readonly Guid? _next;
    private readonly List<(Guid Instance, string Message)> _parked = [];

    internal ClaimedReconciliation(
        TenantBatch transaction, Database database, WakeUps wakeUps, int @checked, Guid? next, IReadOnlyList<Orphan> orphans, IReadOnlyDictionary<Guid, StoredInstance> instances)
    {
        _transaction = transaction;
        _database = database;
        _wakeUps = wakeUps;
        _checked = @checked;
        _next = next;
        Orphans = orphans;
        Instances = instances;
    }

    /// <summary>All that is wrong.</summary>
    public IReadOnlyList<Orphan> Orphans { get; }

    /// <summary>The instances concerned, freshly loaded and locked, by id.</summary>
    public IReadOnlyDictionary<Guid, StoredInstance> Instances { get; }

    /// <summary>The page ends the round.</summary>
    public bool IsLast => _next is null;

    /// <summary>Leaves an instance as it is because the engine cannot help it; an incident tells the operator.</summary>
    public void Park(Guid instance, string message) => _parked.Add((instance, message));

    /// <summary>
    /// Commits the bursts that answer <see cref="Stimulus.WaitsLost"/>, everything that rows alone can put right, and the cursor. The instances of
    /// <see cref="CommitResult.Failed"/> units are set aside with an incident.
    /// </summary>
    /// <param name="systemNow">When a round that ends here has ended.</param>
    /// <param name="nextRound">When the round after it begins. System time.</param>
    /// <returns>How many orphans became incidents.</returns>
    public async Task<int> CommitAsync(
        IReadOnlyList<CommitUnit> units, DateTimeOffset businessNow, DateTimeOffset systemNow, DateTimeOffset nextRound, CancellationToken ct)
    {
        var committer = new Committer(_transaction, _database.Envelope);
        var results = await committer.ApplyAsync(units, ct);
        for (var index = 0; index < units.Count; index++)
        {
            if (results[index] is not CommitResult.Committed)
            {
                Park(units[index].InstanceId, results[index] is CommitResult.Failed failed ? failed.Message : results[index].ToString());
            }
        }

        var raised = _parked.Count + Orphans.Count(orphan => orphan.Kind == OrphanKind.Asleep)
            + units.Where((_, index) => results[index] is CommitResult.Committed).Sum(unit => unit.Bursts.Sum(burst => burst.Effects.Count(effect => effect is Effect.RaiseIncident)));
        await using (var batch = _transaction.Batch())
        {
            foreach (var kind in Orphans.ToLookup(orphan => orphan.Kind))
            {
                await RepairAsync(batch, kind.Key, [.. kind], businessNow, ct);
            }

            var incidents = IncidentRows.Insert();
            foreach (var (instance, message) in _parked)
            {
                incidents.Add(
                    $"reconciler:{instance:N}.{Instances[instance].Revision}", instance, Instances[instance].OrganisationId, null,
                    $"巡检发现此件所等待的记录有缺失，未能自动恢复：{message}", businessNow);
            }

            incidents.AddTo(batch);
            batch.Add(
                "update reconciliation set checked = checked + $1, healed = healed + $2, raised = raised + $3, total_healed = total_healed + $2, total_raised = total_raised + $3",
                (long)_checked, (long)Math.Max(0, Orphans.Count - raised), (long)raised);
            if (_next is { } next)
            {
                batch.Add("update reconciliation set done_to = $1", next);
            }
            else
            {
                batch.Add(
                    """
                    update reconciliation set done_to = '00000000-0000-0000-0000-000000000000', next_at = $2, ended_at = $1,
                      last_checked = checked, last_healed = healed, last_raised = raised, checked = 0, healed = 0, raised = 0
                    """,
                    systemNow, nextRound);
            }

            await batch.ExecuteNonQueryAsync(ct);
        }

        await _transaction.CommitAsync(ct);
        _wakeUps.Announce(Orphans.Count > 0 ? committer.Wake | Wake.Timers | Wake.Signals | Wake.Requests : committer.Wake);
        return raised;
    }

    public ValueTask DisposeAsync() => _transaction.DisposeAsync();

    /// <summary>What rows alone can put right: the state is the truth, and the rows follow it.</summary>
    private async Task RepairAsync(NpgsqlBatch batch, OrphanKind kind, IReadOnlyList<Orphan> orphans, DateTimeOffset now, CancellationToken ct)
    {
        var subjects = orphans.Select(orphan => orphan.Subject).ToArray();
        switch (kind)
        {
            case OrphanKind.TimerSettled:
                batch.Add("update timers set status = 'pending', settled_at = null where id = any ($1)", (object)subjects);
                break;
            case OrphanKind.TaskClosed:
                batch.Add(
                    "update tasks set ended = null, outcome = null, answers = null, closed_by_user = null, closed_by_name = null, closed_at = null where id = any ($1)",
                    (object)subjects);
                break;
            case OrphanKind.Undelivered:
                batch.Add("update signals set status = 'pending', settled_at = null where id = any ($1)", (object)subjects);
                break;
            case OrphanKind.RequestCancelled:
                batch.Add("update http_requests set status = 'pending', settled_at = null, not_before = null where id = any ($1)", (object)subjects);
                break;
            case OrphanKind.StaleTask:
                batch.Add("update tasks set ended = 'Cancelled', closed_at = $2 where id = any ($1)", subjects, now);
                break;
            case OrphanKind.StaleTimer:
                batch.Add("update timers set status = 'cancelled', settled_at = $2 where id = any ($1)", subjects, now);
                break;
            case OrphanKind.StaleRequest:
                batch.Add("update http_requests set status = 'cancelled', settled_at = $2 where id = any ($1)", subjects, now);
                break;
            case OrphanKind.StaleExpectation:
                batch.Add("delete from expectations where bookmark_id = any ($1)", (object)subjects);
                break;
            case OrphanKind.Held:
                HeldRows.Release(batch, [.. orphans.Select(orphan => orphan.InstanceId)]);
                break;
            case OrphanKind.EndUntold:
                await TellAsync(batch, [.. subjects.Select(Guid.Parse)], now, ct);
                break;
            case OrphanKind.DecisionMissing:
                AskAgain(batch, orphans);
                break;
            case OrphanKind.Asleep:
                Report(batch, orphans, now);
                break;
        }
    }

    private async Task TellAsync(NpgsqlBatch batch, IReadOnlyList<Guid> children, DateTimeOffset now, CancellationToken ct)
    {
        var told = ParentRows.Insert();
        foreach (var child in (await InstanceStore.LoadAsync(_transaction, children, ct)).Values)
        {
            ParentRows.Tell(told, child.State, child.ParentInstanceId!.Value, child.ParentBookmarkId!, child.OrganisationId, now);
        }

        told.AddTo(batch);
    }

    /// <summary>Opens incidents again as the state knows them.</summary>
    private void AskAgain(NpgsqlBatch batch, IReadOnlyList<Orphan> orphans)
    {
        batch.Add(
            "update incidents set resolved_at = null, ended = null, resolved_by = null, reason = null, told_at = null where id = any ($1)",
            (object)orphans.Select(orphan => orphan.Subject).ToArray());
        var incidents = Rows.Insert("incidents", IncidentRows.Columns, "on conflict (id) do nothing");
        foreach (var orphan in orphans)
        {
            var stored = Instances[orphan.InstanceId];
            var incident = stored.State.Incidents.First(one => one.Id == orphan.Subject);
            incidents.Add(incident.Id, orphan.InstanceId, stored.OrganisationId, incident.ActivityId, incident.Message, incident.At);
        }

        incidents.AddTo(batch);
    }

    private void Report(NpgsqlBatch batch, IReadOnlyList<Orphan> orphans, DateTimeOffset now)
    {
        var incidents = IncidentRows.Insert();
        foreach (var orphan in orphans)
        {
            incidents.Add(
                $"asleep:{orphan.InstanceId:N}.{orphan.Subject}", orphan.InstanceId, Instances[orphan.InstanceId].OrganisationId, null,
                "此件没有结束，也不再等待任何任务、时限、消息或人工处理，不会自行继续。请由政策人员核对流程的走向。", now);
        }

        incidents.AddTo(batch);
    }
}
