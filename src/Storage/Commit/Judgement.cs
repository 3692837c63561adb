namespace WorkflowEngine.Storage.Commit;

/// <summary>What is known, under their locks, of everything that the units of one commit touch.</summary>
/// <param name="EarlierAnswers">Of idempotency keys that an earlier commit used.</param>
/// <param name="Heads">Ends of audit chains.</param>
/// <param name="PendingTimers">Of those that units answer, the ones that nobody has answered.</param>
/// <param name="PendingSignals">As <paramref name="PendingTimers"/>.</param>
/// <param name="Excluded">New instances that a running one keeps from starting.</param>
/// <param name="Filed">What the applicant of a new instance has open and has filed today, where there is a limit.</param>
internal sealed record Known(
    Dictionary<(string Scope, string Key), (byte[] BodyHash, string Answer)> EarlierAnswers,
    Dictionary<Guid, LockedInstance> Instances,
    Dictionary<string, AuditHead> Heads,
    HashSet<string> PendingTimers,
    HashSet<string> PendingSignals,
    HashSet<Guid> Excluded,
    Dictionary<Guid, (int Open, int Today)> Filed);

/// <summary>Decides which units of one commit go through: the rules alone, without a database, so that a simulation is bound by the same ones.</summary>
internal sealed class Judgement(Known known)
{
    private readonly List<CommitUnit> _started = [];

    /// <summary>The units that may go to the database at all; the others have their result already.</summary>
    public static List<int> Sift(IReadOnlyList<CommitUnit> units, CommitResult[] results)
    {
        var sound = new List<int>();
        var instances = new HashSet<Guid>();
        var keys = new HashSet<(string, string)>();
        for (var index = 0; index < units.Count; index++)
        {
            var unit = units[index];
            if (UnitRows.Defect(unit) is { } defect)
            {
                results[index] = new CommitResult.Failed(defect);
            }
            else if (!instances.Add(unit.InstanceId) || (unit.IdempotencyKey is { } key && !keys.Add((key.Scope, key.Key))))
            {
                // The first of two in one call wins, as it would in two calls.
                results[index] = new CommitResult.LostRace(null);
            }
            else
            {
                sound.Add(index);
            }
        }

        return sound;
    }

    /// <summary>Why the unit does not go through; <c>null</c> when it does, which counts for those after it.</summary>
    public CommitResult? Refuses(CommitUnit unit)
    {
        var locked = known.Instances.GetValueOrDefault(unit.InstanceId);
        if (unit.IdempotencyKey is { } key && known.EarlierAnswers.TryGetValue((key.Scope, key.Key), out var earlier))
        {
            return earlier.BodyHash.AsSpan().SequenceEqual(key.BodyHash) ? new CommitResult.DuplicateKey(earlier.Answer) : new CommitResult.KeyReused();
        }

        if ((locked?.Revision ?? 0) != unit.ExpectedRevision
            || !unit.ConsumedTimers.All(known.PendingTimers.Contains) || !unit.ConsumedSignals.All(known.PendingSignals.Contains))
        {
            return new CommitResult.LostRace(locked?.Revision);
        }

        if (known.Excluded.Contains(unit.InstanceId) || Activation.IsExcludedBy(unit, _started))
        {
            return new CommitResult.NotActivated();
        }

        if (known.Filed.TryGetValue(unit.InstanceId, out var filed) && FilingLimits.Judge(unit, filed, _started) is { } over)
        {
            return over;
        }

        if (unit.New is not null)
        {
            _started.Add(unit);
        }

        return null;
    }

    /// <summary>Nothing was done under the unit's key, so it may be used again.</summary>
    public static bool LeavesKeyFree(CommitResult refusal) => refusal is not (CommitResult.DuplicateKey or CommitResult.KeyReused);
}
