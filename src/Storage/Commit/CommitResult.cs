namespace WorkflowEngine.Storage.Commit;

/// <summary>What became of one <see cref="CommitUnit"/>.</summary>
public abstract record CommitResult
{
    private CommitResult()
    {
    }

    /// <summary>Everything of the unit is durable; the instance now has this revision.</summary>
    public sealed record Committed(int Revision) : CommitResult;

    /// <summary>Somebody else moved the instance, or the timer or signal was answered already. Load afresh and decide again. Nothing of the unit was stored.</summary>
    /// <param name="CurrentRevision"><c>null</c>: the instance does not exist.</param>
    public sealed record LostRace(int? CurrentRevision) : CommitResult;

    /// <summary>The same intent was committed before; this is what was answered then.</summary>
    public sealed record DuplicateKey(string Answer) : CommitResult;

    /// <summary>The idempotency key was used before for another body. Nothing was stored.</summary>
    public sealed record KeyReused : CommitResult;

    /// <summary>The applicant has another open case for the same thing (<see cref="NewInstance.Unit"/>). Nothing of the unit was stored.</summary>
    public sealed record UnitTaken : CommitResult;

    /// <summary>The applicant has as many cases in this flow as it may have (<see cref="NewInstance.Limit"/>). Nothing of the unit was stored.</summary>
    /// <param name="IsOfDay">Of those filed today, not of those open.</param>
    /// <param name="Count">What it has.</param>
    public sealed record OverLimit(bool IsOfDay, int Count) : CommitResult;

    /// <summary>A running instance keeps this one from starting (<see cref="NewInstance.Exclusion"/>). Nothing of the unit was stored.</summary>
    public sealed record NotActivated : CommitResult;

    /// <summary>The database refuses this unit and would refuse it again. Nothing of the unit was stored; the others went through.</summary>
    public sealed record Failed(string Message) : CommitResult;
}
