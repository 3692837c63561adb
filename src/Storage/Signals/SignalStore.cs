using System.Text.Json.Nodes;
using NpgsqlTypes;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Instances;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Storage.Signals;

public enum SignalKind
{
    /// <summary>Wakes a bookmark of an instance.</summary>
    Message,

    /// <summary>Starts an instance, whose id is <see cref="PendingSignal.InstanceId"/>: another one's child, or one that a message of a device begins.</summary>
    StartChild,

    /// <summary>Tells a parent that its child has ended.</summary>
    ChildFinished,

    /// <summary>Wakes a bookmark that expects a name and a key: conformance figures changed, a message of a kind arrived, an event was published.</summary>
    Expected,
}

/// <summary>Something one instance, or the ingest, tells another. The only way in which instances talk.</summary>
/// <param name="BookmarkId">The bookmark to wake; <c>null</c>: the one that waits for <paramref name="Name"/>.</param>
/// <param name="Payload">The message; for <see cref="SignalKind.StartChild"/> <c>{definitionId, trigger, correlationId, input, parent, bookmarkId, releaseId, organisationId, case}</c>; for
/// <see cref="SignalKind.ChildFinished"/> <c>{child, faulted, output}</c>.</param>
public sealed record PendingSignal(string Id, SignalKind Kind, Guid InstanceId, string? BookmarkId, string Name, JsonNode? Payload);

/// <summary>The signal rows.</summary>
public sealed class SignalStore(Database database, WakeUps wakeUps)
{
    /// <summary>Claims pending signals, oldest first, and holds them with their instances in an open transaction.</summary>
    public async Task<ClaimedSignals> ClaimAsync(DateTimeOffset businessNow, int max, CancellationToken ct)
    {
        var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        try
        {
            var addressed = await ClaimAsync(
                transaction,
                """
                from instances i join signals s on s.instance_id = i.id where s.status = 'pending'
                order by s.sequence limit $1 for no key update of i, s skip locked
                """,
                max, ct);
            // Children that are yet to be started, and signals to nowhere, which the engine parks.
            var others = await ClaimAsync(
                transaction,
                """
                from signals s where s.status = 'pending' and not exists (select from instances i where i.id = s.instance_id)
                order by s.sequence limit $1 for no key update of s skip locked
                """,
                max, ct);
            var signals = addressed.Concat(others).OrderBy(row => row.Sequence).Take(max).ToList();
            var instances = await InstanceStore.LoadAsync(transaction, [.. signals.Select(row => row.Signal.InstanceId).Distinct()], ct);
            return new ClaimedSignals(transaction, database, wakeUps, signals, instances, businessNow);
        }
        catch
        {
            await transaction.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Tells every instance that expects <paramref name="name"/> for <paramref name="key"/>; the number of instances told.
    /// A signal that is still pending for the same bookmark is not repeated: whoever answers it reads the facts afresh.
    /// </summary>
    public async Task<int> SendToExpectingAsync(string name, string key, JsonNode? payload, DateTimeOffset businessNow, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        var told = await transaction.QueryAsync(
            "select send_to_expecting($1, $2, $3, $4)", reader => reader.GetInt32(0), ct, name, key, Commands.Json(StoredJson.Of(payload)), businessNow);
        await transaction.CommitAsync(ct);
        if (told[0] > 0)
        {
            wakeUps.Announce(Wake.Signals);
        }

        return told[0];
    }

    private static Task<List<ClaimedSignals.Row>> ClaimAsync(TenantBatch transaction, string from, int max, CancellationToken ct) => transaction.QueryAsync(
        "select s.id, s.kind, s.instance_id, s.bookmark_id, s.name, s.payload::text, s.sequence, s.organisation_id " + from,
        reader => new ClaimedSignals.Row(
            reader.GetInt64(6),
            reader.GetString(7),
            new PendingSignal(
                reader.GetString(0),
                Enum.Parse<SignalKind>(reader.GetString(1)),
                reader.GetGuid(2),
                reader.TextOrNull(3),
                reader.GetString(4),
                reader.TextOrNull(5) is { } payload ? JsonNode.Parse(payload) : null)),
        ct, max);
}

/// <summary>Pending signals and their instances, held until <see cref="CommitAsync"/>. Disposed without it, they are pending again at once.</summary>
public sealed class ClaimedSignals : IAsyncDisposable
{
    private readonly TenantBatch _transaction;
    private readonly Database _database;
    private readonly WakeUps _wakeUps;
    private readonly DateTimeOffset _businessNow;
    private readonly Dictionary<string, string> _organisations;
    private readonly List<(PendingSignal Signal, string Message)> _parked = [];

    internal ClaimedSignals(
        TenantBatch transaction, Database database, WakeUps wakeUps, IReadOnlyList<Row> rows, IReadOnlyDictionary<Guid, StoredInstance> instances,
        DateTimeOffset businessNow)
    {
        _transaction = transaction;
        _database = database;
        _wakeUps = wakeUps;
        _businessNow = businessNow;
        _organisations = rows.ToDictionary(row => row.Signal.Id, row => row.OrganisationId);
        Signals = [.. rows.Select(row => row.Signal)];
        Instances = instances;
    }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<PendingSignal> Signals { get; }

    /// <summary>The addressed instances that exist, freshly loaded and locked, by id.</summary>
    public IReadOnlyDictionary<Guid, StoredInstance> Instances { get; }

    /// <summary>Sets a signal aside that cannot be delivered; an incident tells the operator.</summary>
    public void Park(PendingSignal signal, string message) => _parked.Add((signal, message));

    /// <summary>As <see cref="Timers.ClaimedTimers.CommitAsync"/>, with <see cref="CommitUnit.ConsumedSignals"/>.</summary>
    public async Task<IReadOnlyList<CommitResult>> CommitAsync(IReadOnlyList<CommitUnit> units, IReadOnlyList<PendingSignal> notWaiting, CancellationToken ct)
    {
        var committer = new Committer(_transaction, _database.Envelope);
        var results = await committer.ApplyAsync(units, ct);
        for (var index = 0; index < units.Count; index++)
        {
            if (results[index] is CommitResult.Failed failed)
            {
                _parked.AddRange(Signals.Where(signal => units[index].ConsumedSignals.Contains(signal.Id)).Select(signal => (signal, failed.Message)));
            }
        }

        await using (var batch = _transaction.Batch())
        {
            Column[] settled = [new("id", NpgsqlDbType.Text), new("at", NpgsqlDbType.TimestampTz)];
            var consumed = Rows.Update("signals", settled, $"status = {HeldRows.StatusOr("consumed")}, settled_at = r.at", "t.id = r.id");
            var parked = Rows.Update("signals", settled, "status = 'parked', settled_at = r.at", "t.id = r.id");
            var incidents = IncidentRows.Insert();
            var told = ParentRows.Insert();
            foreach (var unit in units.Where((_, index) => results[index] is CommitResult.NotActivated))
            {
                foreach (var signal in unit.ConsumedSignals)
                {
                    consumed.Add(signal, _businessNow);
                }

                Tell(unit, told, incidents);
            }

            foreach (var signal in notWaiting)
            {
                consumed.Add(signal.Id, _businessNow);
            }

            foreach (var (signal, message) in _parked)
            {
                parked.Add(signal.Id, _businessNow);
                incidents.Add(SetAsideRows.Signal + signal.Id, signal.InstanceId, _organisations[signal.Id], null, message, _businessNow);
            }

            consumed.AddTo(batch);
            parked.AddTo(batch);
            incidents.AddTo(batch);
            told.AddTo(batch);
            if (batch.BatchCommands.Count > 0)
            {
                await batch.ExecuteNonQueryAsync(ct);
            }
        }

        await _transaction.CommitAsync(ct);
        _wakeUps.Announce(results.Any(result => result is CommitResult.NotActivated) ? committer.Wake | Wake.Signals : committer.Wake);
        return results;
    }

    /// <summary>A child that may not start is to its parent one that failed without output; why it did not start is on the parent, for people to read.</summary>
    private void Tell(CommitUnit child, Rows told, Rows incidents)
    {
        if (child.New!.ParentInstanceId is not { } parent)
        {
            return;
        }

        incidents.Add(
            $"refused:{child.InstanceId:N}", parent, child.New.OrganisationId, null,
            $"子流程“{child.New.DefinitionId}”未启动：按其启动策略，已有实例正在运行", _businessNow);
        if (child.New.ParentBookmarkId is { } bookmark)
        {
            var end = new JsonObject { ["child"] = child.InstanceId, ["faulted"] = true, ["output"] = new JsonObject() };
            ParentRows.Tell(told, child.InstanceId, parent, bookmark, child.New.OrganisationId, end, _businessNow);
        }
    }

    public ValueTask DisposeAsync() => _transaction.DisposeAsync();

    internal sealed record Row(long Sequence, string OrganisationId, PendingSignal Signal);
}
