namespace WorkflowEngine.Storage.Reconciliation;

/// <summary>What is wrong with a wait, or with what should serve one.</summary>
public enum OrphanKind
{
    /// <summary>The step waits for a timer that is not there.</summary>
    TimerMissing,

    /// <summary>The timer is there and counts as done, though nobody took it.</summary>
    TimerSettled,

    /// <summary>The step waits for a task that is not there.</summary>
    TaskMissing,

    /// <summary>The task counts as done, and the flow has not heard of it.</summary>
    TaskClosed,

    /// <summary>Nobody could find the step that waits for a message.</summary>
    ExpectationMissing,

    /// <summary>A signal counts as delivered, and its receiver still waits for it.</summary>
    Undelivered,

    /// <summary>A child instance has ended and its parent was not told.</summary>
    EndUntold,

    /// <summary>The child instance that is waited for exists nowhere.</summary>
    ChildMissing,

    /// <summary>The request that is waited for is not there.</summary>
    RequestMissing,

    /// <summary>The request counts as cancelled, and its step still waits for the answer.</summary>
    RequestCancelled,

    /// <summary>The request has its answer, and the answer is gone.</summary>
    AnswerMissing,

    /// <summary>What would end the wait was set aside, and somebody decided not to try it again.</summary>
    GivenUp,

    /// <summary>A step stands still, and the incident that would let somebody decide is not open.</summary>
    DecisionMissing,

    /// <summary>An open task that its instance does not wait for.</summary>
    StaleTask,

    /// <summary>A pending timer that its instance does not wait for.</summary>
    StaleTimer,

    /// <summary>An expectation that its instance does not have.</summary>
    StaleExpectation,

    /// <summary>A pending request that its instance does not wait for.</summary>
    StaleRequest,

    /// <summary>Timers or signals are held, and their instance does not stand.</summary>
    Held,

    /// <summary>The instance runs and waits for nothing.</summary>
    Asleep,
}

/// <summary>Something that would keep an instance waiting for ever, or people working for nothing.</summary>
/// <param name="Subject">Id of the wait, the row, the signal or the child that it is about.</param>
public sealed record Orphan(Guid InstanceId, OrphanKind Kind, string Subject)
{
    /// <summary>The engine must open the wait again, or let the step stand still.</summary>
    public bool IsForTheEngine => Kind is OrphanKind.TimerMissing or OrphanKind.TaskMissing or OrphanKind.ExpectationMissing || IsLostForGood;

    /// <summary>To open the wait again would ask twice, or for what is not known any more.</summary>
    public bool IsLostForGood => Kind is OrphanKind.RequestMissing or OrphanKind.AnswerMissing or OrphanKind.ChildMissing or OrphanKind.GivenUp;
}

/// <summary>What the last complete round over all running instances came to.</summary>
/// <param name="EndedAt">System time; <c>null</c>: there was none yet.</param>
/// <param name="Checked">Instances.</param>
/// <param name="Healed">Orphans that were put right.</param>
/// <param name="Raised">Orphans that became incidents.</param>
/// <param name="TotalHealed">Since the installation began.</param>
/// <param name="TotalRaised">Since the installation began.</param>
public sealed record ReconciliationRound(DateTimeOffset? EndedAt, long Checked, long Healed, long Raised, long TotalHealed, long TotalRaised);
