namespace WorkflowEngine.Bench.Simulation;

/// <summary>Defects that may be planted, to show that the simulation finds such a one. Each is a mistake that an engine of the field has made.</summary>
internal enum Defect
{
    None,

    /// <summary>The commit does not look whether somebody else has moved the instance.</summary>
    ForgetsTheRevision,

    /// <summary>A timer that was answered stays pending.</summary>
    ForgetsTheTimer,

    /// <summary>A signal that was answered stays pending.</summary>
    ForgetsTheSignal,

    /// <summary>The idempotency key of a commit is not kept.</summary>
    ForgetsTheKey,

    /// <summary>A decision's mails are sent before the decision is committed.</summary>
    SendsBeforeTheCommit,

    /// <summary>Whoever asked is told that it is done before it is committed.</summary>
    AnswersBeforeTheCommit,

    /// <summary>The state is committed first and what follows from it in a second transaction.</summary>
    CommitsInTwo,

    /// <summary>The sweeper fires what falls due within a day.</summary>
    FiresEarly,

    /// <summary>The end of a child is not told to the instance that waits for it.</summary>
    LosesTheParent,

    /// <summary>A lost race is taken for done instead of being tried again.</summary>
    TakesALostRaceForDone,

    /// <summary>Each attempt at a mail has a message id of its own.</summary>
    NamesEachAttemptAnew,
}
